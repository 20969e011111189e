// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductLab

/// What most tests begin with.
enum Workbench {
    static func recipe(
        source: String = "chain(vocabulary=3)", architecture: String = "bigram", length: Int = 7, batch: Int = 12,
        steps: Int = 40, shards: Int? = nil, optimizer: String = "adam(learning_rate=0.02)",
        schedule: String = "constant", clip: Double? = nil
    ) throws -> Recipe {
        Recipe(
            source: try PluginSpec(parsing: source), architecture: try PluginSpec(parsing: architecture),
            training: Recipe.Training(
                length: length, batch: batch, steps: steps, shards: shards,
                optimizer: try PluginSpec(parsing: optimizer), schedule: try PluginSpec(parsing: schedule), clip: clip))
    }

    static func trainer(_ recipe: Recipe, threads: Int = 1) throws -> Trainer {
        try Experiment(recipe, opener: FakeOpener(), kernels: ScalarKernels(), threads: threads).trainer
    }

    /// All floats of an arena.
    static func bits(_ arena: ParameterArena) -> [UInt32] {
        UnsafeBufferPointer(start: arena.data, count: arena.layout.count).map(\.bitPattern)
    }

    /// Runs `body` in a fresh directory that is removed afterwards.
    static func inDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
        let path = NSTemporaryDirectory() + "/induct-lab-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    static func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }
}
