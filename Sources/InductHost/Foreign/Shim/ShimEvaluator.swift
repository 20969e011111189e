// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Writes an evaluator in C that gives what `ForeignEvaluator` gives.
struct ShimEvaluator {
    let shim: ShimPart
    let plan: ForeignEvaluatorPlan

    private var name: String { shim.name }
    private var main: ShimCall { shim.call(plan.call, "call") }
    private var combine: ShimCall? { plan.combine.map { shim.call($0, "combine") } }

    /// The type of the number so far.
    private var number: ForeignScalar {
        guard plan.merge == .fold, case .scalar(let scalar) = plan.call.signature.result else { return .double }
        return scalar
    }

    private static let failure =
        "{ status = fail_sample(error, batch->first + row, words); goto done; }"

    func write(_ text: inout ShimText) {
        text.line("/* ---- the evaluator \(shim.part.name) ---- */")
        text.line()
        for handle in shim.handles {
            handle.create.declare(&text)
            handle.destroy.declare(&text)
        }
        main.declare(&text)
        combine?.declare(&text)
        text.line()
        types(&text)
        consume(&text)
        merge(&text)
        finish(&text)
        create(&text)
        shim.descriptor(&text)
    }

    /// Arrays that show something of a sample.
    private var seen: [(index: Int, item: ForeignCall.Item, isBytes: Bool, scalar: ForeignScalar)] {
        plan.call.arguments.enumerated().compactMap { index, argument in
            guard case .array(let scalar, _, _) = plan.call.signature.parameters[index].type else { return nil }
            switch argument {
            case .array(.values(let item)): return (index, item, false, scalar)
            case .array(.bytes(let item)): return (index, item, true, scalar)
            default: return nil
            }
        }
    }

    private func types(_ text: inout ShimText) {
        text.block("typedef struct \(name)", "} \(name);") { text in
            text.line("induct_evaluator evaluator;")
            for entry in seen { text.line("uint32_t tensor_\(entry.index);") }
            shim.declareFields(&text)
        }
        text.block("typedef struct \(name)_sum", "} \(name)_sum;") { text in
            text.line("\(number.name) number;")
            text.line("double samples;")
            text.line("int64_t size;")
        }
        text.line()
        text.block("static void \(name)_destroy(const induct_evaluator *self)") { text in
            text.line("\(name) *mine = (\(name) *)self->instance;")
            text.line("give_back(&mine->all);")
            text.line("free(mine);")
        }
        text.line()
        var items: [String] = []
        if seen.contains(where: { $0.item == .losses }) { items.append("INDUCT_ITEM_LOSSES") }
        if seen.contains(where: { $0.item == .predictions }) { items.append("INDUCT_ITEM_PREDICTIONS") }
        text.line("static const induct_need \(name)_needs = {")
        text.line(
            "    .struct_size = sizeof(induct_need), .stream = INDUCT_STREAM_VIEW, .items = "
                + "\(items.isEmpty ? "0" : items.joined(separator: " | "))};")
        text.block("static const induct_need *\(name)_need(const induct_evaluator *self, uint32_t index)") { text in
            text.line("(void)self;")
            text.line("return index == 0 ? &\(name)_needs : NULL;")
        }
        text.line()
        text.block(
            "static induct_status \(name)_begin(const induct_evaluator *self, void **state, induct_error *error)"
        ) {
            text in
            text.line("(void)self;")
            text.line("\(name)_sum *sum = (\(name)_sum *)calloc(1, sizeof *sum);")
            text.line("if (!sum) return fail(error, INDUCT_RESOURCE_EXHAUSTED, \"out of memory\");")
            let start = plan.merge == .fold ? ShimText.literal(plan.start, as: number) : "0"
            text.line("sum->number = (\(number.name))\(start);")
            text.line("*state = sum;")
            text.line("return INDUCT_OK;")
        }
        text.line()
        text.block("static void \(name)_discard(const induct_evaluator *self, void *state)") { text in
            text.line("(void)self;")
            text.line("free(state);")
        }
        text.line()
    }

    private func consume(_ text: inout ShimText) {
        let head =
            "static induct_status \(name)_consume(const induct_evaluator *self, void *state, const induct_evaluation_batch *batch, induct_error *error)"
        text.block(head) { text in
            text.line("const \(name) *mine = (const \(name) *)self->instance;")
            text.line("(void)mine;")
            text.line("\(name)_sum *sum = (\(name)_sum *)state;")
            text.line("memory all = {0};")
            text.line("induct_status status = INDUCT_OK;")
            text.line("uint64_t row = 0;")
            for entry in seen { look(entry.index, entry.item, &text) }
            main.allocate(&text) { index in
                guard let entry = seen.first(where: { $0.index == index }) ?? leader(of: index) else { return "0" }
                return "(size_t)seen_\(entry.index)\(entry.isBytes ? " * 4" : "")"
            }
            main.declareResult(&text)
            shim.open(&text, failure: "{ status = fail(error, INDUCT_INTERNAL, words); goto done; }")
            text.block("for (; row < batch->count; row++)") { text in
                text.line("int64_t size = 0;")
                for entry in seen { give(entry.index, entry.item, entry.isBytes, entry.scalar, &text) }
                main.invoke(&text, failure: Self.failure)
                take(&text)
                text.line("sum->samples += 1;")
                text.line("sum->size += size;")
            }
            text.line("done:")
            shim.close(&text)
            text.line("return status;")
        }
        text.line()
    }

