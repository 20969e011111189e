// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Texts in place of a checked configuration: cut off, of other types, far outside of all limits, or garbled.
enum BadConfigurations {
    /// All of them, made from a configuration that works.
    static func all(like good: String, _ words: inout RandomWords) -> [String] {
        fixed + wrongValues(like: good) + (0..<48).map { _ in garbled(good, &words) }
    }

    private static let fixed = [
        "", " ", "{", "}", "{}", "[]", "null", "true", "0", "\"text\"", "{\"a\":", "{\"a\":1,}", "{\"\":{}}", "{{}}",
        "{\"a\":1e999}", "{\"a\":-0.0e-999}", "\u{FEFF}{}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\\u0000\"}",
        String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 50_000),
        "{\"a\":\"" + String(repeating: "x", count: 500_000) + "\"}",
    ]

    /// Every parameter in turn with a value of each type.
    private static func wrongValues(like good: String) -> [String] {
        guard let members = (try? JSON(parsing: good))?.members else { return [] }
        let values: [JSON] = [
            .null, .bool(true), .integer(0), .integer(-1), .integer(.max), .integer(.min), .number(1e300),
            .number(-1e300), .number(1e-300), .number(0.5), .string(""), .string("no such word"), [], [[]],
            [1, "a", .null], ["x": 1],
        ]
        return members.indices.flatMap { place in
            let without = JSON.object(members.enumerated().filter { $0.offset != place }.map(\.element)).text
            let changed = values.map { value in
                var other = members
                other[place].value = value
                return JSON.object(other).text
            }
            return [without] + changed
        }
    }

    /// A few bytes taken out, put in or changed.
    static func garbled(_ good: String, _ words: inout RandomWords) -> String {
        var bytes = Array(good.utf8)
        let alphabet = Array("{}[]\",:0123456789.-+eE \\untfalsr".utf8)
        for _ in 0...words.below(4) {
            let place = words.below(bytes.count + 1)
            let byte = alphabet[words.below(alphabet.count)]
            switch words.below(4) {
            case 0: bytes.insert(byte, at: place)
            case 1 where place < bytes.count: bytes.remove(at: place)
            case 2 where place < bytes.count: bytes[place] = byte
            default: bytes = Array(bytes.prefix(place)) + bytes.suffix(words.below(bytes.count + 1))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
