// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Writes a source in C that gives what `ForeignSource` gives.
struct ShimSource {
    let shim: ShimPart
    let plan: ForeignSourcePlan

    private var name: String { shim.name }
    private var main: ShimCall { shim.call(plan.call, "call") }
    private var before: [ShimCall] {
        plan.beforeSample.enumerated().map { shim.call($0.element, "before\($0.offset)") }
    }

    private static let failure =
        "{ status = fail_sample(error, call->first + sample, words); goto done; }"

    func write(_ text: inout ShimText) {
        text.line("/* ---- the source \(shim.part.name) ---- */")
        text.line()
        for handle in shim.handles {
            handle.create.declare(&text)
            handle.destroy.declare(&text)
        }
        for call in before + [main] { call.declare(&text) }
        text.line()
        instance(&text)
        fill(&text)
        create(&text)
        shim.descriptor(&text)
    }

    private func instance(_ text: inout ShimText) {
        for (index, output) in plan.outputs.enumerated() {
            let shape = ["INDUCT_DIMENSION_BATCH"] + output.shape.map { Self.code($0) }
            text.line("static const int64_t \(name)_shape\(index)[] = {\(shape.joined(separator: ", "))};")
        }
        text.block("typedef struct \(name)", "} \(name);") { text in
            text.line("induct_source source;")
            text.line("induct_schema schema;")
            text.line("induct_tensor_schema tensors[\(plan.outputs.count)];")
            text.line("const induct_tensor_schema *list[\(plan.outputs.count)];")
            text.line("int64_t classes;")
            shim.declareFields(&text)
        }
        text.line()
        text.block("static void \(name)_destroy(const induct_source *self)") { text in
            text.line("\(name) *mine = (\(name) *)self->instance;")
            text.line("give_back(&mine->all);")
            text.line("free(mine);")
        }
        text.line()
        text.block("static const induct_schema *\(name)_schema(const induct_source *self)") { text in
            text.line("return &((const \(name) *)self->instance)->schema;")
        }
        text.line()
    }

    private static func code(_ dimension: Dimension) -> String {
        switch dimension {
        case .batch: "INDUCT_DIMENSION_BATCH"
        case .length: "INDUCT_DIMENSION_LENGTH"
        case .constant(let size): "\(size)"
        }
    }

    private func wanted(_ output: ForeignSourcePlan.Output) -> String {
        let sizes = output.shape.map { dimension in
            if case .constant(let size) = dimension { "\(size)" } else { "(size_t)call->length" }
        }
        return sizes.isEmpty ? "1" : sizes.joined(separator: " * ")
    }

    private func fill(_ text: inout ShimText) {
        let head =
            "static induct_status \(name)_fill(const induct_source *self, const induct_source_fill *call, induct_error *error)"
        text.block(head) { text in
            text.line("const \(name) *mine = (const \(name) *)self->instance;")
            text.line("(void)mine;")
            text.line("if (call->view > 1) return fail(error, INDUCT_OUT_OF_RANGE, \"there are the views 0 and 1\");")
            for (index, output) in plan.outputs.enumerated() {
                text.line("const size_t wanted_\(index) = \(wanted(output));")
            }
            text.line("if (wanted_0 == 0) return INDUCT_OK;")
            text.line("memory all = {0};")
            text.line("exchange now = {0};")
            text.line("exchange *const outer = current;")
            text.line("induct_status status = INDUCT_OK;")
            text.line("uint64_t sample = 0;")
            if plan.outputs.contains(where: { $0.origin == .callback }) {
                text.line("now.taken = (double *)take(&all, wanted_0 * sizeof(double));")
                text.line("now.taken_integers = (int64_t *)take(&all, wanted_0 * sizeof(int64_t));")
            }
            for call in before { call.allocate(&text) { _ in "0" } }
            main.allocate(&text) { index in
                plan.outputs.firstIndex { $0.origin == .argument(index) }.map { "wanted_\($0)" } ?? "0"
            }
            for call in before + [main] { call.declareResult(&text) }
            shim.open(&text, failure: "{ status = fail(error, INDUCT_INTERNAL, words); goto done; }")
            text.line("current = &now;")
            text.block("for (; sample < call->count; sample++)") { text in samples(&text) }
            text.line("done:")
            text.line("current = outer;")
            shim.close(&text)
            text.line("return status;")
        }
        text.line()
    }

    private func samples(_ text: inout ShimText) {
        text.line(
            "now.words = (stream){.seed = call->seed, .index = call->first + sample, .purpose = call->view << 16};")
        text.line("now.count = 0;")
        text.line("now.wanted = wanted_0;")
        for buffer in shim.part.buffers { text.line("memset(buffer_\(buffer.name), 0, \(buffer.bytes));") }
        main.drawOnce(&text)
        for call in before {
            call.drawOnce(&text)
            call.invoke(&text, failure: Self.failure)
        }
        text.line("size_t written = 0;")
        text.block("do", "} while (\(isRepeated ? "written < wanted_0" : "0"));") { text in
            main.invoke(&text, failure: Self.failure)
            text.line("size_t most = 0;")
            for (index, output) in plan.outputs.enumerated() { write(output, index, &text) }
            text.line("written += most;")
        }
        text.block("if (written < wanted_0)") { text in
            text.line("const char *words = \"the function gave fewer values than are needed\";")
            text.line(Self.failure)
        }
    }

