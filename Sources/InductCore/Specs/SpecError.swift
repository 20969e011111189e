// SPDX-License-Identifier: Apache-2.0

/// A spec, recipe or setting that is wrong; exit code 64.
package struct SpecError: Error, CustomStringConvertible, Equatable {
    /// What is wrong, and what to do.
    package var message: String
    /// The text and the position in it, in Unicode scalars, where there is one.
    package var text: String?
    package var position: Int?
    /// The document, and the place in it, where there is one.
    package var file: String?
    package var place: DocumentValue.Place?
    /// A number of the right form that is too large to be read.
    var isRange = false

    package init(_ message: String, text: String? = nil, position: Int? = nil) {
        self.message = message
        self.text = text
        self.position = position
    }

    /// The file, the place, and the message.
    private var headline: String {
        let context = [file, place.map { "line \($0.line), column \($0.column)" }].compactMap { $0 }
        return (context + [message]).joined(separator: ": ")
    }

    /// The message, and below it the text with a caret at the position; of a long text the part round the position.
    package var description: String {
        guard let text, let position else { return headline }
        let characters = text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }
        let caret = max(0, min(position, characters.count))
        let start = caret > Self.reach ? caret - Self.reach : 0
        let end = min(characters.count, caret + Self.reach)
        let before = start > 0 ? "..." : ""
        let after = end < characters.count ? "..." : ""
        let blanks = String(repeating: " ", count: before.count + caret - start)
        var shown = String.UnicodeScalarView()
        shown.append(contentsOf: characters[start..<end])
        return "\(headline)\n  \(before)\(String(shown))\(after)\n  \(blanks)^"
    }

    /// Characters shown on each side of the position.
    private static let reach = 50
}
