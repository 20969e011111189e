// SPDX-License-Identifier: Apache-2.0

// Goals: one clear error with its position for every wrong text; bounded depth and size; integers stay integers.
//
//     spec   = name [ "(" [ item *( "," item ) ] ")" ]
//     item   = spec / key "=" value
//     value  = number / "true" / "false" / string / "[" [ value *( "," value ) ] "]" / spec
//     string = DQUOTE *( character / "\" escape ) DQUOTE        escapes: \" \\ \/ \b \f \n \r \t \uXXXX

extension PluginSpec {
    /// The deepest nesting of specs and lists that is read.
    package static let maximumDepth = 200
    /// The longest text that is read, in bytes: 1 MiB.
    package static let maximumSize = 1 << 20

    /// Reads `name` or `name(child, ..., key=value, ...)`.
    ///
    /// - Throws: `SpecError` with the position and what was expected there.
    package init(parsing text: String) throws(SpecError) {
        guard text.utf8.count <= Self.maximumSize else {
            throw SpecError("a spec of \(text.utf8.count) bytes is too long: at most \(Self.maximumSize) are read")
        }
        var parser = SpecParser(text)
        let spec = try parser.spec(depth: 1)
        try parser.end("',' belongs inside parentheses; expected the end of the spec")
        self = spec
    }
}

extension SpecValue {
    /// Reads a value as it stands behind `key=`.
    package init(parsing text: String) throws(SpecError) {
        guard text.utf8.count <= PluginSpec.maximumSize else {
            throw SpecError(
                "a value of \(text.utf8.count) bytes is too long: at most \(PluginSpec.maximumSize) are read")
        }
        var parser = SpecParser(text)
        let value = try parser.value(depth: 1)
        try parser.end("expected the end of the value")
        self = value
    }
}

/// Reads specs; positions count Unicode scalars from 0, so that no combining mark hides a quote or a bracket.
struct SpecParser {
    let text: String
    let characters: [Unicode.Scalar]
    var position = 0

    init(_ text: String) {
        self.text = text
        characters = Array(text.unicodeScalars)
    }

    func error(_ message: String, at position: Int? = nil) -> SpecError {
        SpecError(message, text: text, position: position ?? self.position)
    }

    private func outOfRange(_ message: String, at position: Int) -> SpecError {
        var error = error(message, at: position)
        error.isRange = true
        return error
    }

    /// What stands at the position, for messages.
    var found: String { current.map { "found '\($0)'" } ?? "found the end" }

    var current: Unicode.Scalar? { position < characters.count ? characters[position] : nil }

    mutating func skipBlanks() {
        while let character = current, character.properties.isWhitespace { position += 1 }
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard current == character else { return false }
        position += 1
        return true
    }

    mutating func end(_ expectation: String) throws(SpecError) {
        skipBlanks()
        guard position == characters.count else { throw error("\(expectation), \(found)") }
    }

    private func checkDepth(_ depth: Int) throws(SpecError) {
        guard depth <= PluginSpec.maximumDepth else { throw error("nested more than \(PluginSpec.maximumDepth) deep") }
    }

    // MARK: Specs

    mutating func spec(depth: Int) throws(SpecError) -> PluginSpec {
        try checkDepth(depth)
        skipBlanks()
        let start = position
        let name = word { $0 == "-" || $0 == "." || $0 == "/" || $0 == "_" }
        guard !name.isEmpty else { throw error("expected a name, \(found)") }
        guard SpecName.isName(name) else {
            throw error("'\(name)' is no name: names are kebab-case, such as golden-mean", at: start)
        }
        var spec = PluginSpec(name: name, position: start)
        guard take("(") else { return spec }
        guard !take(")") else { return spec }
        repeat {
            try item(of: &spec, depth: depth)
        } while take(",")
        guard take(")") else { throw error("expected ',' or ')' in \(name)(...), \(found)") }
        return spec
    }

    private mutating func item(of spec: inout PluginSpec, depth: Int) throws(SpecError) {
        skipBlanks()
        let start = position
        let key = word { $0 == "_" || $0 == "-" || $0 == "." || $0 == "/" }
        guard !key.isEmpty else {
            throw error("expected a child or key=value in \(spec.name)(...), \(found)")
        }
        guard take("=") else {
            if key.first?.isNumber == true {
                throw error(
                    "parameters are given by key: expected a child or key=value in \(spec.name)(...)", at: start)
            }
            position = start
            spec.children.append(try self.spec(depth: depth + 1))
            return
        }
        guard SpecName.isKey(key) else {
            throw error("'\(key)' is no key: keys are snake_case, such as learning_rate", at: start)
        }
        guard !SpecName.reservedKeys.contains(key) else { throw error("the key '\(key)' is reserved", at: start) }
        guard spec[key] == nil else { throw error("the key '\(key)' is given twice", at: start) }
        spec.arguments.append(.init(key: key, value: try value(depth: depth + 1), position: start))
    }