    /// The array that goes in and is as long as the one at `index`, which the function writes.
    private func leader(of index: Int) -> (index: Int, item: ForeignCall.Item, isBytes: Bool, scalar: ForeignScalar)? {
        guard case .array(_, _, let length) = plan.call.signature.parameters[index].type else { return nil }
        return seen.first {
            guard case .array(_, _, length) = plan.call.signature.parameters[$0.index].type else { return false }
            return true
        }
    }

    /// How many entries of an item a sample has, and where those of all samples are.
    private func look(_ index: Int, _ item: ForeignCall.Item, _ text: inout ShimText) {
        switch item {
        case .losses:
            text.line("const int64_t seen_\(index) = batch->positions;")
            text.line("const void *const data_\(index) = batch->losses;")
            text.line("const int integers_\(index) = 0;")
        case .predictions:
            text.line("const int64_t seen_\(index) = batch->positions * batch->classes;")
            text.line("const void *const data_\(index) = batch->predictions;")
            text.line("const int integers_\(index) = 0;")
        case .tensor:
            text.line("const induct_tensor *const tensor_\(index) = batch->tensors[mine->tensor_\(index)];")
            text.line("int64_t seen_\(index) = 1;")
            text.line(
                "for (int32_t i = 1; tensor_\(index) && i < tensor_\(index)->rank; i++) "
                    + "seen_\(index) *= tensor_\(index)->shape[i];")
            text.line("const void *const data_\(index) = tensor_\(index) ? tensor_\(index)->data : NULL;")
            text.line(
                "const int integers_\(index) = tensor_\(index) && tensor_\(index)->dtype.code == INDUCT_TYPE_INT;")
        }
        text.line("(void)integers_\(index);")
        let missing = ShimText.literal("it was given no \(item.name)")
        text.line("if (batch->count && !data_\(index)) return fail(error, INDUCT_INTERNAL, \(missing));")
    }

    private func give(
        _ index: Int, _ item: ForeignCall.Item, _ isBytes: Bool, _ scalar: ForeignScalar, _ text: inout ShimText
    ) {
        let array = "\(main.name)_a\(index)"
        let size = isBytes ? "seen_\(index) * 4" : "seen_\(index)"
        text.block("if ((int64_t)\(main.name)_n\(index) != \(size))") { text in
            text.line(
                "const char *words = \"the function takes another number of entries than a sample's \(item.name) has\";"
            )
            text.line(Self.failure)
        }
        if isBytes {
            text.line("\(array) = (const \(scalar.name) *)data_\(index) + row * (uint64_t)(\(size));")
            text.line("size += \(size);")
            return
        }
        text.block("for (int64_t e = 0; e < seen_\(index); e++)") { text in
            text.line("const uint64_t place = row * (uint64_t)seen_\(index) + (uint64_t)e;")
            guard scalar.isInteger else {
                text.line(
                    "\(array)[e] = integers_\(index) ? (\(scalar.name))((const int32_t *)data_\(index))[place] : "
                        + "(\(scalar.name))((const float *)data_\(index))[place];")
                return
            }
            text.line(
                "const double value = integers_\(index) ? ((const int32_t *)data_\(index))[place] : "
                    + "((const float *)data_\(index))[place];")
            text.block(
                "if (!(value >= \(Self.least(scalar)) && value < \(Self.end(scalar)) && value == (double)(\(scalar.name))value))"
            ) {
                text in
                text.line("const char *words = \"an entry does not fit the function's type \(scalar.name)\";")
                text.line(Self.failure)
            }
            text.line("\(array)[e] = (\(scalar.name))value;")
        }
        text.line("size += seen_\(index) * \(scalar.bytes);")
    }

    private static func least(_ scalar: ForeignScalar) -> String {
        scalar.kind == .signed ? "-0x1p\(scalar.bits - 1)" : "0"
    }

    private static func end(_ scalar: ForeignScalar) -> String {
        "0x1p\(scalar.kind == .signed ? scalar.bits - 1 : scalar.bits)"
    }

    /// Joins a sample's number to the number so far.
    private func take(_ text: inout ShimText) {
        let value: String
        switch plan.result {
        case .value: value = "\(main.name)_r"
        case .element(let index, let place):
            let count = "\(main.name)_n\(index)"
            let element =
                switch place {
                case .first: "0"
                case .middle: "\(count) / 2"
                case .last: "\(count) - 1"
                }
            value = "\(main.name)_a\(index)[\(element)]"
        }
        if plan.merge == .fold {
            text.line("sum->number = \(value);")
        } else {
            join(&text, "(double)\(value)", isFirst: "sum->samples == 0")
        }
    }

