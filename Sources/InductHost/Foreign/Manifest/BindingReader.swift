// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Reads what one parameter of a call is bound to.
struct BindingReader {
    let calls: CallReader
    let use: CallReader.Use
    let signature: ForeignSignature
    let parameter: ForeignSignature.Parameter
    let bindings: ManifestObject
    /// Whether the host reads what the function writes there.
    let isRead: Bool

    /// A binding as it is written: a word, or an object of one key.
    private enum Written {
        case none
        case null
        case word(String)
        case entry(String, JSON)
    }

    private func defect(_ message: String) -> TableDefect { bindings.defect(parameter.name, message) }

    func argument(at index: Int) throws(TableDefect) -> ForeignCall.Argument {
        let written = try written()
        if case .null = written {
            guard parameter.isNullable else {
                throw defect("is null, but not 'nullable' in the signature; write that if the function allows NULL")
            }
            return .null
        }
        switch parameter.type {
        case .scalar(let scalar):
            if case .none = written, let array = lengthOf(index) { return .size(of: array) }
            return .scalar(try value(written, scalar))
        case .array(let scalar, let direction, let length):
            if case .entry("buffer", let name) = written { return try buffer(name, scalar, length) }
            return .array(try content(written, scalar, direction, length))
        case .text: return .text(try text(written))
        case .opaque(let type): return try opaque(written, type)
        case .untyped:
            guard case .entry("buffer", let name) = written else {
                throw wrong(written, "{\"buffer\": NAME}, or null where it is nullable")
            }
            return try buffer(name, .byte, nil)
        case .function(let type): return try function(written, type)
        }
    }

    private func written() throws(TableDefect) -> Written {
        guard let json = bindings[parameter.name] else { return .none }
        if json.isNull { return .null }
        if let word = json.string { return .word(word) }
        guard let members = json.members, members.count == 1 else {
            throw defect(
                "must be a word, null, or an object with one key, as in {\"config\": \"mean\"}, not \(json.excerpt)")
        }
        return .entry(members[0].key, members[0].value)
    }

    /// The array whose length this parameter is.
    private func lengthOf(_ index: Int) -> Int? {
        signature.parameters.firstIndex {
            guard case .array(_, _, .parameter(parameter.name)) = $0.type else { return false }
            return true
        }
    }

    private func wrong(_ written: Written, _ expected: String) -> TableDefect {
        let found =
            switch written {
            case .none: "is not bound"
            case .null: "is null"
            case .word(let word): "is bound to \"\(word.prefix(40))\""
            case .entry(let key, let value): "is bound to {\"\(key.prefix(40))\": \(value.excerpt)}"
            }
        return defect("\(found); in \(use.rawValue) it can be \(expected)")
    }

    /// What a number may be in this use, for messages.
    private var numbers: String {
        let given = "{\"config\": KEY}, {\"constant\": NUMBER}"
        return switch use {
        case .source: "\"seed\", \"length\", \(given)"
        case .beforeSample: "\"seed\", \(given)"
        case .handle: given
        case .evaluator: "\"accumulated\" in a fold, \(given)"
        case .combine: "\"accumulated\", \"other\", \"other_size\", \(given)"
        }
    }

    private func value(_ written: Written, _ scalar: ForeignScalar) throws(TableDefect) -> ForeignCall.Value {
        switch (written, use) {
        case (.word("seed"), .source), (.word("seed"), .beforeSample):
            guard scalar.isInteger else { throw defect("is a \(scalar.name); seeds are integers") }
            return .seed(bits: scalar.bits)
        case (.entry("seed", let json), .source), (.entry("seed", let json), .beforeSample):
            guard scalar.isInteger, let bits = json.int, (1...scalar.bits).contains(bits) else {
                throw defect("has a seed of \(json.excerpt) bits; a \(scalar.name) has 1 to \(scalar.bits)")
            }
            return .seed(bits: bits)
        case (.word("length"), .source):
            guard scalar.isInteger, scalar.bytes >= 4 else {
                throw defect("is a \(scalar.name), too small for a length")
            }
            return .length
        case (.word("accumulated"), .evaluator), (.word("accumulated"), .combine): return .accumulated
        case (.word("other"), .combine): return .other
        case (.word("other_size"), .combine):
            guard scalar.isInteger else { throw defect("is a \(scalar.name); sizes are integers") }
            return .otherSize
        case (.entry("config", let json), _):
            let (key, rule) = try configured(json)
            switch rule {
            case .number where !scalar.isInteger: return .config(key)
            case .integer, .boolean: return .config(key)
            default:
                throw defect("is a \(scalar.name), but the parameter '\(key)' of config_schema is \(rule.expectation)")
            }
        case (.entry("constant", let json), _):
            guard ForeignNumber(json, scalar) != nil else {
                throw defect("is a \(scalar.name), which cannot hold \(json.excerpt)")
            }
            return .constant(json)
        default: throw wrong(written, numbers)
        }
    }

