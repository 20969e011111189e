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
    /// With several `runs` as many independent trainings go side by side and share the threads, at least one each; what is
    /// measured is the steps of all of them, until the last one is done.
    ///
    /// - Throws: as `Experiment` and `Trainer.advance`.
    package static func measure(
        _ recipe: Recipe, opener: any PluginOpener, kernels: any TrainingKernels, threads: Int, repetitions: Int = 5,
        runs: Int = 1
    ) throws -> TrainingBenchmark {
        var recipe = recipe
        recipe.evaluate = []
        let lanes = try (0..<max(1, runs)).map { run in
            var own = recipe
            own.seed += UInt64(run)
            let share = max(1, threads * (run + 1) / max(1, runs) - threads * run / max(1, runs))
            return Lane(try Experiment(own, opener: opener, kernels: kernels, threads: share).trainer)
        }
        let leaders = WorkerPool(threads: lanes.count)
        func train(_ steps: Int) throws {
            leaders.run(count: lanes.count) { lane, _ in lanes[lane].advance(steps) }
            if let failure = lanes.lazy.compactMap(\.failure).first { throw failure }
        }
        try train(3)
        let steps = max(1, recipe.training.steps)
        var results: [Double] = []
        results.reserveCapacity(max(1, repetitions))
        for _ in 0..<max(1, repetitions) {
            let begun = monotonicNanoseconds()
            try train(steps)
            let spent = max(1, monotonicNanoseconds() - begun)
            results.append(Double(steps * lanes.count) / (Double(spent) * 1e-9))
        }
        let model = lanes[0].trainer.model
        return TrainingBenchmark(
            repetitions: results, positions: recipe.training.batch * model.positions(length: model.length),
            threads: lanes.map(\.trainer.pool.threads).reduce(0, +), kernels: kernels.variant)
    }

    /// Trains the same recipe through several openers in turn, repetition by repetition, so that whatever else the machine
    /// does meets all of them alike.
    ///
    /// - Returns: one result for each opener.
    /// - Throws: as `measure`; `LabError.disagreement` when their losses are not the same to the bit.
    package static func compare(
        _ recipe: Recipe, openers: [any PluginOpener], kernels: any TrainingKernels, threads: Int, repetitions: Int
    ) throws -> [TrainingBenchmark] {
        var recipe = recipe
        recipe.evaluate = []
        let trainers = try openers.map {
            try Experiment(recipe, opener: $0, kernels: kernels, threads: threads).trainer
        }
        let steps = max(1, recipe.training.steps)
        var results: [[Double]] = openers.map { _ in [] }
        for repetition in 0...max(1, repetitions) {
            var losses: Set<Double> = []
            for (index, trainer) in trainers.enumerated() {
                let begun = monotonicNanoseconds()
                var loss = 0.0
                for _ in 0..<(repetition == 0 ? 3 : steps) { loss = try trainer.advance() }
                let spent = max(1, monotonicNanoseconds() - begun)
                losses.insert(loss)
                // The first repetition warms up.
                if repetition > 0 { results[index].append(Double(steps) / (Double(spent) * 1e-9)) }
            }
            guard losses.count <= 1 else { throw LabError.disagreement }
        }
        let model = trainers[0].model
        return results.map {
            TrainingBenchmark(
                repetitions: $0, positions: recipe.training.batch * model.positions(length: model.length),
                threads: trainers[0].pool.threads, kernels: kernels.variant)
        }
    }

    /// One of the trainings side by side.
    private final class Lane: @unchecked Sendable {
        let trainer: Trainer
        private(set) var failure: (any Error)?

        init(_ trainer: Trainer) { self.trainer = trainer }

        func advance(_ steps: Int) {
            do {
                for _ in 0..<steps { _ = try trainer.advance() }
            } catch {
                failure = error
            }
        }
    }
}
