// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

/// Every experiment that comes with Induct, at every scale: all that is checked before training begins.
@Suite struct ExperimentTests {
    static let names: [String] = {
        let found = try? InductProcess.json(["reproduce", "list"])["experiments"]?.array
        return (found ?? []).compactMap { $0["name"]?.string }
    }()

    /// What an experiment needs of the user: made up here.
    private func settings(of name: String, in directory: TemporaryDirectory) throws -> [String] {
        switch name {
        case "s1/natural-text":
            let files = try ["first", "second"].map {
                try directory.file($0 + ".txt", String(repeating: "The \($0) text. ", count: 100))
            }
            let parts = files.map { "tokens(file=\"\($0)\")" }
            return ["--set", "source=mixture(\(parts.joined(separator: ", ")))"]
        case "s2/omniglot":
            for (set, first, count) in [("images_background", 0, 964), ("images_evaluation", 964, 659)] {
                let drawings = GlyphFiles.drawings(set: set, characters: count, drawings: 1, side: 5, first: first)
                let archive = URL(fileURLWithPath: "\(directory.path)/\(set).zip")
                try Data(GlyphFiles.zip(drawings)).write(to: archive)
            }
            return ["--set", "source.path=\"\(directory.path)\""]
        default: return []
        }
    }

    @Test(arguments: names, ["smoke", "paper"])
    func passesAllChecksBeforeTraining(name: String, scale: String) throws {
        let directory = try TemporaryDirectory()
        let plan = try InductProcess.json(
            ["reproduce", name, "--scale", scale, "--dry-run", "--threads", "1"]
                + settings(of: name, in: directory))
        // The plan of a sweep, or that of one run.
        if name.hasPrefix("s2/") {
            #expect((plan["points"]?.array?.count ?? 0) > 1)
            #expect((plan["runs"]?.int ?? 0) >= (plan["points"]?.array?.count ?? 0))
        } else {
            #expect((plan["memory"]?["total"]?.int ?? 0) > 0)
        }
    }

    @Test func areFound() { #expect(Self.names.count > 20 && Self.names.contains("s2/omniglot"), "\(Self.names)") }

    @Test func whatIsMissingIsSaidBeforeTraining() throws {
        for (name, reason) in [
            ("s2/omniglot", "no folder 'omniglot'"), ("s1/natural-text", "texts/first.txt"),
        ] {
            let result = try InductProcess.run(["reproduce", name, "--scale", "smoke", "--dry-run"])
            #expect(result.code != 0 && result.error.contains(reason), "\(result.error)")
        }
    }
}
