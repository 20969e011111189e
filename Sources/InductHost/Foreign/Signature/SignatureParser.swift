// SPDX-License-Identifier: Apache-2.0

// Goals: read every signature that can be called, refuse every other one by its reason, and stay bounded: no recursion,
// for a callback's parameters hold no callbacks.
// Source: ISO C17, 6.7 (declarations), as far as parameters of functions need it.
//
//     signature  = declarator-type name "(" ( "void" | parameter { "," parameter } ) ")" [ ";" ]
//     parameter  = { "in" | "out" | "inout" | "nullable" } type [ "*" ] name [ "[" ( number | name ) "]" ]
//                | { "nullable" } type "(" "*" name ")" "(" ( "void" | type [ "*" ] [ name ] { "," ... } ) ")"

import InductCore

extension ForeignSignature {
    /// Reads a signature.
    ///
    /// - Throws: what is wrong, at which character, and what is allowed there.
    init(parsing text: String) throws(TableDefect) {
        var parser = SignatureParser(text: text, tokens: try SignatureToken.tokens(of: text))
        self = try parser.signature()
    }
}

private struct SignatureParser {
    let text: String
    let tokens: [SignatureToken]
    var at = 0

    /// The words before a name: "const unsigned char *".
    struct Specifier {
        enum Base {
            case void
            case scalar(ForeignScalar)
            case unknown(String)
        }

        var base: Base
        var spelling: String
        var isChar = false
        var isConst = false
        var stars = 0
        var direction: ForeignSignature.Direction?
        var isNullable = false
        var position: Int
    }

    var current: SignatureToken { tokens[at] }

    func defect(_ message: String, at position: Int? = nil) -> TableDefect {
        ForeignSignature.defect(message, in: text, at: position ?? current.position)
    }

    mutating func take(_ mark: String) -> Bool {
        guard current.kind == .mark, current.text == mark else { return false }
        at += 1
        return true
    }

    mutating func expect(_ mark: String, _ place: String) throws(TableDefect) {
        guard take(mark) else { throw defect("expected '\(mark)' \(place), found \(found)") }
    }

    var found: String { current.kind == .end ? "the end" : "'\(current.text.prefix(40))'" }

    mutating func name(_ what: String) throws(TableDefect) -> String {
        guard current.kind == .word, !Self.isReserved(current.text) else {
            throw defect("expected \(what), found \(found)")
        }
        defer { at += 1 }
        return current.text
    }

    static let annotations: Set<String> = ["in", "out", "inout", "nullable"]
    static let qualifiers: Set<String> = ["const", "restrict", "__restrict", "volatile"]

    static func isReserved(_ word: String) -> Bool {
        annotations.contains(word) || qualifiers.contains(word) || ForeignScalar.words.contains(word)
            || ForeignScalar.named[word] != nil
            || ["void", "struct", "union", "enum", "static", "extern", "inline", "register", "typedef"].contains(word)
    }

    mutating func signature() throws(TableDefect) -> ForeignSignature {
        _ = takeWord("extern")
        let type = try specifier()
        guard type.direction == nil, !type.isNullable else {
            throw defect("a result takes no annotation; they belong to parameters", at: type.position)
        }
        let result = try self.result(type)
        let name = try name("the function's name")
        try expect("(", "after the function's name")
        let parameters = try self.parameters()
        _ = take(";")
        guard current.kind == .end else { throw defect("expected the end after the signature, found \(found)") }
        var names: Set<String> = []
        for parameter in parameters {
            guard names.insert(parameter.name).inserted else {
                throw defect("two parameters are named '\(parameter.name)'", at: parameter.position)
            }
        }
        let signature = ForeignSignature(text: text, name: name, result: result, parameters: parameters)
        for parameter in parameters {
            guard case .array(_, _, .parameter(let length)) = parameter.type else { continue }
            guard let index = signature.index(of: length) else {
                throw defect(
                    "the length of '\(parameter.name)' is '\(length)', which is no parameter"
                        + suggestion(for: length, among: names), at: parameter.position)
            }
            guard case .scalar(let scalar) = parameters[index].type, scalar.isInteger else {
                throw defect(
                    "the length of '\(parameter.name)' is '\(length)', which is no integer", at: parameter.position)
            }
        }
        return signature
    }

    private mutating func takeWord(_ word: String) -> Bool {
        guard current.kind == .word, current.text == word else { return false }
        at += 1
        return true
    }

    private mutating func parameters() throws(TableDefect) -> [ForeignSignature.Parameter] {
        if takeVoidList() { return [] }
        if take(")") { throw defect("write (void) for a function without parameters", at: tokens[at - 1].position) }
        var parameters: [ForeignSignature.Parameter] = []
        repeat {
            guard parameters.count < ForeignSignature.mostParameters else {
                throw defect("more than \(ForeignSignature.mostParameters) parameters")
            }
            parameters.append(try parameter())
        } while take(",")
        try expect(")", "or ',' after a parameter")
        return parameters
    }

