// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// How often the likeliest class is the target: `accuracy` by predicted position, `mean_accuracy` over all.
///
/// Among equally likely classes the first counts.
struct Accuracy: Evaluator {
    static let name = "accuracy"
    static let summary = "how often the likeliest class is the target, by predicted position"
    static let examples = ["accuracy"]

    private let schema: EvaluatedSchema

    init(_ creation: Creation) throws {
        schema = try EvaluatedSchema(creation)
        guard schema.task != .regression else {
            throw InductError.invalid("it needs classes, and this source is a regression task: use position-loss")
        }
    }

    let needs = [EvaluationNeed(.predictions)]

    func begin() -> Accumulator { Accumulator(schema: schema) }

    struct Accumulator: EvaluationAccumulator {
        let schema: EvaluatedSchema
        private var means = PositionMeans()

        init(schema: EvaluatedSchema) { self.schema = schema }

        mutating func consume(_ batch: borrowing EvaluationBatch) throws {
            let (positions, classes) = (batch.positions, batch.classes)
            let predictions = try required(batch.predictions, "model's predictions", by: Accuracy.name)
            let targets = try schema.classTargets(batch)
            try means.add(ScoredPositions(batch, schema)) { sequence, position in
                let row = sequence * positions + position
                return likeliestClass(predictions + row * classes, of: classes) == Int(targets[row]) ? 1 : 0
            }
        }

        mutating func merge(_ other: Self) throws { try means.merge(other.means) }

        func finish() -> [Metric] { means.metrics(curve: "accuracy", mean: "mean_accuracy", unit: "fraction") }
    }
}