    private func join(_ text: inout ShimText, _ value: String, isFirst: String) {
        switch plan.merge {
        case .sum, .mean: text.line("sum->number += \(value);")
        case .minimum, .maximum:
            let order = plan.merge == .minimum ? "<" : ">"
            text.block("") { text in
                text.line("const double value = \(value);")
                text.line("if (\(isFirst) || value != value || value \(order) sum->number) sum->number = value;")
            }
        case .fold: break
        }
    }

    private func merge(_ text: inout ShimText) {
        let head =
            "static induct_status \(name)_merge(const induct_evaluator *self, void *state, const void *other, induct_error *error)"
        text.block(head) { text in
            text.line("const \(name) *mine = (const \(name) *)self->instance;")
            text.line("(void)mine;")
            text.line("(void)error;")
            text.line("\(name)_sum *sum = (\(name)_sum *)state;")
            text.line("const \(name)_sum *more = (const \(name)_sum *)other;")
            text.line("if (more->samples == 0) return INDUCT_OK;")
            if let combine {
                text.line("memory all = {0};")
                combine.allocate(&text) { _ in "0" }
                combine.declareResult(&text)
                text.block("if (sum->samples == 0)", "} else {") { text in text.line("sum->number = more->number;") }
                combine.invoke(&text, failure: "return fail(error, INDUCT_INTERNAL, words);")
                text.line("sum->number = \(combine.name)_r;")
                text.line("}")
                text.line("give_back(&all);")
            } else {
                join(&text, "(double)more->number", isFirst: "sum->samples == 0")
            }
            text.line("sum->samples += more->samples;")
            text.line("sum->size += more->size;")
            text.line("return INDUCT_OK;")
        }
        text.line()
    }

    private func finish(_ text: inout ShimText) {
        let head =
            "static induct_status \(name)_finish(const induct_evaluator *self, const void *state, induct_metrics *metrics, induct_error *error)"
        text.block(head) { text in
            text.line("(void)self;")
            text.line("const \(name)_sum *sum = (const \(name)_sum *)state;")
            let value =
                switch plan.merge {
                case .sum: "sum->number"
                case .mean: "sum->samples ? sum->number / sum->samples : NAN"
                case .minimum, .maximum: "sum->samples ? sum->number : NAN"
                case .fold: "(double)sum->number"
                }
            if plan.merge == .fold, number.bytes == 8, number.isInteger {
                let test =
                    number.kind == .signed
                    ? "sum->number > INT64_C(0x20000000000000) || sum->number < -INT64_C(0x20000000000000)"
                    : "sum->number > UINT64_C(0x20000000000000)"
                text.line("if (\(test)) return fail(error, INDUCT_INTERNAL, \"the value is too large for a metric\");")
            }
            let unit = plan.unit.map { ShimText.literal($0) } ?? "NULL"
            text.line("return give_metric(\(ShimText.literal(plan.metric)), \(unit), \(value), metrics, error);")
        }
        text.line()
    }

    private func create(_ text: inout ShimText) {
        let head =
            "static induct_status \(name)_create(const induct_create *call, const induct_evaluator **evaluator, induct_error *error)"
        text.block(head) { text in
            text.line("(void)call;")
            text.line("\(name) *mine = (\(name) *)calloc(1, sizeof *mine);")
            text.line("if (!mine) return fail(error, INDUCT_RESOURCE_EXHAUSTED, \"out of memory\");")
            for entry in seen {
                guard case .tensor(let tensor) = entry.item else { continue }
                text.line(
                    "while (mine->tensor_\(entry.index) < call->schema->tensor_count && "
                        + "strcmp(call->schema->tensors[mine->tensor_\(entry.index)]->name, \(ShimText.literal(tensor))) != 0)"
                )
                text.line("    mine->tensor_\(entry.index)++;")
                text.block("if (mine->tensor_\(entry.index) == call->schema->tensor_count)") { text in
                    text.line("free(mine);")
                    text.line("return fail(error, INDUCT_INVALID_ARGUMENT, \"the task has no tensor '\(tensor)'\");")
                }
            }
            shim.readFields(&text)
            text.line("mine->evaluator = (induct_evaluator){")
            text.line(
                "    .struct_size = sizeof(induct_evaluator), .instance = mine, .destroy = \(name)_destroy, "
                    + ".need = \(name)_need,")
            text.line(
                "    .begin = \(name)_begin, .consume = \(name)_consume, .merge = \(name)_merge, "
                    + ".finish = \(name)_finish,")
            text.line("    .discard = \(name)_discard};")
            text.line("*evaluator = &mine->evaluator;")
            text.line("return INDUCT_OK;")
        }
        text.line()
    }
}
