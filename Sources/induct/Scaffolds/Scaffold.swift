// SPDX-License-Identifier: Apache-2.0

import InductCore

/// A new plugin's directory, made from a template that is a working plugin: the template's name becomes the user's in
/// every spelling, so that what is written builds and passes its checks as it is.
struct Scaffold {
    let kind: PluginKind
    let name: ScaffoldName
    let language: ScaffoldLanguage
    /// The SDK's directory, absolute.
    let sdk: String
    /// The executable, for the tests of the new plugin.
    let executable: String

    /// The names that the templates use, by kind.
    private var templateName: ScaffoldName {
        switch kind {
        case .source: ScaffoldName(kebab: "noisy-cycle")
        case .architecture: ScaffoldName(kebab: "bigram")
        case .gate: ScaffoldName(kebab: "learned-weights")
        case .evaluator: ScaffoldName(kebab: "mean-loss")
        }
    }

    /// The name in the templates that are the same for every kind.
    private static let otherName = ScaffoldName(kebab: "noisy-cycle")

    /// The files, relative to the plugin's directory, and their texts.
    func files() throws -> [(path: String, text: String)] {
        let templates = "\(sdk)/\(language.directory)/templates"
        let code = try TextFile.read("\(templates)/\(language.template(of: kind.name))", limit: 1 << 20)
        var files = [(language.file(of: name), renamed(code, from: templateName))]
        for file in language.otherFiles(of: name) {
            let text = try TextFile.read("\(templates)/\(file.template)", limit: 1 << 20)
            files.append((file.path, placed(renamed(text, from: Self.otherName))))
        }
        return files
    }

    /// Writes the files into a directory that does not exist yet.
    func write(to directory: String) throws { try NewDirectory.write(try files(), to: directory) }

    /// By way of marks that no template holds, for the new name may hold the old one.
    private func renamed(_ text: String, from old: ScaffoldName) -> String {
        text.replacing(old.kebab, with: "\u{1}").replacing(old.snake, with: "\u{2}").replacing(old.type, with: "\u{3}")
            .replacing("\u{1}", with: name.kebab).replacing("\u{2}", with: name.snake)
            .replacing("\u{3}", with: name.type)
    }

    private func placed(_ text: String) -> String {
        text.replacing("@SDK@", with: sdk).replacing("@INDUCT@", with: executable)
    }
}
