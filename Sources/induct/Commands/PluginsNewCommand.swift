// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore

/// `induct plugins new KIND NAME --language L`: a small working plugin with build file and test.
struct PluginsNewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Write a small working plugin: its code, a build file and its checks.",
        discussion: "In the new directory, `make` builds the plugin and `make test` runs its checks.")

    @Argument(help: "What it is to be: source, architecture, gate or evaluator.")
    var kind: String

    @Argument(help: "Its name in specs, kebab-case: my-source.")
    var name: String

    @Option(help: "The language: c, cpp, python, rust or swift.")
    var language: ScaffoldLanguage

    @Option(help: ArgumentHelp("Where to write it; the default is a directory of its name.", valueName: "directory"))
    var output: String?

    func run() throws {
        guard let kind = PluginKind(name: kind) else {
            let kinds = PluginKind.allCases.map(\.name)
            throw UsageError(
                "'\(kind.prefix(80))' is no kind of plugin\(suggestion(for: kind, among: kinds)): "
                    + kinds.joined(separator: ", "))
        }
        let isKebab = name.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d }
        guard isKebab, let first = name.utf8.first, (0x61...0x7a).contains(first), !name.hasSuffix("-"),
            !name.contains("--"), name.utf8.count <= 64
        else {
            throw UsageError("'\(name.prefix(80))' is no name for a plugin; names are kebab-case: my-\(kind.name)")
        }
        let scaffold = Scaffold(
            kind: kind, name: ScaffoldName(kebab: name), language: language, sdk: try SDKDirectory.path(),
            executable: try Executable.path())
        let directory = output ?? name
        let plugin = language.plugin(of: scaffold.name)
        try scaffold.write(to: directory)
        try StandardOutput.write(
            """
            \(directory): the \(kind.name) '\(name)' in \(language.directory == "Cpp" ? "C++" : language.directory)
              make -C \(directory)          \(language == .python ? "nothing to build:" : "builds") \(plugin)
              make -C \(directory) test     runs its checks
              induct plugins show \(name) --plugin \(directory)/\(plugin)

            """)
    }
}