    private func configured(_ json: JSON) throws(TableDefect) -> (String, ValueRule) {
        guard let key = json.string else { throw defect("names its config by a string, not \(json.excerpt)") }
        guard let found = calls.config.parameters.first(where: { $0.name == key }) else {
            throw defect(
                "names the parameter '\(key.prefix(60))', which config_schema does not have"
                    + suggestion(for: key, among: calls.config.parameters.map(\.name)))
        }
        guard !found.isOptional else {
            throw defect("needs the parameter '\(key)', which is optional; give it a default")
        }
        return (key, found.rule)
    }

    private func content(
        _ written: Written, _ scalar: ForeignScalar, _ direction: ForeignSignature.Direction,
        _ length: ForeignSignature.Length
    ) throws(TableDefect) -> ForeignCall.Content {
        if case .none = written {
            guard direction == .output else {
                throw wrong(
                    written, use == .evaluator ? "{\"values\": ITEM}, {\"bytes\": ITEM}, {\"constant\": LIST}" : arrays)
            }
            guard isRead || isKnown(length) else {
                throw defect("is written by the function and read by nobody, and nothing says how long it is")
            }
            return .nothing
        }
        guard !isRead || use == .evaluator else { throw defect("is an output, and takes no binding") }
        guard direction != .output else { throw defect("is out: the function writes it, so it takes no binding") }
        switch (written, use) {
        case (.word("seed"), .source), (.word("seed"), .beforeSample):
            guard scalar.isInteger else { throw defect("holds \(scalar.name); seeds and states are integers") }
            guard case .constant = length else {
                throw defect("is a seed whose length is a parameter; give its length as a number")
            }
            return .seed
        case (.entry("config", let json), _):
            let (key, rule) = try configured(json)
            guard case .array(let items, _, _) = rule else {
                throw defect("is an array, but the parameter '\(key)' of config_schema is \(rule.expectation)")
            }
            switch items {
            case .number where !scalar.isInteger: break
            case .integer: break
            default: throw defect("holds \(scalar.name), but '\(key)' is \(rule.expectation)")
            }
            return .config(key)
        case (.entry("constant", let json), _):
            guard let list = json.array, !list.isEmpty, list.allSatisfy({ ForeignNumber($0, scalar) != nil }) else {
                throw defect("must be a list of numbers that a \(scalar.name) holds, not \(json.excerpt)")
            }
            if case .constant(let count) = length, count != list.count {
                throw defect("has the length \(count), but \(list.count) constants")
            }
            return .constant(json)
        case (.entry("values", let json), .evaluator): return .values(try item(json))
        case (.entry("bytes", let json), .evaluator):
            guard scalar.bytes == 1 else {
                throw defect("holds \(scalar.name); bytes go into an array of unsigned char")
            }
            return .bytes(try item(json))
        default: throw wrong(written, arrays)
        }
    }

    private var arrays: String {
        let given = "{\"config\": KEY}, {\"constant\": LIST}, {\"buffer\": NAME}"
        return switch use {
        case .source, .beforeSample: "\"seed\", \(given)"
        case .evaluator: "{\"values\": ITEM}, {\"bytes\": ITEM}, \(given)"
        case .handle, .combine: given
        }
    }

    private func item(_ json: JSON) throws(TableDefect) -> ForeignCall.Item {
        guard let name = json.string, Names.isSnakeCase(name) else {
            throw defect("must name losses, predictions or a tensor such as tokens, not \(json.excerpt)")
        }
        return ForeignCall.Item(name)
    }

    /// Whether an array's length is known without looking at what goes in or out.
    private func isKnown(_ length: ForeignSignature.Length) -> Bool {
        switch length {
        case .constant: true
        case .parameter(let name): bindings[name] != nil
        }
    }

