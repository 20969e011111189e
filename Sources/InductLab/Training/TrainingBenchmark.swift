// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// How fast a recipe trains, evaluations and checkpoints left out.
package struct TrainingBenchmark: Equatable, Sendable {
    /// Steps a second of every repetition.
    package let repetitions: [Double]
    /// Predicted positions of a batch.
    package let positions: Int
    package let threads: Int
    package let kernels: String

    /// The median of the repetitions.
    package var stepsPerSecond: Double {
        let sorted = repetitions.sorted()
        guard !sorted.isEmpty else { return 0 }
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    package var tokensPerSecond: Double { stepsPerSecond * Double(positions) }

    /// Trains `repetitions` times `recipe.training.steps` steps, after a few steps to warm up.
    ///
    /// - Throws: as `Experiment` and `Trainer.advance`.
    package static func measure(
        _ recipe: Recipe, opener: any PluginOpener, kernels: any TrainingKernels, threads: Int, repetitions: Int = 5
    ) throws -> TrainingBenchmark {
        var recipe = recipe
        recipe.evaluate = []
        let trainer = try Experiment(recipe, opener: opener, kernels: kernels, threads: threads).trainer
        for _ in 0..<3 { _ = try trainer.advance() }
        let steps = max(1, recipe.training.steps)
        var results: [Double] = []
        for _ in 0..<max(1, repetitions) {
            let begun = monotonicNanoseconds()
            for _ in 0..<steps { _ = try trainer.advance() }
            let spent = max(1, monotonicNanoseconds() - begun)
            results.append(Double(steps) / (Double(spent) * 1e-9))
        }
        let positions = recipe.training.batch * trainer.model.positions(length: trainer.model.length)
        return TrainingBenchmark(
            repetitions: results, positions: positions, threads: trainer.pool.threads, kernels: kernels.variant)
    }
}