    /// Letters, digits and whatever else `accepts`.
    private mutating func word(_ accepts: (Unicode.Scalar) -> Bool) -> String {
        let start = position
        while let character = current, isLetter(character) || isDigit(character) || accepts(character) { position += 1 }
        return text(from: start)
    }

    private func isLetter(_ character: Unicode.Scalar) -> Bool {
        (character >= "a" && character <= "z") || (character >= "A" && character <= "Z")
    }

    private func isDigit(_ character: Unicode.Scalar) -> Bool { character >= "0" && character <= "9" }

    private func text(from start: Int) -> String {
        var result = String.UnicodeScalarView()
        result.append(contentsOf: characters[start..<position])
        return String(result)
    }

    // MARK: Values

    mutating func value(depth: Int) throws(SpecError) -> SpecValue {
        try checkDepth(depth)
        skipBlanks()
        switch current {
        case "[": return .list(try list(depth: depth))
        case "\"": return .string(try string())
        case let character? where isDigit(character) || character == "+" || character == "-" || character == ".":
            return try number()
        case let character? where isLetter(character):
            let start = position
            let word = word { $0 == "_" || $0 == "-" }
            if word == "true" || word == "false" { return .boolean(word == "true") }
            if ["nan", "inf", "infinity"].contains(word.lowercased()) {
                throw error("numbers are finite, '\(word)' is not", at: start)
            }
            position = start
            return .spec(try spec(depth: depth))
        default: throw error("expected a value (a number, true, false, \"text\", [list] or spec), \(found)")
        }
    }

    private mutating func list(depth: Int) throws(SpecError) -> [SpecValue] {
        position += 1
        var values: [SpecValue] = []
        guard !take("]") else { return values }
        repeat {
            values.append(try value(depth: depth + 1))
        } while take(",")
        guard take("]") else { throw error("expected ',' or ']' in a list, \(found)") }
        return values
    }

    private mutating func number() throws(SpecError) -> SpecValue {
        let start = position
        var digits = 0
        var isInteger = true
        if current == "-" || current == "+" { position += 1 }
        digits += skipDigits()
        if current == "." {
            isInteger = false
            position += 1
            digits += skipDigits()
        }
        guard digits > 0 else { throw error("expected a digit, \(found)") }
        if current == "e" || current == "E" {
            isInteger = false
            position += 1
            if current == "-" || current == "+" { position += 1 }
            guard skipDigits() > 0 else { throw error("expected the digits of an exponent, \(found)") }
        }
        if let character = current, isLetter(character) || isDigit(character) || character == "_" || character == "." {
            throw error("expected the end of the number, \(found)")
        }
        let digitsText = text(from: start)
        if isInteger {
            guard let value = Int64(digitsText) else {
                throw outOfRange("the integer \(digitsText.prefix(40)) does not fit 64 bits", at: start)
            }
            return .integer(value)
        }
        guard let value = Double(digitsText), value.isFinite else {
            throw outOfRange("the number \(digitsText.prefix(40)) is out of range", at: start)
        }
        return .number(value)
    }

    /// Returns how many there were.
    private mutating func skipDigits() -> Int {
        let start = position
        while let character = current, isDigit(character) { position += 1 }
        return position - start
    }

    private mutating func string() throws(SpecError) -> String {
        let start = position
        position += 1
        var result = String.UnicodeScalarView()
        while let character = current {
            position += 1
            switch character {
            case "\"": return String(result)
            case "\\": result.append(try escape())
            case "\n", "\r": throw error("a line ends inside a string: write \\n", at: position - 1)
            case "\0": throw error("a string holds no NUL", at: position - 1)
            default: result.append(character)
            }
        }
        throw error("the string has no closing quote", at: start)
    }

    private mutating func escape() throws(SpecError) -> Unicode.Scalar {
        let start = position - 1
        guard let character = current else { throw error("the string has no closing quote") }
        position += 1
        switch character {
        case "\"", "\\", "/": return character
        case "b": return "\u{8}"
        case "f": return "\u{c}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u":
            var code = try hexadecimal()
            if code >= 0xd800 && code < 0xdc00, current == "\\",
                position + 1 < characters.count, characters[position + 1] == "u"
            {
                position += 2
                let low = try hexadecimal()
                guard low >= 0xdc00 && low < 0xe000 else { throw error("half a surrogate pair", at: start) }
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
            }
            guard code != 0 else { throw error("a string holds no NUL", at: start) }
            guard let scalar = Unicode.Scalar(code) else { throw error("half a surrogate pair", at: start) }
            return scalar
        default:
            throw error("unknown escape '\\\(character)': \\\" \\\\ \\n \\r \\t \\b \\f \\uXXXX are known", at: start)
        }
    }

    private mutating func hexadecimal() throws(SpecError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = current.flatMap({ Character($0).hexDigitValue }) else {
                throw error("expected four hexadecimal digits, \(found)")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
