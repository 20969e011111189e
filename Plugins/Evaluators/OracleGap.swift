// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductSDK

/// How far the model's law lies from the Bayes-optimal one, q; of a regression, its prediction from the posterior mean.
///
///     oracle_gap  = mean of KL(q || p) = sum_x q(x) (ln q(x) - ln p(x)),    by position;  mean_oracle_gap over all
///     excess_loss = mean of ln q(x_t) - ln p(x_t) at the target x_t drawn,  by position;  mean_excess_loss over all
///
/// The two agree in expectation; the first has the target's own noise averaged out. Of a regression, with mean m and prediction f:
/// the mean over outputs of (f - m)^2, and of (f - y)^2 - (m - y)^2 at the target y. Where the source has components, also
/// `oracle_gap_by_component`, a row for each, and `mean_oracle_gap_by_component`: what the divergence is on average when
/// the sequence comes from component c. With w the exact probability of c given what was read,
///
///     gap_c = sum w KL / sum w,
///
/// which is exact in expectation because KL depends on nothing but what was read, and needs no labels. Not for more than 64
/// components, which nobody would read.
struct OracleGap: Evaluator {
    static let name = "oracle-gap"
    static let summary = "KL divergence from the Bayes-optimal law to the model's, or distance of means, by position"
    static let examples = ["oracle-gap"]

    private static let mostComponents = 64

    private let schema: EvaluatedSchema

    init(_ creation: Creation) throws {
        schema = try EvaluatedSchema(creation)
    }

    let needs = [EvaluationNeed([.predictions, .oracle], optional: .posterior)]

    func begin() -> Accumulator { Accumulator(schema: schema) }

    struct Accumulator: EvaluationAccumulator {
        let schema: EvaluatedSchema
        private var divergence = PositionMeans()
        private var excess = PositionMeans()
        /// By component.
        private var components: [PositionMeans] = []

        init(schema: EvaluatedSchema) { self.schema = schema }

        mutating func consume(_ batch: borrowing EvaluationBatch) throws {
            let (positions, classes) = (batch.positions, batch.classes)
            let predictions = try required(batch.predictions, "model's predictions", by: OracleGap.name)
            let oracle = try required(batch.oracle, "source's oracle", by: OracleGap.name)
            let isRegression = schema.task == .regression
            let divergences = (0..<batch.count * positions).map { row in
                let (q, p) = (oracle + row * classes, predictions + row * classes)
                return isRegression
                    ? squaredDistance(classes, { q[$0] }, { Double(p[$0]) })
                    : klDivergence(from: q, toLogarithms: p, classes: classes)
            }
            try divergence.add(ScoredPositions(batch, schema)) { divergences[$0 * positions + $1] }
            if let posterior = batch.posterior, batch.componentCount <= OracleGap.mostComponents {
                let count = batch.componentCount
                if components.isEmpty { components = Array(repeating: PositionMeans(), count: count) }
                for component in components.indices {
                    try components[component].add(
                        ScoredPositions(batch, schema),
                        weight: { posterior[($0 * positions + $1) * count + component] },
                        value: { divergences[$0 * positions + $1] })
                }
            }
            if isRegression {
                let targets = try schema.valueTargets(batch)
                try excess.add(ScoredPositions(batch, schema)) { sequence, position in
                    let start = (sequence * positions + position) * classes
                    let target = { Double(targets[start + $0]) }
                    return squaredDistance(classes, { Double(predictions[start + $0]) }, target)
                        - squaredDistance(classes, { oracle[start + $0] }, target)
                }
                return
            }
            let targets = try schema.classTargets(batch)
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
            if components.isEmpty { components = other.components.map { _ in PositionMeans() } }
            for (index, means) in other.components.enumerated() { try components[index].merge(means) }
        }

        func finish() -> [Metric] {
            let unit = schema.lossUnit
            return divergence.metrics(curve: "oracle_gap", mean: "mean_oracle_gap", unit: unit)
                + excess.metrics(curve: "excess_loss", mean: "mean_excess_loss", unit: unit)
                + PositionMeans.metrics(
                    components, table: "oracle_gap_by_component", mean: "mean_oracle_gap_by_component", unit: unit,
                    axis: "component")
        }
    }
}

/// The mean over outputs of (a - b)^2.
private func squaredDistance(_ outputs: Int, _ a: (Int) -> Double, _ b: (Int) -> Double) -> Double {
    (0..<outputs).reduce(0) { $0 + (a($1) - b($1)) * (a($1) - b($1)) } / Double(outputs)
}
