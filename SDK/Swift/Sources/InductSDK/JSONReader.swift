// SPDX-License-Identifier: Apache-2.0

/// Reads JSON text (RFC 8259) into configuration values.
///
/// A plugin's configurations are small objects that the host has written; this keeps Foundation out of every plugin,
/// whose load time it would dominate. Nesting is bounded, so that no text can exhaust the stack.
struct JSONReader {
    private static let deepest = 64

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// The one value that the text holds.
    mutating func document() throws(InductError) -> Configuration.Value {
        let result = try value()
        skipSpace()
        guard position == bytes.count else { throw failure("there is something after the end of the value") }
        return result
    }

    private mutating func value() throws(InductError) -> Configuration.Value {
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .boolean(true))
        case UInt8(ascii: "f"): return try literal("false", .boolean(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return try number()
        }
    }

    private mutating func object() throws(InductError) -> [(key: String, value: Configuration.Value)] {
        try descend()
        var members: [(key: String, value: Configuration.Value)] = []
        if !take(UInt8(ascii: "}")) {
            repeat {
                skipSpace()
                let key = try string()
                guard take(UInt8(ascii: ":")) else { throw failure("a colon is missing") }
                members.append((key, try value()))
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "}")) else { throw failure("an object does not end") }
        }
        depth -= 1
        return members
    }

    private mutating func array() throws(InductError) -> [Configuration.Value] {
        try descend()
        var items: [Configuration.Value] = []
        if !take(UInt8(ascii: "]")) {
            repeat { items.append(try value()) } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "]")) else { throw failure("an array does not end") }
        }
        depth -= 1
        return items
    }

    private mutating func string() throws(InductError) -> String {
        guard take(UInt8(ascii: "\"")) else { throw failure("a string is missing") }
        var text: [UInt8] = []
        while let byte = peek, byte != UInt8(ascii: "\"") {
            position += 1
            if byte == UInt8(ascii: "\\") { try escape(into: &text) } else { text.append(byte) }
        }
        guard peek != nil else { throw failure("a string does not end") }
        position += 1
        guard let result = String(validating: text, as: UTF8.self) else { throw failure("a string is not UTF-8") }
        return result
    }

    private mutating func escape(into text: inout [UInt8]) throws(InductError) {
        guard let byte = peek else { throw failure("a string does not end") }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if (0xD800..<0xDC00).contains(code), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
                code = 0x10000 + (code - 0xD800) << 10 + (try hexadecimal()) &- 0xDC00
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure("an escape is no character") }
            text.append(contentsOf: Array(String(scalar).utf8))
        default: throw failure("an escape is unknown")
        }
    }

    private mutating func hexadecimal() throws(InductError) -> UInt32 {
        guard position + 4 <= bytes.count,
            let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw failure("an escape needs four hexadecimal digits") }
        position += 4
        return code
    }

    private mutating func number() throws(InductError) -> Configuration.Value {
        let start = position
        while let byte = peek, "+-.0123456789eE".utf8.contains(byte) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text) else { throw failure("a value is missing") }
        return .number(number)
    }

    private mutating func literal(
        _ name: String, _ value: Configuration.Value
    ) throws(InductError) -> Configuration.Value {
        guard bytes[position...].starts(with: name.utf8) else { throw failure("a word is unknown") }
        position += name.utf8.count
        return value
    }

    private mutating func descend() throws(InductError) {
        position += 1
        depth += 1
        if depth > Self.deepest { throw failure("values are nested deeper than \(Self.deepest)") }
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
    }

    private func failure(_ what: String) -> InductError {
        InductError(.internal, "the configuration is not JSON: at byte \(position) \(what)")
    }
}
