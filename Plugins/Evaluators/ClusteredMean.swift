// SPDX-License-Identifier: Apache-2.0

/// The mean of values that come in independent clusters, and its standard error.
///
/// Positions of one sequence are correlated, sequences are not: a sequence is a cluster. With S_r the sum and n_r the
/// number of values of cluster r, R clusters in all:
///
///     mean = sum S_r / sum n_r,   error^2 = R / (R - 1) * sum (S_r - mean n_r)^2 / (sum n_r)^2
///
/// For one value in each cluster this is the familiar s / sqrt(R). Source: Cochran 1977, equation 2.47 (ratio estimator).
struct ClusteredMean: Equatable, Sendable {
    private var clusters = 0.0
    private var sum = 0.0
    private var count = 0.0
    private var sumSquared = 0.0
    private var sumTimesCount = 0.0
    private var countSquared = 0.0

    /// Adds a cluster of `count` values with this sum; an empty one changes nothing.
    mutating func add(sum clusterSum: Double, count clusterCount: Double = 1) {
        guard clusterCount > 0 else { return }
        clusters += 1
        sum += clusterSum
        count += clusterCount
        sumSquared += clusterSum * clusterSum
        sumTimesCount += clusterSum * clusterCount
        countSquared += clusterCount * clusterCount
    }

    /// Adds sequences, each with the values of its positions that count.
    mutating func add(
        _ scored: borrowing ScoredPositions, value: (_ sequence: Int, _ position: Int) -> Double
    ) {
        for sequence in 0..<scored.count {
            var (sum, count) = (0.0, 0.0)
            for position in 0..<scored.positions where scored.contains(sequence, position) {
                sum += value(sequence, position)
                count += 1
            }
            add(sum: sum, count: count)
        }
    }

    /// Adds the clusters that another has seen.
    mutating func merge(_ other: ClusteredMean) {
        clusters += other.clusters
        sum += other.sum
        count += other.count
        sumSquared += other.sumSquared
        sumTimesCount += other.sumTimesCount
        countSquared += other.countSquared
    }

    /// NaN when nothing was seen.
    var mean: Double { count > 0 ? sum / count : .nan }

    /// NaN for fewer than two clusters.
    var standardError: Double {
        guard clusters > 1 else { return .nan }
        let mean = mean
        let scatter = sumSquared - 2 * mean * sumTimesCount + mean * mean * countSquared
        // Rounding can leave a value of the order of -1e-16 where all clusters agree; a NaN stays one.
        return ((scatter < 0 ? 0 : scatter) * clusters / (clusters - 1)).squareRoot() / count
    }
}
