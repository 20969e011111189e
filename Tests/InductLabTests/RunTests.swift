// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductLab
import Testing

@Suite struct RunTests {
    static func recipe(steps: Int = 60) throws -> Recipe {
        var recipe = try Workbench.recipe(steps: steps, schedule: "cosine(warmup=5)", clip: 1)
        recipe.evaluate = [
            Recipe.Evaluation(
                name: "fresh", when: .every(25), evaluators: [PluginSpec(name: "loss")], samples: 300)
        ]
        recipe.checkpoints = Recipe.Checkpoints(every: 20, keep: 2)
        recipe.training.groups = [.init(patterns: ["*"], learningRateFactor: 0.5, after: 21, until: 40)]
        return recipe
    }

    static func options(_ directory: String, threads: Int = 1, stopAfter steps: Int = .max) -> RunOptions {
        var asked = 0
        return RunOptions(
            directory: directory, threads: threads, hostVersion: "0",
            plugins: { [PluginIdentity(id: "org.example.fake", version: "1.0.0", sha256: "00")] },
            isCancelled: {
                asked += 1
                return asked > steps
            })
    }

    @discardableResult
    static func start(_ recipe: Recipe, _ options: RunOptions) throws -> RunResult {
        try Run.start(recipe, opener: FakeOpener(), kernels: ScalarKernels(), options: options)
    }

    @discardableResult
    static func resume(_ options: RunOptions, _ recipe: Recipe? = nil) throws -> RunResult {
        try Run.resume(recipe, opener: FakeOpener(), kernels: ScalarKernels(), options: options)
    }

    /// Everything that is promised to be equal between equal runs.
    static func outcome(_ directory: String) throws -> [Data] {
        let last = directory + "/checkpoints/step-00000060/"
        return try [
            last + "model.safetensors", last + "optimizer.safetensors", last + "state.json",
            directory + "/metrics.jsonl",
        ].map(Workbench.bytes)
    }

    @Test func runWritesItsDirectory() throws {
        try Workbench.inDirectory { directory in
            let result = try Self.start(try Self.recipe(), Self.options(directory))
            #expect(result.ending == .finished)
            #expect(result.step == 60)
            let names = try FileManager.default.contentsOfDirectory(atPath: directory + "/checkpoints").sorted()
            #expect(names == ["step-00000040", "step-00000060"])
            let record = try JSON(parsing: String(contentsOfFile: directory + "/run.json", encoding: .utf8))
            #expect(record["status"]?.string == "finished")
            #expect(record["recipe"]?["training"]?["steps"]?.int == 60)
            #expect(record["plugins"]?.array?.first?["id"]?.string == "org.example.fake")
            let lines = try String(contentsOfFile: directory + "/metrics.jsonl", encoding: .utf8)
                .split(separator: "\n").map { try JSON(parsing: String($0)) }
            #expect(lines.filter { $0["evaluation"]?.string == "training" }.count == 60)
            let curves = lines.filter { $0["metric"]?.string == "loss" && $0["evaluation"]?.string == "fresh" }
            #expect(curves.compactMap { $0["step"]?.int } == [0, 25, 50, 60])
            #expect(curves.allSatisfy { $0["values"]?.array?.count == 7 && $0["axis"]?.string == "position" })
        }
    }

    @Test(arguments: [1, 2, 3])
    func threadsChangeNoByte(threads: Int) throws {
        try Workbench.inDirectory { directory in
            try Self.start(try Self.recipe(), Self.options(directory + "/a"))
            try Self.start(try Self.recipe(), Self.options(directory + "/b", threads: threads))
            #expect(try Self.outcome(directory + "/a") == Self.outcome(directory + "/b"))
        }
    }

    @Test(arguments: [0, 1, 7, 20, 21, 33, 61])
    func interruptedRunEndsLikeAnUninterruptedOne(stopAfter: Int) throws {
        try Workbench.inDirectory { directory in
            try Self.start(try Self.recipe(), Self.options(directory + "/a"))
            let stopped = try Self.start(try Self.recipe(), Self.options(directory + "/b", stopAfter: stopAfter))
            #expect(stopped.ending == .interrupted)
            let resumed = try Self.resume(Self.options(directory + "/b"), try Self.recipe())
            #expect(resumed.ending == .finished)
            #expect(try Self.outcome(directory + "/a") == Self.outcome(directory + "/b"))
        }
    }

    @Test func resumeRefusesAnotherRecipe() throws {
        try Workbench.inDirectory { directory in
            try Self.start(try Self.recipe(), Self.options(directory, stopAfter: 10))
            #expect(throws: SpecError.self) {
                try Self.resume(Self.options(directory), try Self.recipe(steps: 70))
            }
        }
    }

    @Test func startRefusesADirectoryWithARun() throws {
        try Workbench.inDirectory { directory in
            try Self.start(try Self.recipe(), Self.options(directory, stopAfter: 3))
            #expect(throws: LabError.self) { try Self.start(try Self.recipe(), Self.options(directory)) }
        }
    }
}