    private mutating func takeVoidList() -> Bool {
        guard current.text == "void", tokens[at + 1].text == ")" else { return false }
        at += 2
        return true
    }

    /// Annotations, qualifiers, the type's words and its stars.
    private mutating func specifier() throws(TableDefect) -> Specifier {
        let start = current.position
        if current.text == "..." {
            throw defect(
                "a variadic function cannot be called; name a function whose parameters are all known, or write a "
                    + "plugin")
        }
        var type = Specifier(base: .void, spelling: "", position: start)
        var words: [String] = []
        var base: Specifier.Base?
        while current.kind == .word {
            let word = current.text
            if Self.annotations.contains(word) {
                guard words.isEmpty, base == nil, !type.isConst else {
                    throw defect("the annotation '\(word)' belongs before the type")
                }
                if word == "nullable" {
                    guard !type.isNullable else { throw defect("'nullable' is said twice") }
                    type.isNullable = true
                } else {
                    guard type.direction == nil else { throw defect("a second one of in, out and inout") }
                    type.direction = word == "in" ? .input : word == "out" ? .output : .both
                }
            } else if Self.qualifiers.contains(word) {
                if word == "const" { type.isConst = true }
            } else if ["struct", "union", "enum"].contains(word) {
                guard base == nil, words.isEmpty else { throw defect("'\(word)' after another type") }
                at += 1
                let tag = try name("the name of a \(word)")
                base = word == "enum" ? .scalar(.int) : .unknown(tag)
                type.spelling = "\(word) \(tag)"
                continue
            } else if word == "void" || ForeignScalar.named[word] != nil {
                guard base == nil, words.isEmpty else { throw defect("'\(word)' after another type") }
                base = ForeignScalar.named[word].map { .scalar($0) } ?? .void
                type.spelling = word
            } else if ForeignScalar.words.contains(word) {
                guard base == nil else { throw defect("'\(word)' after another type") }
                words.append(word)
            } else if base == nil, words.isEmpty {
                base = .unknown(word)
                type.spelling = word
            } else {
                break
            }
            at += 1
        }
        if !words.isEmpty {
            guard let scalar = ForeignScalar(words: words) else {
                let spelling = words.joined(separator: " ")
                let reason =
                    words.contains("long") && words.contains("double")
                    ? "long double differs between machines; name a function that takes double"
                    : "'\(spelling)' is no type of C"
                throw defect(reason, at: start)
            }
            base = .scalar(scalar)
            type.spelling = words.joined(separator: " ")
            type.isChar = words == ["char"]
        }
        guard let base else { throw defect("expected a type, found \(found)") }
        type.base = base
        while take("*") {
            type.stars += 1
            while current.kind == .word, Self.qualifiers.contains(current.text) { at += 1 }
        }
        return type
    }

    private func result(_ type: Specifier) throws(TableDefect) -> ForeignSignature.Result {
        switch (type.base, type.stars) {
        case (.void, 0): return .none
        case (.scalar(let scalar), 0): return .scalar(scalar)
        case (.scalar, 1) where type.isChar && type.isConst: return .text
        case (.unknown(let name), 1): return .opaque(name)
        case (.unknown, 0): throw unknown(type)
        default:
            throw defect(
                "a result of type \(type.spelling) \(String(repeating: "*", count: type.stars)) cannot be used: nothing "
                    + "says how long it is; results are numbers, const char * and pointers to the library's own types",
                at: type.position)
        }
    }

    private func unknown(_ type: Specifier) -> TableDefect {
        let isStruct = type.spelling.contains(" ")
        let names = Array(ForeignScalar.named.keys) + Array(ForeignScalar.words)
        return defect(
            isStruct
                ? "\(type.spelling) is passed by value, which is not possible; pass a pointer to it"
                : "unknown type '\(type.spelling.prefix(40))'\(suggestion(for: type.spelling, among: names)); allowed are "
                    + "C's integers, float, double, the types of stdint.h, size_t, and pointers to the library's own types",
            at: type.position)
    }

    private mutating func parameter() throws(TableDefect) -> ForeignSignature.Parameter {
        let type = try specifier()
        if take("(") { return try callback(result: type) }
        guard current.kind == .word else {
            throw defect(
                "a parameter of type \(type.spelling) has no name; name it, so that the manifest can say what it is")
        }
        let position = current.position
        let name = try name("a parameter's name")
        var length: ForeignSignature.Length?
        if take("[") {
            length = try self.length(of: name)
            try expect("]", "after the length of '\(name)'")
            if current.text == "[" {
                throw defect("'\(name)' has two dimensions; give it one, the product of both")
            }
        }
        let form = try form(type, name, length, position)
        return .init(name: name, type: form, isNullable: type.isNullable, position: position)
    }

