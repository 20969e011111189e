// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Writes one call of a foreign function in C: what it declares, what it draws, and the call itself.
struct ShimCall {
    let call: ForeignCall
    /// Before all its names: "p0_call".
    let name: String

    private var signature: ForeignSignature { call.signature }

    /// Declares the function, and what it refers to, under names of our own.
    func declare(_ text: inout ShimText) {
        text.line("extern \(result) \(name)(\(prototype)) __asm__(\(ShimText.literal(signature.name)));")
        for (index, argument) in call.arguments.enumerated() {
            switch argument {
            case .variable(let symbol):
                text.line("extern void *\(name)_v\(index) __asm__(\(ShimText.literal(symbol)));")
            case .symbol(let symbol):
                text.line("extern char \(name)_s\(index)[] __asm__(\(ShimText.literal(symbol)));")
            case .callback(let callback):
                guard case .function(let type) = signature.parameters[index].type else { continue }
                serve(callback, type, index, &text)
            default: break
            }
        }
        if let message = call.message, case .scalar(let scalar) = message.parameters[0].type {
            text.line("extern const char *\(name)_message(\(scalar.name)) __asm__(\(ShimText.literal(message.name)));")
        }
    }

    private var result: String {
        switch signature.result {
        case .none: "void"
        case .scalar(let scalar): scalar.name
        case .text: "const char *"
        case .opaque: "void *"
        }
    }

    private var prototype: String {
        let types = signature.parameters.map { parameter in
            switch parameter.type {
            case .scalar(let scalar): scalar.name
            case .array(let scalar, let direction, _): "\(direction == .input ? "const " : "")\(scalar.name) *"
            case .text: "const char *"
            case .opaque, .untyped: "void *"
            case .function(let type): "\(type.result?.name ?? "void") (*)(\(Self.prototype(of: type)))"
            }
        }
        return types.isEmpty ? "void" : types.joined(separator: ", ")
    }

    private static func prototype(of type: ForeignSignature.CallbackType, named: Bool = false) -> String {
        let types = type.parameters.enumerated().map { index, parameter in
            let type =
                switch parameter {
                case .scalar(let scalar): scalar.name
                case .element(let scalar): "const \(scalar.name) *"
                case .pointer: "void *"
                }
            return named ? "\(type)\(type.hasSuffix("*") ? "" : " ")a\(index)" : type
        }
        return types.isEmpty ? "void" : types.joined(separator: ", ")
    }

    private func serve(
        _ callback: ForeignCall.Callback, _ type: ForeignSignature.CallbackType, _ index: Int, _ text: inout ShimText
    ) {
        let head = "static \(type.result?.name ?? "void") \(name)_f\(index)(\(Self.prototype(of: type, named: true)))"
        text.block(head) { text in
            for index in type.parameters.indices { text.line("(void)a\(index);") }
            switch callback {
            case .uniform:
                guard let scalar = type.result else { return }
                let value =
                    scalar.isInteger
                    ? "(\(scalar.name))next_bits(&current->words, \(scalar.bits))"
                    : scalar.bytes == 4 ? "next_uniform_float(&current->words)" : "next_uniform(&current->words)"
                text.line("return \(value);")
            case .output:
                guard let scalar = type.firstScalar,
                    let place = type.parameters.firstIndex(of: .scalar(scalar))
                else { return }
                text.block("if (current->count < current->wanted)") { text in
                    text.line("current->taken[current->count] = (double)a\(place);")
                    text.line("current->taken_integers[current->count++] = (int64_t)a\(place);")
                }
                if type.result != nil { text.line("return 0;") }
            case .ascending, .descending:
                let places = type.parameters.indices.filter {
                    guard case .element = type.parameters[$0] else { return false }
                    return true
                }
                let (a, b) = ("*a\(places[0])", "*a\(places[1])")
                let sign = callback == .ascending ? "" : "-"
                // NaN comes last; for integers these comparisons are never true.
                text.line("if (\(a) != \(a) || \(b) != \(b)) return \(sign)(\(a) == \(a) ? -1 : \(b) == \(b) ? 1 : 0);")
                text.line("return \(sign)(\(a) < \(b) ? -1 : \(a) > \(b) ? 1 : 0);")
            }
        }
    }

    /// The number of an array's elements; `free` where neither signature nor configuration says it.
    func count(_ index: Int, free: String) -> String {
        guard case .array(_, _, let length) = signature.parameters[index].type else { return "0" }
        switch length {
        case .constant(let count): return "\(count)"
        case .parameter(let name):
            guard let place = signature.index(of: name) else { return "0" }
            if case .scalar(let value) = call.arguments[place],
                case .scalar(let scalar) = signature.parameters[place].type
            {
                return "(size_t)\(self.value(value, scalar))"
            }
            for (index, parameter) in signature.parameters.enumerated() {
                guard case .array(_, _, length) = parameter.type, case .array(let content) = call.arguments[index]
                else {
                    continue
                }
                switch content {
                case .config(let key): return "mine->c_\(key)_count"
                case .constant(let list): return "\(list.array?.count ?? 0)"
                default: break
                }
            }
            return free
        }
    }

    /// Whether an array is as long as what goes in or out.
    func isFree(_ index: Int) -> Bool { count(index, free: "?") == "?" }

