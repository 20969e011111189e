// SPDX-License-Identifier: Apache-2.0

/// Commands as a shell takes them: in scripts, and in advice.
enum ShellCommand {
    static func line(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

    /// As one word for a shell.
    static func quoted(_ text: String) -> String {
        let isPlain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./=,:%@+".contains($0)) }
        guard !isPlain || text.isEmpty else { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