    private mutating func length(of name: String) throws(TableDefect) -> ForeignSignature.Length {
        switch current.kind {
        case .number:
            guard let count = Int(current.text), (1...ForeignSignature.mostElements).contains(count) else {
                throw defect(
                    "'\(name)' has the length \(current.text.prefix(40)); lengths are 1 to "
                        + "\(ForeignSignature.mostElements)")
            }
            at += 1
            return .constant(count)
        case .word: return .parameter(try self.name("a parameter's name as the length of '\(name)'"))
        default:
            throw defect(
                "'\(name)' has no length; write a number or the parameter that holds it, as in \(name)[n]")
        }
    }

    private func form(
        _ type: Specifier, _ name: String, _ length: ForeignSignature.Length?, _ position: Int
    ) throws(TableDefect) -> ForeignSignature.ParameterType {
        guard type.stars + (length == nil ? 0 : 1) <= 1 else {
            throw defect("'\(name)' is a pointer to pointers, which no binding can fill", at: type.position)
        }
        let isPointer = type.stars == 1 || length != nil
        guard isPointer || !type.isNullable else {
            throw defect("'\(name)' is no pointer and cannot be nullable", at: type.position)
        }
        if type.direction != nil, length == nil {
            let what = type.direction == .input ? "in" : type.direction == .output ? "out" : "inout"
            throw defect(
                "'\(name)' is \(what) but has no length; write \(name)[n] with a number, or a parameter that holds it",
                at: position)
        }
        switch type.base {
        case .scalar(let scalar):
            if let length {
                let direction = type.direction ?? (type.isConst ? .input : nil)
                guard let direction else {
                    throw defect("say whether '\(name)' is in, out or inout, before its type", at: type.position)
                }
                guard direction == .input || !type.isConst else {
                    throw defect("'\(name)' is const and cannot be written", at: type.position)
                }
                return .array(scalar, direction, length)
            }
            if type.stars == 0 { return .scalar(scalar) }
            if type.isChar, type.isConst { return .text }
            throw defect(
                "'\(name)' is a pointer without a length; write 'out \(type.spelling) \(name)[1]' for one value, or "
                    + "[n] with the parameter that holds the length", at: type.position)
        case .void:
            guard isPointer, length == nil else {
                throw defect("'\(name)' cannot be of type void", at: type.position)
            }
            return .untyped
        case .unknown(let tag):
            guard type.stars == 1 else { throw unknown(type) }
            return .opaque(tag)
        }
    }

    /// After "type (": "* name ) ( parameters )".
    private mutating func callback(result type: Specifier) throws(TableDefect) -> ForeignSignature.Parameter {
        guard take("*") else { throw defect("expected '*' and a name, as in int (*compare)(...)") }
        let position = current.position
        let name = try name("a parameter's name")
        try expect(")", "after the name of a pointer to a function")
        try expect("(", "before the parameters of '\(name)'")
        guard type.direction == nil else {
            throw defect("'\(name)' is a function and takes no direction", at: type.position)
        }
        var callback = ForeignSignature.CallbackType(result: nil, parameters: [])
        switch (type.base, type.stars) {
        case (.void, 0): break
        case (.scalar(let scalar), 0): callback.result = scalar
        default:
            throw defect(
                "'\(name)' gives \(type.spelling)\(type.stars > 0 ? " *" : ""), which cannot be served; callbacks give "
                    + "numbers or nothing", at: type.position)
        }
        if !takeVoidList() {
            repeat {
                guard callback.parameters.count < ForeignSignature.mostParameters else {
                    throw defect("more than \(ForeignSignature.mostParameters) parameters")
                }
                callback.parameters.append(try callbackParameter(of: name))
            } while take(",")
            try expect(")", "or ',' after a parameter of '\(name)'")
        }
        return .init(name: name, type: .function(callback), isNullable: type.isNullable, position: position)
    }

    private mutating func callbackParameter(
        of callback: String
    ) throws(TableDefect) -> ForeignSignature.CallbackParameter {
        let type = try specifier()
        if current.text == "(" {
            throw defect("'\(callback)' takes a pointer to a function, which cannot be served")
        }
        if current.kind == .word { _ = try name("a parameter's name") }
        guard type.direction == nil, !type.isNullable else {
            throw defect("a callback's parameters take no annotation", at: type.position)
        }
        switch (type.base, type.stars) {
        case (.scalar(let scalar), 0): return .scalar(scalar)
        case (.scalar(let scalar), 1): return .element(scalar)
        case (.void, 1), (.unknown, 1): return .pointer
        case (.unknown, 0): throw unknown(type)
        default:
            throw defect(
                "'\(callback)' takes \(type.spelling) \(String(repeating: "*", count: type.stars)), which cannot be "
                    + "served; its parameters are numbers and pointers", at: type.position)
        }
    }
}
