// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Mean loss by predicted position: `position_loss`, and over all positions: `mean_loss`.
struct PositionLoss: Evaluator {
    static let name = "position-loss"
    static let summary = "mean loss by predicted position, with standard errors over sequences"
    static let examples = ["position-loss"]

    private let schema: EvaluatedSchema

    init(_ creation: Creation) throws { schema = try EvaluatedSchema(creation) }

    let needs = [EvaluationNeed(.losses)]

    func begin() -> Accumulator { Accumulator(schema: schema) }

    struct Accumulator: EvaluationAccumulator {
        let schema: EvaluatedSchema
        private var means = PositionMeans()

        init(schema: EvaluatedSchema) { self.schema = schema }

        mutating func consume(_ batch: borrowing EvaluationBatch) throws {
            let losses = try required(batch.losses, "losses", by: PositionLoss.name)
            let positions = batch.positions
            try means.add(ScoredPositions(batch, schema)) { Double(losses[$0 * positions + $1]) }
        }

        mutating func merge(_ other: Self) throws { try means.merge(other.means) }

        func finish() -> [Metric] {
            means.metrics(curve: "position_loss", mean: "mean_loss", unit: schema.lossUnit)
        }
    }
}
