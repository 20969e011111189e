// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductSDK

/// How far the model's law lies from the Bayes-optimal one, q.
///
///     oracle_gap  = mean of KL(q || p) = sum_x q(x) (ln q(x) - ln p(x)),    by position;  mean_oracle_gap over all
///     excess_loss = mean of ln q(x_t) - ln p(x_t) at the target x_t drawn,  by position;  mean_excess_loss over all
///
/// The two agree in expectation; the first has the target's own noise averaged out.
struct OracleGap: Evaluator {
    static let name = "oracle-gap"
    static let summary = "KL divergence from the Bayes-optimal law to the model's, by predicted position"
    static let examples = ["oracle-gap"]

    private let schema: EvaluatedSchema

    init(_ creation: Creation) throws {
        schema = try EvaluatedSchema(creation)
        guard schema.task != .regression else {
            throw InductError.invalid(
                "it compares laws over classes, and this source is a regression task: use position-loss")
        }
    }

    let needs = [EvaluationNeed([.predictions, .oracle])]

    func begin() -> Accumulator { Accumulator(schema: schema) }

    struct Accumulator: EvaluationAccumulator {
        let schema: EvaluatedSchema
        private var divergence = PositionMeans()
        private var excess = PositionMeans()

        init(schema: EvaluatedSchema) { self.schema = schema }

        mutating func consume(_ batch: borrowing EvaluationBatch) throws {
            let (positions, classes) = (batch.positions, batch.classes)
            let predictions = try required(batch.predictions, "model's predictions", by: OracleGap.name)
            let oracle = try required(batch.oracle, "source's oracle", by: OracleGap.name)
            let targets = try schema.classTargets(batch)
            try divergence.add(ScoredPositions(batch, schema)) { sequence, position in
                let row = (sequence * positions + position) * classes
                return klDivergence(from: oracle + row, toLogarithms: predictions + row, classes: classes)
            }
            try excess.add(ScoredPositions(batch, schema)) { sequence, position in
                let target = Int(targets[sequence * positions + position])
                guard target >= 0 && target < classes else { return .nan }
                let cell = (sequence * positions + position) * classes + target
                return log(oracle[cell]) - Double(predictions[cell])
            }
        }

        mutating func merge(_ other: Self) throws {
            try divergence.merge(other.divergence)
            try excess.merge(other.excess)
        }

        func finish() -> [Metric] {
            divergence.metrics(curve: "oracle_gap", mean: "mean_oracle_gap", unit: "nats")
                + excess.metrics(curve: "excess_loss", mean: "mean_excess_loss", unit: "nats")
        }
    }
}

/// KL(q || p) in nats; 0 ln 0 = 0.
///
/// - Parameters:
///   - law: q, `[classes]`.
///   - logarithms: ln p, `[classes]`.
///   - classes: How many there are.
/// - Returns: At least 0 but for rounding; infinite where p gives no weight to something possible.
private func klDivergence(
    from law: UnsafePointer<Double>, toLogarithms logarithms: UnsafePointer<Float>, classes: Int
) -> Double {
    var sum = 0.0
    for x in 0..<classes where law[x] != 0 { sum += law[x] * (log(law[x]) - Double(logarithms[x])) }
    return sum
}
