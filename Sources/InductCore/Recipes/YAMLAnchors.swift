// SPDX-License-Identifier: Apache-2.0

/// Finds anchors, aliases and tags in a YAML text before it is parsed.
///
/// Aliases let a few lines stand for billions of values; the parser would follow them, so they are refused beforehand. The
/// scan knows quotes and comments and nothing else. Text can be written that misleads it about where a quote ends, so
/// even in quotes and comments only a handful of signs that look like aliases pass: too few to do harm.
struct YAMLAnchors {
    /// Signs that look like aliases and stand in quotes or comments: at most this many.
    private static let tolerated = 8

    private var place = DocumentValue.Place(line: 1, column: 0)
    private var quote: Unicode.Scalar?
    private var isComment = false
    private var isEscaped = false
    /// Whether a token can begin here: at a line's start, behind a blank, and behind a flow indicator.
    private var isStart = true
    private var suspects = 0

    /// The place of the first one; nil when there is none.
    static func first(in text: String) -> DocumentValue.Place? {
        var scan = YAMLAnchors()
        for character in text.unicodeScalars where scan.refuses(character) { return scan.place }
        return nil
    }

    private mutating func refuses(_ character: Unicode.Scalar) -> Bool {
        place.column += 1
        if character == "\n" {
            place = DocumentValue.Place(line: place.line + 1, column: 0)
            (isComment, isEscaped, isStart) = (false, false, true)
            return false
        }
        let begins = isStart
        isStart = " \t\r[{,(\u{feff}".unicodeScalars.contains(character)
        if begins && character == "*" { suspects += 1 }
        if suspects > Self.tolerated { return true }
        if isComment { return false }
        if let open = quote {
            if isEscaped {
                isEscaped = false
            } else if character == "\\" && open == "\"" {
                isEscaped = true
            } else if character == open {
                quote = nil
            }
            return false
        }
        guard begins else { return false }
        switch character {
        case "#": isComment = true
        case "\"", "'": quote = character
        case "&", "*", "!": return true
        default: break
        }
        return false
    }
}
