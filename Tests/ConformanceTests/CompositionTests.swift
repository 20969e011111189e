// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

/// One run whose parts come from plugins in several languages, none of which knows of another.
@Suite("A run composed of plugins in C, Python and Rust and built-in ones")
struct CompositionTests {
    private struct Workshop {
        let scratch: URL
        let environment: [String: String]
        var plugins: [String] = []

        /// Scaffolds a plugin and builds it.
        mutating func add(_ kind: String, _ name: String, in language: String) throws {
            let directory = scratch.appending(path: name).path
            let made = try Tools.run(
                Tools.induct, ["plugins", "new", kind, name, "--language", language, "--output", directory])
            try #require(made.code == 0, "\(made.output)")
            let plugin = language == "python" ? "\(name).py" : "\(name).so"
            let built = try Tools.run("make", ["-C", directory, plugin])
            try #require(built.code == 0, "\(built.output.suffix(4_000))")
            plugins += ["--plugin", "\(directory)/\(plugin)"]
        }

        func induct(_ arguments: [String]) throws -> (code: Int32, output: String) {
            try Tools.run(Tools.induct, arguments + plugins, environment: environment, joined: true)
        }
    }

    private static let source = "mixture(c-cycle(vocabulary=4), python-cycle(vocabulary=4, noise=0.3), coin(p=0.3))"
    private static let recipe = """
        seed: 3
        source: "\(source)"
        architecture: "gated(rust-bigram, transformer(layers=1, width=8, heads=1), gate=python-weights, training=joint)"
        training: {length: 8, batch: 16, steps: 6, optimizer: adam(learning_rate=1e-2)}
        evaluate: [{every: 3, evaluators: [python-loss, oracle-gap], view: test, samples: 64}]
        checkpoints: {every: 2, keep: 5}

        """

    @Test func trainsIsEvaluatedAndResumesToTheBit() throws {
        try Tools.inScratch { scratch in
            var workshop = Workshop(
                scratch: scratch, environment: try Python.environment(cache: scratch.appending(path: "cache")))
            try workshop.add("source", "c-cycle", in: "c")
            try workshop.add("source", "python-cycle", in: "python")
            try workshop.add("architecture", "rust-bigram", in: "rust")
            try workshop.add("gate", "python-weights", in: "python")
            try workshop.add("evaluator", "python-loss", in: "python")

            // Both languages say the same process, so the mixture's theory is that of either of them beside the coin.
            let theory = try workshop.induct(["theory", Self.source, "--length", "6", "--format", "json"])
            try #require(theory.code == 0, "\(theory.output)")

            let first = scratch.appending(path: "first").path
            let recipe = try Python.write(Self.recipe, to: "recipe.yaml", in: scratch)
            let run = try workshop.induct(["run", recipe, "--threads", "2", "--no-figures", "--output", first])
            try #require(run.code == 0, "\(run.output)")
            let lines = try String(contentsOfFile: first + "/metrics.jsonl", encoding: .utf8).split(separator: "\n")
                .map { try JSON(parsing: String($0)) }
            let curve = try #require(lines.last { $0["metric"]?.string == "python_loss" })
            #expect(curve["step"]?.int == 6)
            #expect(curve["values"]?.array?.count == 8)
            #expect(curve["values"]?.array?.allSatisfy { (0..<3).contains($0.double ?? -1) } == true)
            #expect(curve["standard_errors"]?.array?.allSatisfy { ($0.double ?? 0) > 0 } == true)
            let record = try JSON(parsing: try String(contentsOfFile: first + "/run.json", encoding: .utf8)).text
            for id in ["c-cycle", "python-cycle", "rust-bigram", "python-weights", "python-loss"] {
                #expect(record.contains("org.example.\(id)"), "run.json does not name \(id)")
            }

            // The same run, cut back to its checkpoint of step 2 and resumed on one thread.
            let second = scratch.appending(path: "second").path
            try FileManager.default.copyItem(atPath: first, toPath: second)
            for step in ["4", "6"] {
                try FileManager.default.removeItem(atPath: "\(second)/checkpoints/step-0000000\(step)")
            }
            let resumed = try workshop.induct(["run", "--resume", "--output", second, "--threads", "1", "--no-figures"])
            try #require(resumed.code == 0, "\(resumed.output)")
            for file in ["metrics.jsonl", "checkpoints/step-00000006/model.safetensors"] {
                let (one, other) = (
                    FileManager.default.contents(atPath: "\(first)/\(file)"),
                    FileManager.default.contents(atPath: "\(second)/\(file)")
                )
                #expect(one != nil && one == other, "\(file) differs after the run was resumed")
            }
        }
    }
}
