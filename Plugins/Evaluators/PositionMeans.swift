// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Means by predicted position, and over all of them, with standard errors over sequences.
struct PositionMeans: Sendable {
    private var byPosition: [ClusteredMean] = []
    private var overall = ClusteredMean()

    /// Adds sequences of `positions` values each.
    ///
    /// - Parameters:
    ///   - scored: Which positions of which sequences count.
    ///   - value: The value of a sequence at a position.
    /// - Throws: `InductError` when the number of positions has changed.
    mutating func add(
        _ scored: borrowing ScoredPositions, value: (_ sequence: Int, _ position: Int) -> Double
    ) throws(InductError) {
        if byPosition.isEmpty { byPosition = .init(repeating: ClusteredMean(), count: scored.positions) }
        guard byPosition.count == scored.positions else {
            throw InductError(
                .internal, "the host gave \(scored.positions) positions after \(byPosition.count)")
        }
        for sequence in 0..<scored.count {
            var sum = 0.0
            var count = 0.0
            for position in 0..<scored.positions where scored.contains(sequence, position) {
                let value = value(sequence, position)
                byPosition[position].add(sum: value)
                sum += value
                count += 1
            }
            overall.add(sum: sum, count: count)
        }
    }

    /// Adds what another has seen.
    mutating func merge(_ other: PositionMeans) throws(InductError) {
        if byPosition.isEmpty { byPosition = .init(repeating: ClusteredMean(), count: other.byPosition.count) }
        guard byPosition.count == other.byPosition.count || other.byPosition.isEmpty else {
            throw InductError(
                .internal, "accumulators of \(byPosition.count) and \(other.byPosition.count) positions were merged")
        }
        for position in other.byPosition.indices { byPosition[position].merge(other.byPosition[position]) }
        overall.merge(other.overall)
    }

    /// A curve by position, and the mean over all positions as a scalar.
    func metrics(curve: String, mean: String, unit: String?) -> [Metric] {
        [
            .curve(
                curve, unit: unit, byPosition.map(\.mean), standardErrors: byPosition.map(\.standardError),
                axis: "position"),
            .scalar(mean, unit: unit, overall.mean, standardError: overall.standardError),
        ]
    }
}
