// SPDX-License-Identifier: Apache-2.0

import InductCore

/// What sources and evaluators of a shim have in common: configuration, handles, buffers, descriptors.
struct ShimPart {
    let part: ForeignPart
    /// Before all its names: "p0".
    let name: String

    /// A parameter that calls may use, by the type that keeps it.
    private enum Field {
        case number
        case integer
        case text
        case numbers
        case integers
    }

    private var fields: [(name: String, field: Field)] {
        part.config.parameters.compactMap { parameter in
            switch parameter.rule {
            case .number: (parameter.name, .number)
            case .integer, .boolean: (parameter.name, .integer)
            case .string: (parameter.name, .text)
            case .array(.number, _, _): (parameter.name, .numbers)
            case .array(.integer, _, _): (parameter.name, .integers)
            default: nil
            }
        }
    }

    func call(_ call: ForeignCall, _ suffix: String) -> ShimCall {
        ShimCall(call: call, name: "\(name)_\(suffix)")
    }

    var handles: [(type: String, create: ShimCall, destroy: ShimCall)] {
        part.handles.enumerated().map { index, handle in
            (handle.type, call(handle.create, "new\(index)"), call(handle.destroy, "free\(index)"))
        }
    }

    /// The members of an instance that hold its configuration.
    func declareFields(_ text: inout ShimText) {
        text.line("memory all;")
        for (name, field) in fields {
            switch field {
            case .number: text.line("double c_\(name);")
            case .integer: text.line("int64_t c_\(name);")
            case .text: text.line("char *c_\(name);")
            case .numbers: text.line("double *c_\(name);")
            case .integers: text.line("int64_t *c_\(name);")
            }
            if field == .numbers || field == .integers { text.line("size_t c_\(name)_count;") }
        }
    }

    /// Reads the configuration into `mine`.
    func readFields(_ text: inout ShimText) {
        for (name, field) in fields {
            let value = "member(call->config, \"\(name)\")"
            switch field {
            case .number: text.line("mine->c_\(name) = strtod(\(value), NULL);")
            case .integer: text.line("mine->c_\(name) = integer_at(\(value));")
            case .text: text.line("mine->c_\(name) = text_at(&mine->all, \(value));")
            case .numbers, .integers:
                let type = field == .numbers ? "double" : "int64_t"
                let entry = field == .numbers ? "strtod(at, NULL)" : "integer_at(at)"
                text.block("") { text in
                    text.line("const char *at = list_at(\(value), &mine->c_\(name)_count);")
                    text.line(
                        "mine->c_\(name) = (\(type) *)take(&mine->all, mine->c_\(name)_count * sizeof(\(type)));")
                    text.line(
                        "for (size_t i = 0; mine->c_\(name) && i < mine->c_\(name)_count; i++, at = next_entry(at)) "
                            + "mine->c_\(name)[i] = \(entry);")
                }
            }
        }
        checkRanges(&text)
    }

    /// Integers of the configuration that the functions' types do not hold.
    private func checkRanges(_ text: inout ShimText) {
        var seen: Set<String> = []
        for call in part.calls {
            for (parameter, argument) in zip(call.signature.parameters, call.arguments) {
                guard case .scalar(.config(let key)) = argument, case .scalar(let scalar) = parameter.type,
                    scalar.isInteger, scalar.bytes < 8 || scalar.kind == .unsigned,
                    seen.insert("\(key) \(scalar.name)").inserted
                else { continue }
                let test =
                    scalar.bytes == 8
                    ? "mine->c_\(key) < 0" : "(int64_t)(\(scalar.name))mine->c_\(key) != mine->c_\(key)"
                text.block("if (\(test))") { text in
                    text.line("give_back(&mine->all);")
                    text.line("free(mine);")
                    let message =
                        "\(part.name): \(parameter.name) of \(call.signature.name) is a \(scalar.name), which cannot hold \(key)"
                    text.line("return fail(error, INDUCT_INVALID_ARGUMENT, \(ShimText.literal(message)));")
                }
            }
        }
    }

    /// Buffers and handles of one call of the host's, at its beginning.
    func open(_ text: inout ShimText, failure: String) {
        for buffer in part.buffers { text.line("void *buffer_\(buffer.name) = take(&all, \(buffer.bytes));") }
        for handle in handles { text.line("void *handle_\(handle.type) = NULL;") }
        for handle in handles {
            handle.create.declareResult(&text)
            handle.destroy.declareResult(&text)
            handle.create.allocate(&text) { _ in "0" }
            handle.destroy.allocate(&text) { _ in "0" }
        }
        text.line(
            "if (all.failed) { give_back(&all); return fail(error, INDUCT_RESOURCE_EXHAUSTED, \"out of memory\"); }")
        for handle in handles {
            handle.create.invoke(&text, failure: failure)
            text.line("handle_\(handle.type) = \(handle.create.name)_r;")
        }
    }

    /// Their end.
    func close(_ text: inout ShimText) {
        for handle in handles.reversed() {
            text.block("if (handle_\(handle.type))") { text in handle.destroy.invoke(&text, failure: "(void)words;") }
        }
        text.line("give_back(&all);")
    }

    func descriptor(_ text: inout ShimText) {
        let concurrency =
            switch part.concurrency {
            case .parallel: "PARALLEL"
            case .serialInstance: "SERIAL_INSTANCE"
            case .serialLibrary: "SERIAL_LIBRARY"
            }
        let schema = part.configSchema.isNull ? "NULL" : ShimText.literal(part.configSchema.text)
        text.line("static const induct_descriptor \(name)_descriptor = {")
        text.line("    .struct_size = sizeof(induct_descriptor), .concurrency = INDUCT_CONCURRENCY_\(concurrency),")
        text.line("    .name = \(ShimText.literal(part.name)), .summary = \(ShimText.literal(part.summary)),")
        text.line("    .config_schema = \(schema)};")
        text.line()
    }
}
