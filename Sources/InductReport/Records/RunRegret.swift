// SPDX-License-Identifier: Apache-2.0

/// What a gate's mixture has lost over a whole run beyond the best fixed weights, added up from what the evaluator `regret`
/// said of every stretch between two evaluations.
///
/// Losses add up; the best weights are chosen anew for the sums. A stretch's bound is M sqrt(c q) with q its sum of squared
/// numbers of observations, so that q c = (bound / M)^2 adds up as well, and M is the largest so far. Metrics are on disk
/// before a checkpoint counts them, and so a run that was interrupted has the regret of one that was not.
package struct RunRegret: Equatable, Sendable {
    /// The sums up to a step.
    package struct Total: Equatable, Sendable {
        package var step: Int
        package var samples: Double
        /// Against the best fixed weights, and the bound of a rule with one state.
        package var regret: Double
        package var bound: Double
        /// Against the best fixed weights of every key by itself, and the bound of a rule for every key.
        package var regretByKey: [Double]
        package var boundByKey: [Double]

        /// Over all keys.
        package var regretOfKeys: Double { regretByKey.filter(\.isFinite).reduce(0, +) }
        package var boundOfKeys: Double { boundByKey.reduce(0, +) }
    }

    /// At every evaluation that had seen training samples; never empty.
    package let totals: [Total]
    /// "nats" or "squared error".
    package let unit: String

    package var last: Total { totals[totals.count - 1] }

    /// Nil for a run without the metrics of `regret`.
    package init?(in run: RunRecord) {
        guard let evaluation = run.evaluations(with: MetricName.lossesByKey).first else { return nil }
        func record(_ metric: String, _ step: Int) -> MetricRecord? {
            run.records(of: metric, in: evaluation).first { $0.step == step }
        }
        var sums = Sums()
        var totals: [Total] = []
        for losses in run.records(of: MetricName.lossesByKey, in: evaluation) {
            guard let largest = record(MetricName.regretLargestDifference, losses.step)?.scalar,
                let bound = record(MetricName.regretBound, losses.step)?.scalar,
                let boundByKey = record(MetricName.regretBoundByKey, losses.step)?.rows.first,
                boundByKey.count == losses.rows.count
            else { return nil }
            sums.add(losses.rows, bounds: boundByKey + [bound], largest: largest)
            if sums.samples > 0 { totals.append(sums.total(step: losses.step)) }
        }
        guard !totals.isEmpty else { return nil }
        self.totals = totals
        unit = run.records(of: MetricName.regretBound, in: evaluation).first?.unit ?? RunRecord.nats
    }

    private struct Sums {
        /// By key: samples, the mixture's loss, the experts' losses.
        private var rows: [[Double]] = []
        /// (bound / M)^2 by key, then of all.
        private var squares: [Double] = []
        private var largest = 0.0

        var samples: Double { rows.reduce(0) { $0 + $1[0] } }

        mutating func add(_ new: [[Double]], bounds: [Double], largest difference: Double) {
            if rows.isEmpty || samples == 0 {
                rows = new.map { $0.map { _ in 0 } }
                squares = bounds.map { _ in 0 }
            }
            // Before the first training sample the number of experts is not known: such a row is short.
            rows = zip(rows, new).map { old, new in
                new.indices.map { (old.indices.contains($0) ? old[$0] : 0) + new[$0] }
            }
            largest = max(largest, difference)
            guard difference > 0 else { return }
            squares = zip(squares, bounds).map { $0 + ($1 / difference) * ($1 / difference) }
        }

        func total(step: Int) -> Total {
            let bounds = squares.map { largest * $0.squareRoot() }
            return Total(
                step: step, samples: samples, regret: regret(rows), bound: bounds.last ?? 0,
                regretByKey: rows.map { $0[0] > 0 ? regret([$0]) : .nan }, boundByKey: Array(bounds.dropLast()))
        }

        /// The mixture's loss less that of the best expert.
        private func regret(_ rows: [[Double]]) -> Double {
            let sums = (rows.first ?? []).indices.map { column in rows.reduce(0) { $0 + $1[column] } }
            return sums.count > 2 ? sums[1] - (sums[2...].min() ?? 0) : .nan
        }
    }
}
