// SPDX-License-Identifier: Apache-2.0

import InductCore

/// The recipes that come with Induct, by paper and figure: `s1/induction` is the file s1/induction.yaml.
///
/// Looked for in INDUCT_EXPERIMENTS, else in `Experiments` in the sources, else in `share/induct/experiments`; see
/// `SharedDirectory`.
struct ExperimentLibrary {
    /// Nil when there is none.
    let directory: String?

    init() throws {
        directory = try SharedDirectory.find(
            variable: "INDUCT_EXPERIMENTS", inSources: "Experiments", installed: "experiments")
    }

    /// The names of all recipes.
    var names: [String] {
        guard let directory else { return [] }
        func search(_ path: String, _ prefix: String, depth: Int) -> [String] {
            FileKind.names(in: path).filter { !$0.hasPrefix(".") }.flatMap { name -> [String] in
                let full = "\(path)/\(name)"
                if name.hasSuffix(".yaml"), FileKind.isFile(full) { return [prefix + name.dropLast(5)] }
                return depth > 0 && FileKind.isDirectory(full)
                    ? search(full, "\(prefix)\(name)/", depth: depth - 1) : []
            }
        }
        return search(directory, "", depth: 3)
    }

    /// The file of a recipe.
    ///
    /// - Throws: `UsageError` with the nearest name when there is none.
    func path(of name: String) throws -> String {
        let names = names
        guard let directory, names.contains(name) else {
            guard let directory else {
                throw UsageError(
                    "there is no experiment '\(name.prefix(80))': no directory of experiments lies above the executable, and "
                        + "INDUCT_EXPERIMENTS names none")
            }
            throw UsageError(
                "there is no experiment '\(name.prefix(80))' in \(directory)\(suggestion(for: name, among: names)); "
                    + "`induct reproduce list` shows them all")
        }
        return "\(directory)/\(name).yaml"
    }

    /// The first sentence of the comment that opens a recipe, behind the licence.
    func summary(of name: String) throws -> String {
        let text = try TextFile.read(try path(of: name), limit: 1 << 20)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).prefix { $0.hasPrefix("#") }
            .map { $0.drop { $0 == "#" || $0 == " " } }
        let comment = lines.filter { !$0.hasPrefix("SPDX") }.joined(separator: " ")
        let end = comment.range(of: ": ") ?? comment.range(of: ". ")
        return String(end.map { comment[..<$0.lowerBound] } ?? comment[...]).trimmed
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

extension StringProtocol {
    /// Where a short text first occurs.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