    private var isRepeated: Bool {
        guard plan.task == .nextToken, let output = plan.outputs.first else { return false }
        switch output.origin {
        case .result: return true
        case .argument(let index): return !main.isFree(index)
        case .callback: return false
        }
    }

    private func write(_ output: ForeignSourcePlan.Output, _ index: Int, _ text: inout ShimText) {
        guard let scalar = SourcePlanReader.scalar(of: output.origin, plan.call) else { return }
        let (given, value) =
            switch output.origin {
            case .result: ("1", "\(main.name)_r")
            case .argument(let place): ("\(main.name)_n\(place)", "\(main.name)_a\(place)[e]")
            case .callback: ("now.count", scalar.isInteger ? "now.taken_integers[e]" : "now.taken[e]")
            }
        text.block("") { text in
            text.line("size_t given = \(given);")
            text.line("if (given > wanted_\(index) - written) given = wanted_\(index) - written;")
            text.line("if (given > most) most = given;")
            let type = output.type == .float32 ? "float" : "int32_t"
            text.block("if (call->tensors[\(index)])") { text in
                text.line(
                    "\(type) *row = (\(type) *)call->tensors[\(index)]->data + sample * wanted_\(index) + written;")
                text.block("for (size_t e = 0; e < given; e++)") { text in
                    if output.type == .float32 {
                        text.line("row[e] = (float)(double)\(value);")
                    } else {
                        map(output, scalar, value, &text)
                    }
                }
            }
        }
    }

    private func map(
        _ output: ForeignSourcePlan.Output, _ scalar: ForeignScalar, _ value: String, _ text: inout ShimText
    ) {
        let limit = output.isClass ? "mine->classes" : "INT64_C(2147483648)"
        // What a callback takes was widened.
        let isUnsigned = scalar.kind == .unsigned && output.origin != .callback
        let suffix = isUnsigned ? "_unsigned" : ""
        let call: String
        switch output.map {
        case .identity:
            call = "map_identity\(scalar.isInteger ? suffix : "_real")(\(value), \(limit), &row[e])"
        case .clamp: call = "map_clamp((double)\(value), \(limit), &row[e])"
        case .floor(let low, let high):
            let ends = "\(ShimText.literal(low)), \(ShimText.literal(high))"
            call = "map_floor((double)\(value), \(ends), \(limit), &row[e])"
        case .modulo: call = "map_modulo\(suffix)(\(value), \(limit), &row[e])"
        case .edges(let edges):
            let list = edges.map { ShimText.literal($0) }.joined(separator: ", ")
            text.line("static const double edges[] = {\(list)};")
            call = "map_edges((double)\(value), edges, \(edges.count), &row[e])"
        }
        text.block("if (!\(call))") { text in
            text.line("const char *words = \"the function gave a value that is no entry of '\(output.tensor)'\";")
            text.line(Self.failure)
        }
    }

    private func create(_ text: inout ShimText) {
        let head =
            "static induct_status \(name)_create(const induct_create *call, const induct_source **source, induct_error *error)"
        text.block(head) { text in
            text.line("(void)call;")
            text.line("\(name) *mine = (\(name) *)calloc(1, sizeof *mine);")
            text.line("if (!mine) return fail(error, INDUCT_RESOURCE_EXHAUSTED, \"out of memory\");")
            shim.readFields(&text)
            switch plan.classes {
            case .constant(let count): text.line("mine->classes = \(count);")
            case .config(let key): text.line("mine->classes = mine->c_\(key);")
            }
            for (index, output) in plan.outputs.enumerated() {
                let type = output.type == .float32 ? "INDUCT_TYPE_FLOAT" : "INDUCT_TYPE_INT"
                text.line("mine->tensors[\(index)] = (induct_tensor_schema){")
                text.line(
                    "    .struct_size = sizeof(induct_tensor_schema), .role = \(output.role.rawValue), "
                        + ".name = \(ShimText.literal(output.tensor)), .dtype = {\(type), 32, 1},")
                text.line(
                    "    .rank = \(output.shape.count + 1), .shape = \(name)_shape\(index), .limit = "
                        + "\(output.isClass ? "mine->classes" : "0")};")
                text.line("mine->list[\(index)] = &mine->tensors[\(index)];")
            }
            text.line("mine->schema = (induct_schema){")
            text.line(
                "    .struct_size = sizeof(induct_schema), .task = \(plan.task.rawValue), "
                    + ".tensor_count = \(plan.outputs.count), .tensors = mine->list,")
            text.line(
                "    .classes = mine->classes, .outputs = \(plan.width), .positions = "
                    + "\(plan.task == .nextToken ? "INDUCT_DIMENSION_LENGTH" : "\(plan.positions)"), "
                    + ".maximum_length = \(plan.maximumLength ?? 0)};")
            text.line("mine->source = (induct_source){")
            text.line(
                "    .struct_size = sizeof(induct_source), .instance = mine, .destroy = \(name)_destroy, "
                    + ".schema = \(name)_schema,")
            text.line("    .view = view, .fill = \(name)_fill, .get_extension = no_extension};")
            text.line("*source = &mine->source;")
            text.line("return INDUCT_OK;")
        }
        text.line()
    }
}
