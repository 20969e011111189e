// SPDX-License-Identifier: Apache-2.0

/// What names and keys of a spec may look like.
package enum SpecName {
    /// "golden-mean", "org.example/golden-mean": kebab-case that begins with a letter, perhaps qualified by a plugin's id.
    package static func isName(_ text: String) -> Bool {
        guard !values.contains(text) else { return false }
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return isWord(parts[0], joint: UInt8(ascii: "-"))
        case 2: return isIdentifier(parts[0]) && isWord(parts[1], joint: UInt8(ascii: "-"))
        default: return false
        }
    }

    /// "learning_rate": snake_case that begins with a letter.
    package static func isKey(_ text: String) -> Bool { isWord(Substring(text).utf8, joint: UInt8(ascii: "_")) }

    /// Words that read as values.
    private static let values: Set<String> = ["true", "false", "null", "nan", "inf", "infinity"]

    /// Keys that the tree form of a spec uses itself.
    package static let reservedKeys: Set<String> = ["name", "children"]

    /// Lower-case letters and digits in words joined by single `joint`s, a letter first.
    private static func isWord(_ bytes: Substring.UTF8View, joint: UInt8) -> Bool {
        guard let first = bytes.first, first >= 0x61 && first <= 0x7a, bytes.last != joint else { return false }
        var previous = first
        for byte in bytes {
            let isLetterOrDigit = (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39)
            guard isLetterOrDigit || (byte == joint && previous != joint) else { return false }
            previous = byte
        }
        return true
    }

    /// A reverse domain name: letters, digits, '-' and '_', parted by single dots.
    private static func isIdentifier(_ bytes: Substring.UTF8View) -> Bool {
        bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty
                && part.allSatisfy {
                    ($0 >= 0x61 && $0 <= 0x7a) || ($0 >= 0x41 && $0 <= 0x5a) || ($0 >= 0x30 && $0 <= 0x39)
                        || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
                }
        }
    }
}