    /// Arrays of the call, in `all`; those that are lent are left out.
    func allocate(_ text: inout ShimText, free: (Int) -> String) {
        for (index, argument) in call.arguments.enumerated() {
            guard case .array(let content) = argument, case .array(let scalar, _, _) = signature.parameters[index].type
            else { continue }
            text.line("const size_t \(name)_n\(index) = \(count(index, free: free(index)));")
            if case .bytes = content {
                text.line("const \(scalar.name) *\(name)_a\(index) = NULL;")
            } else {
                text.line(
                    "\(scalar.name) *\(name)_a\(index) = (\(scalar.name) *)take(&all, \(name)_n\(index) * sizeof(\(scalar.name)));"
                )
            }
        }
    }

    /// States that the function changes, drawn once for each sample.
    func drawOnce(_ text: inout ShimText) { draw(&text, states: true) }

    private func draw(_ text: inout ShimText, states: Bool) {
        for (index, argument) in call.arguments.enumerated() {
            guard case .array(let content) = argument,
                case .array(let scalar, let direction, _) = signature.parameters[index].type
            else { continue }
            let isState = content == .seed && direction != .input
            guard isState == states else { continue }
            let value: String
            switch content {
            case .seed: value = "(\(scalar.name))next_bits(&now.words, \(scalar.bits))"
            case .config(let key): value = "(\(scalar.name))mine->c_\(key)[i]"
            case .constant(let list):
                let numbers = (list.array ?? []).map { "(\(scalar.name))\(ShimText.literal($0, as: scalar))" }
                text.line("static const \(scalar.name) \(name)_c\(index)[] = {\(numbers.joined(separator: ", "))};")
                value = "\(name)_c\(index)[i]"
            default: continue
            }
            text.line("for (size_t i = 0; i < \(name)_n\(index); i++) \(name)_a\(index)[i] = \(value);")
        }
    }

    private func value(_ value: ForeignCall.Value, _ scalar: ForeignScalar) -> String {
        switch value {
        case .seed(let bits): "next_bits(&now.words, \(bits))"
        case .config(let key): "mine->c_\(key)"
        case .constant(let json): ShimText.literal(json, as: scalar)
        case .length: "call->length"
        case .accumulated: "sum->number"
        case .other: "more->number"
        case .otherSize: "more->size"
        }
    }

    private func argument(_ index: Int) -> String {
        let type = signature.parameters[index].type
        switch (call.arguments[index], type) {
        case (.scalar(let value), .scalar(let scalar)): return "(\(scalar.name))\(self.value(value, scalar))"
        case (.size(let array), .scalar(let scalar)): return "(\(scalar.name))\(name)_n\(array)"
        case (.array, _): return "\(name)_a\(index)"
        case (.text(.config(let key)), _): return "mine->c_\(key)"
        case (.text(.constant(let json)), _): return ShimText.literal(json.string ?? "")
        case (.handle(let handle), _): return "handle_\(handle)"
        case (.buffer(let buffer), .array(let scalar, _, _)): return "(\(scalar.name) *)buffer_\(buffer)"
        case (.buffer(let buffer), _): return "buffer_\(buffer)"
        case (.variable, _): return "\(name)_v\(index)"
        case (.symbol, .function(let callback)):
            return "(\(callback.result?.name ?? "void") (*)(\(Self.prototype(of: callback))))(void *)\(name)_s\(index)"
        case (.symbol, _): return "(void *)\(name)_s\(index)"
        case (.callback, _): return "\(name)_f\(index)"
        default: return "NULL"
        }
    }

    /// The call, into `NAME_r` where it gives something; a failure goes to `failure`, a statement for the message `words`.
    func invoke(_ text: inout ShimText, failure: String) {
        draw(&text, states: false)
        let arguments = call.arguments.indices.map { argument($0) }.joined(separator: ", ")
        if signature.result == .none {
            text.line("\(name)(\(arguments));")
            return
        }
        text.line("\(name)_r = \(name)(\(arguments));")
        switch call.verdict {
        case .ignored: break
        case .notNull: refuse(&text, "!\(name)_r", "\"\(signature.name) gave NULL\"", failure)
        case .success(let values):
            let test = values.map { "(int64_t)\(name)_r != \(Self.status($0))" }.joined(separator: " && ")
            refuse(&text, test, nil, failure)
        case .failure(let values):
            let test = values.map { "(int64_t)\(name)_r == \(Self.status($0))" }.joined(separator: " || ")
            refuse(&text, test, nil, failure)
        }
    }

    private static func status(_ value: Int64) -> String { value == .min ? "INT64_MIN" : "INT64_C(\(value))" }

    private func refuse(_ text: inout ShimText, _ test: String, _ words: String?, _ failure: String) {
        text.block("if (\(test))") { text in
            text.line("char words[256];")
            if let words {
                text.line("snprintf(words, sizeof words, \"%s\", \(words));")
            } else if call.message != nil {
                text.line(
                    "snprintf(words, sizeof words, \"\(signature.name) failed with %lld: %s\", (long long)\(name)_r, "
                        + "\(name)_message(\(name)_r));")
            } else {
                text.line(
                    "snprintf(words, sizeof words, \"\(signature.name) failed with %lld\", (long long)\(name)_r);")
            }
            text.line(failure)
        }
    }

    /// The variable that takes what it gives.
    func declareResult(_ text: inout ShimText) {
        if signature.result != .none { text.line("\(result) \(name)_r = 0;") }
    }
}
