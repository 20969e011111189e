// SPDX-License-Identifier: Apache-2.0

extension JSON {
    /// The value on one line, without blanks.
    ///
    /// Doubles are written in the shortest form that reads back to the same bits; NaN and the infinities, which JSON
    /// cannot say, as null.
    package var text: String {
        var writer = JSONWriter(indent: nil)
        writer.write(self, depth: 0)
        return writer.text
    }

    /// The value over several lines, two blanks a level; lists of plain values stay on one line.
    package var indented: String {
        var writer = JSONWriter(indent: 2)
        writer.write(self, depth: 0)
        return writer.text
    }
}

private struct JSONWriter {
    var text = ""
    let indent: Int?

    init(indent: Int?) { self.indent = indent }

    mutating func write(_ value: JSON, depth: Int) {
        switch value {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .number(let value): text += value.isFinite ? value.description : "null"
        case .string(let value): write(value)
        case .array(let values):
            let isPlain = values.allSatisfy { $0.array == nil && $0.members == nil }
            write(values, "[", "]", depth: depth, oneLine: isPlain) { writer, element in
                writer.write(element, depth: depth + 1)
            }
        case .object(let members):
            write(members, "{", "}", depth: depth, oneLine: false) { writer, member in
                writer.write(member.key)
                writer.text += writer.indent == nil ? ":" : ": "
                writer.write(member.value, depth: depth + 1)
            }
        }
    }

    private mutating func write<Element>(
        _ elements: [Element], _ open: String, _ close: String, depth: Int, oneLine: Bool,
        each: (inout JSONWriter, Element) -> Void
    ) {
        text += open
        for (i, element) in elements.enumerated() {
            if i > 0 { text += indent != nil && oneLine ? ", " : "," }
            if !oneLine { newLine(depth + 1) }
            each(&self, element)
        }
        if !oneLine && !elements.isEmpty { newLine(depth) }
        text += close
    }

    private mutating func newLine(_ depth: Int) {
        guard let indent else { return }
        text += "\n" + String(repeating: " ", count: indent * depth)
    }

    mutating func write(_ string: String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
