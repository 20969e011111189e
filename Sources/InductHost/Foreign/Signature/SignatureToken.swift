// SPDX-License-Identifier: Apache-2.0

/// A word, number or mark of a signature.
struct SignatureToken: Equatable {
    enum Kind: Equatable {
        case word
        case number
        case mark
        case end
    }

    var kind: Kind
    var text: String
    /// In bytes, counted from 0.
    var position: Int

    /// Cuts a signature into tokens, the last of kind `end`.
    ///
    /// - Throws: for any byte that no signature holds, and for texts that are too long.
    static func tokens(of text: String) throws(TableDefect) -> [SignatureToken] {
        let bytes = Array(text.utf8)
        guard bytes.count <= ForeignSignature.mostBytes else {
            throw TableDefect(
                "a signature has \(bytes.count) bytes; \(ForeignSignature.mostBytes) are the most that is read")
        }
        var tokens: [SignatureToken] = []
        var at = 0
        func take(_ kind: Kind, while test: (UInt8) -> Bool) {
            let start = at
            repeat { at += 1 } while at < bytes.count && test(bytes[at])
            tokens.append(
                SignatureToken(
                    kind: kind, text: String(decoding: bytes[start..<at], as: UTF8.self), position: start))
        }
        while at < bytes.count {
            switch bytes[at] {
            case 0x20, 0x09, 0x0a, 0x0d: at += 1
            case let byte where isLetter(byte): take(.word) { isLetter($0) || isDigit($0) }
            case let byte where isDigit(byte): take(.number) { isLetter($0) || isDigit($0) }
            case UInt8(ascii: ".") where bytes[at...].starts(with: Array("...".utf8)):
                tokens.append(SignatureToken(kind: .mark, text: "...", position: at))
                at += 3
            case let byte where "()[]*,;".utf8.contains(byte): take(.mark) { _ in false }
            case let byte:
                let shown = byte > 0x20 && byte < 0x7f ? "'\(Character(UnicodeScalar(byte)))'" : "byte \(byte)"
                throw ForeignSignature.defect(
                    "\(shown) has no meaning here; a signature holds names, numbers and ( ) [ ] * ,", in: text, at: at)
            }
        }
        tokens.append(SignatureToken(kind: .end, text: "", position: bytes.count))
        return tokens
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")) || byte == UInt8(ascii: "_")
    }
}

extension ForeignSignature {
    /// A defect at a place of a signature: "in the signature '...', at character 12: ...".
    static func defect(_ message: String, in text: String, at position: Int) -> TableDefect {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let shown = line.count <= 120 ? line : line.prefix(117) + "..."
        return TableDefect("in the signature '\(shown)', at character \(position + 1): \(message)")
    }
}