    private func text(_ written: Written) throws(TableDefect) -> ForeignCall.Value {
        switch written {
        case .entry("config", let json):
            let (key, rule) = try configured(json)
            guard case .string = rule else {
                throw defect("is a string, but the parameter '\(key)' of config_schema is \(rule.expectation)")
            }
            return .config(key)
        case .entry("constant", let json):
            guard let text = json.string, !text.utf8.contains(0) else {
                throw defect("is a string, not \(json.excerpt)")
            }
            return .constant(json)
        default: throw wrong(written, "{\"config\": KEY}, {\"constant\": TEXT}")
        }
    }

    private func opaque(_ written: Written, _ type: String) throws(TableDefect) -> ForeignCall.Argument {
        switch written {
        case .none:
            guard calls.handles.contains(type) else {
                throw defect(
                    "is a \(type) *, and the part has no handle of that type"
                        + suggestion(for: type, among: calls.handles)
                        + "; declare it under handles, or bind it to {\"variable\": SYMBOL} or {\"buffer\": NAME}")
            }
            return .handle(type)
        case .entry("variable", let json): return .variable(try symbol(json))
        case .entry("buffer", let json): return try buffer(json, .byte, nil)
        default: throw wrong(written, "{\"variable\": SYMBOL}, {\"buffer\": NAME}, or nothing for a handle")
        }
    }

    private func symbol(_ json: JSON) throws(TableDefect) -> String {
        let isName: (UInt8) -> Bool = {
            ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a) || ($0 >= 0x30 && $0 <= 0x39) || $0 == UInt8(ascii: "_")
        }
        guard let name = json.string, !name.isEmpty, name.utf8.count <= 256, name.utf8.allSatisfy(isName) else {
            throw defect("must name a symbol of the library, not \(json.excerpt)")
        }
        return name
    }

    private func buffer(
        _ json: JSON, _ scalar: ForeignScalar, _ length: ForeignSignature.Length?
    ) throws(TableDefect) -> ForeignCall.Argument {
        guard let name = json.string, let bytes = calls.buffers[name] else {
            throw defect(
                "names the buffer \(json.excerpt), which the part does not have"
                    + suggestion(for: json.string ?? "", among: calls.buffers.keys.sorted()))
        }
        guard use != .handle, use != .combine else { throw defect("is a buffer, which \(use.rawValue) cannot take") }
        switch length {
        case nil: break
        case .constant(let count):
            guard count * scalar.bytes <= bytes else {
                throw defect("needs \(count * scalar.bytes) bytes, the buffer '\(name)' has \(bytes)")
            }
        case .parameter: throw defect("is a buffer and needs a length that is a number")
        }
        return .buffer(name)
    }

    private func function(
        _ written: Written, _ type: ForeignSignature.CallbackType
    ) throws(TableDefect) -> ForeignCall.Argument {
        switch written {
        case .entry("symbol", let json): return .symbol(try symbol(json))
        case .entry("callback", let json):
            guard let callback = json.string.flatMap(ForeignCall.Callback.init(rawValue:)) else {
                let names = ForeignCall.Callback.allCases.map(\.rawValue)
                throw defect(
                    "asks for the callback \(json.excerpt)\(suggestion(for: json.string ?? "", among: names)); there are "
                        + names.joined(separator: ", "))
            }
            try check(callback, type)
            return .callback(callback)
        default: throw wrong(written, "{\"callback\": NAME}, {\"symbol\": NAME}")
        }
    }

    private func check(
        _ callback: ForeignCall.Callback, _ type: ForeignSignature.CallbackType
    ) throws(TableDefect) {
        switch callback {
        case .uniform:
            guard use == .source || use == .beforeSample else { throw defect("'uniform' belongs to sources") }
            guard type.result != nil else { throw defect("'uniform' gives a number, but the function wants none") }
        case .output:
            guard use == .source else { throw defect("'output' belongs to a source's call") }
            let hasValue = type.parameters.contains {
                guard case .scalar = $0 else { return false }
                return true
            }
            guard hasValue, type.result?.isInteger ?? true else {
                throw defect("'output' takes a number and gives an integer or nothing; the function's does not")
            }
        case .ascending, .descending:
            let elements = type.parameters.compactMap { parameter -> ForeignScalar? in
                guard case .element(let scalar) = parameter else { return nil }
                return scalar
            }
            guard elements.count >= 2, elements[0] == elements[1], type.result?.kind == .signed else {
                throw defect(
                    "'\(callback.rawValue)' compares two elements: write int (*\(parameter.name))(const double *, const "
                        + "double *) with the elements' type")
            }
        }
    }
}
