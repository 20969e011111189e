// SPDX-License-Identifier: Apache-2.0

/// The forms that names in plugins must have.
enum Names {
    /// Longest name that is accepted.
    static let longest = 128

    /// "golden-mean": lowercase letters and digits in groups joined by "-", a letter first.
    static func isKebabCase(_ text: String) -> Bool { isJoined(text, by: UInt8(ascii: "-")) }

    /// "position_loss": lowercase letters and digits in groups joined by "_", a letter first.
    static func isSnakeCase(_ text: String) -> Bool { isJoined(text, by: UInt8(ascii: "_")) }

    /// "org.example.my-sources": letters, digits, "-" and "_" in at least two groups joined by ".".
    static func isReverseDomain(_ text: String) -> Bool {
        let groups = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return text.utf8.count <= longest && groups.count >= 2
            && groups.allSatisfy { !$0.isEmpty && $0.allSatisfy(isWordByte) }
    }

    /// "blocks.0.query.weight": letters, digits, "-" and "_" in groups joined by "."; it is a file's name in archives.
    static func isDotted(_ text: String) -> Bool {
        let groups = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return groups.allSatisfy { !$0.isEmpty && $0.allSatisfy(isWordByte) }
    }

    /// "1.0.0", "0.2.1-beta+7": three numbers, then anything printable without spaces.
    static func isVersion(_ text: String) -> Bool {
        let bytes = text.utf8
        guard bytes.count <= longest, bytes.allSatisfy({ $0 > 32 && $0 < 127 }) else { return false }
        let numbers = bytes.prefix { $0 == UInt8(ascii: ".") || isDigit($0) }
        let rest = bytes.dropFirst(numbers.count).first
        let groups = numbers.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return groups.count == 3 && groups.allSatisfy { !$0.isEmpty }
            && (rest == nil || rest == UInt8(ascii: "-") || rest == UInt8(ascii: "+"))
    }

    private static func isJoined(_ text: String, by joint: UInt8) -> Bool {
        let groups = text.utf8.split(separator: joint, omittingEmptySubsequences: false)
        guard text.utf8.count <= longest, let first = text.utf8.first, isLowercase(first) else { return false }
        return groups.allSatisfy { !$0.isEmpty && $0.allSatisfy { isLowercase($0) || isDigit($0) } }
    }

    private static func isLowercase(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }
    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
    private static func isWordByte(_ byte: UInt8) -> Bool {
        isLowercase(byte | 0x20) || isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}
