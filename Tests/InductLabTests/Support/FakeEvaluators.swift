// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Sums up, by position, one number that a closure reads off every sample and position.
final class PositionMean: Evaluator, Sendable {
    typealias Reading = @Sendable (_ batch: EvaluationBatch, _ sample: Int, _ position: Int) -> Double

    let spec: String
    let needs: [EvaluationNeed]
    let reading: Reading

    init(_ name: String, _ needs: [EvaluationNeed], _ reading: @escaping Reading) {
        spec = name
        self.needs = needs
        self.reading = reading
    }

    func begin() throws(PluginFailure) -> any EvaluationAccumulator { Accumulator(self) }

    final class Accumulator: EvaluationAccumulator {
        let owner: PositionMean
        var sums: [Double] = []
        /// Changes with the order of merges.
        var order = 0.0
        var count = 0

        init(_ owner: PositionMean) { self.owner = owner }

        func consume(_ batch: EvaluationBatch) throws(PluginFailure) {
            if sums.isEmpty { sums = Array(repeating: 0, count: batch.positions) }
            for sample in 0..<batch.count {
                for position in 0..<batch.positions { sums[position] += owner.reading(batch, sample, position) }
                order = order * 0.99 + Double(batch.first) + Double(sample)
            }
            count += batch.count
        }

        func merge(_ other: any EvaluationAccumulator) throws(PluginFailure) {
            guard let other = other as? Accumulator else { return }
            if sums.isEmpty { sums = Array(repeating: 0, count: other.sums.count) }
            for i in other.sums.indices { sums[i] += other.sums[i] }
            order = order * 0.5 + other.order
            count += other.count
        }

        func finish() throws(PluginFailure) -> [Metric] {
            [
                Metric(
                    kind: .curve, name: owner.spec, columns: sums.count, values: sums.map { $0 / Double(count) },
                    axis: "position"),
                Metric(kind: .scalar, name: owner.spec + "_count", values: [Double(count)]),
                Metric(kind: .scalar, name: owner.spec + "_order", values: [order]),
            ]
        }
    }

    /// The loss by position on the view that the recipe names.
    static var loss: PositionMean {
        PositionMean("loss", [EvaluationNeed(stream: .view, view: nil, items: .losses, points: [])]) {
            batch, sample, position in
            Double(batch.losses?[sample * batch.positions + position] ?? .nan)
        }
    }

    /// The loss by position of the training batches.
    static var trainingLoss: PositionMean {
        PositionMean("training_loss", [EvaluationNeed(stream: .training, view: nil, items: .losses, points: [])]) {
            batch, sample, position in
            Double(batch.losses?[sample * batch.positions + position] ?? .nan)
        }
    }
}
