// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// The loss at every predicted position, averaged over the samples.
struct MeanLoss: Evaluator {
    static let name = "mean-loss"
    static let summary = "the loss at every predicted position"
    static let examples = ["mean-loss"]

    init(_ creation: Creation) throws {}

    let needs = [EvaluationNeed(.losses)]

    func begin() -> Sums { Sums() }

    struct Sums: EvaluationAccumulator {
        private var samples = 0.0
        private var sums: [Double] = []
        private var squares: [Double] = []

        mutating func consume(_ batch: borrowing EvaluationBatch) throws {
            guard let losses = batch.losses else { throw InductError(.internal, "there are no losses") }
            try reserve(batch.positions)
            for sample in 0..<batch.count {
                for position in 0..<batch.positions {
                    let loss = Double(losses[sample * batch.positions + position])
                    sums[position] += loss
                    squares[position] += loss * loss
                }
            }
            samples += Double(batch.count)
        }

        mutating func merge(_ other: Self) throws {
            if other.sums.isEmpty { return }
            try reserve(other.sums.count)
            for position in sums.indices {
                sums[position] += other.sums[position]
                squares[position] += other.squares[position]
            }
            samples += other.samples
        }

        /// The mean and its standard error, s / sqrt(n), at every position.
        func finish() -> [Metric] {
            let means = sums.map { $0 / samples }
            let errors = sums.indices.map { position in
                samples > 1
                    ? (max(0, squares[position] - samples * means[position] * means[position]) / (samples - 1)
                        / samples).squareRoot() : .nan
            }
            return [.curve("mean_loss", unit: "nats", means, standardErrors: errors, axis: "position")]
        }

        private mutating func reserve(_ positions: Int) throws {
            if sums.isEmpty {
                sums = [Double](repeating: 0, count: positions)
                squares = sums
            }
            guard sums.count == positions else { throw InductError(.internal, "the number of positions changed") }
        }
    }
}
