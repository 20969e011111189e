// SPDX-License-Identifier: Apache-2.0

import InductCore

/// C text that is written line by line.
struct ShimText {
    private(set) var text = ""
    private var depth = 0

    mutating func line(_ text: String = "") {
        self.text += (text.isEmpty ? "" : String(repeating: "    ", count: depth) + text) + "\n"
    }

    /// A line that opens a block, what is in it, and its end.
    mutating func block(_ head: String, _ end: String = "}", _ body: (inout ShimText) -> Void) {
        line(head + " {")
        depth += 1
        body(&self)
        depth -= 1
        line(end)
    }

    /// A string of C.
    static func literal(_ text: String) -> String {
        var result = "\""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): result += "\\\""
            case UInt8(ascii: "\\"): result += "\\\\"
            // "??" begins a trigraph.
            case 0..<0x20, 0x7f..., UInt8(ascii: "?"): result += "\\" + octal(byte)
            default: result += String(UnicodeScalar(byte))
            }
        }
        return result + "\""
    }

    private static func octal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 8)
        return String(repeating: "0", count: 3 - digits.count) + digits
    }

    /// A number of C, exactly.
    static func literal(_ json: JSON, as scalar: ForeignScalar) -> String {
        guard let number = ForeignNumber(json, scalar) else { preconditionFailure("a constant fits its type") }
        switch number {
        case .signed(.min): return "INT64_MIN"
        case .signed(let value): return "INT64_C(\(value))"
        case .unsigned(let value): return "UINT64_C(\(value))"
        case .real(let value): return literal(value)
        }
    }

    static func literal(_ value: Double) -> String {
        let text = "\(value)"
        return text.contains(".") || text.contains("e") ? text : text + ".0"
    }

    /// Text that may stand in a comment.
    static func comment(_ text: String) -> String {
        text.replacing("*/", with: "* /").replacing("/*", with: "/ *")
    }
}
