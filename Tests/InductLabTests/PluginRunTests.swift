// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductHost
import InductLab
import Logging
import Testing

/// Whole runs over the default plugins and the real kernels.
@Suite struct PluginRunTests {
    /// Where `swift build` puts the libraries: beside the tests.
    static var buildDirectory: String {
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (path as NSString).deletingLastPathComponent
    }

    static func host(_ directory: String, kernels: String? = nil) throws -> PluginHost {
        try PluginHost(
            HostOptions(
                executableDirectory: buildDirectory, kernels: kernels, describer: buildDirectory + "/induct",
                cacheDirectory: directory + "/cache",
                log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })))
    }

    static func recipe(_ architecture: String) throws -> Recipe {
        var recipe = try Workbench.recipe(
            source: "with-bos(dursley-wonka(p=0.4, q=0.25))", architecture: architecture, length: 9, batch: 24,
            steps: 60,
            shards: 5, schedule: "cosine(warmup=5)", clip: 1)
        recipe.evaluate = [
            Recipe.Evaluation(
                name: "test", when: .every(30),
                evaluators: [PluginSpec(name: "position-loss"), PluginSpec(name: "oracle-gap")], samples: 500)
        ]
        recipe.checkpoints = Recipe.Checkpoints(every: 20, keep: 2)
        return recipe
    }

    static let architectures = [
        "transformer(layers=2, width=16, heads=2)",
        "gated(transformer(layers=1, width=16, heads=1), transformer(layers=1, width=8, heads=2), "
            + "gate=mlp-gate(hidden=[8]), training=bilevel)",
        "gated(transformer(layers=1, width=8, heads=1), transformer(layers=1, width=8, heads=2), gate=mlp-gate(hidden=[8]))",
    ]

    @Test(arguments: architectures)
    func threadsAndInterruptionsChangeNoByte(architecture: String) throws {
        try Workbench.inDirectory { directory in
            let host = try Self.host(directory)
            let recipe = try Self.recipe(architecture)
            try Run.start(
                recipe, opener: host, kernels: host.kernels, options: RunTests.options(directory + "/a")
            ).expectFinished()
            let stopped = try Run.start(
                recipe, opener: host, kernels: host.kernels,
                options: RunTests.options(directory + "/b", threads: 3, stopAfter: 40))
            #expect(stopped.ending == .interrupted)
            try Run.resume(
                recipe, opener: host, kernels: host.kernels, options: RunTests.options(directory + "/b", threads: 2)
            ).expectFinished()
            #expect(try RunTests.outcome(directory + "/a") == RunTests.outcome(directory + "/b"))
        }
    }

    @Test(arguments: architectures)
    func kernelVariantsTrainAlike(architecture: String) throws {
        try Workbench.inDirectory { directory in
            let recipe = try Self.recipe(architecture)
            var losses: [[Double]] = []
            for kernels in ["reference", nil] {
                let host = try Self.host(directory, kernels: kernels)
                let trainer = try Experiment(recipe, opener: host, kernels: host.kernels, threads: 2).trainer
                losses.append(try (0..<40).map { _ in try trainer.advance() })
            }
            // Rounding differs by about 1e-6 a step and grows along the way of Adam.
            for (step, pair) in zip(losses[0], losses[1]).enumerated() {
                #expect(abs(pair.0 - pair.1) < 1e-5 * Double(step + 1), "step \(step + 1)")
            }
            #expect(losses[0][39] < losses[0][0] - 0.2)
        }
    }
}

extension RunResult {
    fileprivate func expectFinished() { #expect(ending == .finished) }
}
