// SPDX-License-Identifier: Apache-2.0

// Goals: refuse everything that RFC 8259 refuses, say where, and stay bounded in depth and size whatever the text is.
// Source: RFC 8259.

extension JSON {
    /// The deepest nesting of arrays and objects that is read.
    package static let maximumDepth = 200
    /// The longest text that is read, in bytes: 64 MiB.
    package static let maximumSize = 1 << 26

    /// Reads one JSON value, surrounded by blanks only.
    ///
    /// Numbers without fraction and exponent that fit 64 bits become integers. Refused: duplicate keys, numbers beyond
    /// the range of a double, control characters in strings, lone surrogates.
    ///
    /// - Throws: `JSONError` with line and column.
    package init(parsing text: String) throws(JSONError) {
        self = try JSONParser.parse(Array(text.utf8))
    }
}

private struct JSONParser {
    let bytes: [UInt8]
    var position = 0
    var depth = 0

    static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSON {
        var parser = JSONParser(bytes: bytes)
        guard bytes.count <= JSON.maximumSize else {
            throw parser.error("the text has \(bytes.count) bytes, at most \(JSON.maximumSize) are read")
        }
        let value = try parser.value()
        parser.skipBlanks()
        guard parser.position == bytes.count else { throw parser.error("expected the end after the value") }
        return value
    }

    func error(_ message: String, at position: Int? = nil) -> JSONError {
        let before = bytes.prefix(position ?? self.position)
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return JSONError(message: message, line: line, column: before.count - start + 1)
    }

    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipBlanks() {
        while let byte = current, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard current == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func value() throws(JSONError) -> JSON {
        skipBlanks()
        switch current {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case nil: throw error("expected a value, found the end")
        case .some(let byte) where byte == UInt8(ascii: "-") || (byte >= 0x30 && byte <= 0x39): return try number()
        default:
            for (word, value) in [("true", JSON.bool(true)), ("false", .bool(false)), ("null", .null)]
            where bytes[position...].starts(with: word.utf8) {
                position += word.utf8.count
                return value
            }
            throw error("expected a value")
        }
    }

    mutating func enter() throws(JSONError) {
        depth += 1
        guard depth <= JSON.maximumDepth else { throw error("nested more than \(JSON.maximumDepth) deep") }
        position += 1
    }

    mutating func array() throws(JSONError) -> JSON {
        try enter()
        var elements: [JSON] = []
        if !take("]") {
            repeat { elements.append(try value()) } while take(",")
            guard take("]") else { throw error("expected ',' or ']'") }
        }
        depth -= 1
        return .array(elements)
    }

    mutating func object() throws(JSONError) -> JSON {
        try enter()
        var members: [JSON.Member] = []
        var keys: Set<String> = []
        if !take("}") {
            repeat {
                skipBlanks()
                let start = position
                guard current == UInt8(ascii: "\"") else { throw error("expected a key in quotes") }
                let key = try string()
                guard keys.insert(key).inserted else { throw error("the key '\(key)' appears twice", at: start) }
                guard take(":") else { throw error("expected ':'") }
                members.append(.init(key: key, value: try value()))
            } while take(",")
            guard take("}") else { throw error("expected ',' or '}'") }
        }
        depth -= 1
        return .object(members)
    }

    mutating func number() throws(JSONError) -> JSON {
        let start = position
        var isInteger = true
        if current == UInt8(ascii: "-") { position += 1 }
        if current == UInt8(ascii: "0") { position += 1 } else { try digits() }
        if current == UInt8(ascii: ".") {
            position += 1
            isInteger = false
            try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            position += 1
            isInteger = false
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else {
            throw error("the number \(text.prefix(40)) is out of range", at: start)
        }
        return .number(value)
    }

    mutating func digits() throws(JSONError) {
        let start = position
        while let byte = current, byte >= 0x30 && byte <= 0x39 { position += 1 }
        guard position > start else { throw error("expected a digit") }
    }

    mutating func string() throws(JSONError) -> String {
        position += 1
        var result: [UInt8] = []
        while let byte = current {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: result, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &result)
            case 0..<0x20: throw error("a control character in a string must be escaped", at: position - 1)
            default: result.append(byte)
            }
        }
        throw error("a string has no closing quote")
    }

    mutating func escape(into result: inout [UInt8]) throws(JSONError) {
        let start = position - 1
        guard let byte = current else { throw error("a string has no closing quote") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0c)
        case UInt8(ascii: "n"): result.append(0x0a)
        case UInt8(ascii: "r"): result.append(0x0d)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if code >= 0xd800 && code < 0xdc00, bytes[position...].starts(with: [0x5c, 0x75]) {
                position += 2
                let low = try hexadecimal()
                guard low >= 0xdc00 && low < 0xe000 else { throw error("a lone surrogate", at: start) }
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw error("a lone surrogate", at: start) }
            result.append(contentsOf: String(Character(scalar)).utf8)
        default: throw error("an unknown escape in a string", at: start)
        }
    }

    mutating func hexadecimal() throws(JSONError) -> UInt32 {
        guard position + 4 <= bytes.count,
            let value = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16),
            bytes[position] != UInt8(ascii: "+")
        else { throw error("expected four hexadecimal digits") }
        position += 4
        return value
    }
}
