// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Means by how often something was seen before, with standard errors over sequences.
struct SightingMeans: Sendable {
    /// Sum and number of the values of the sequence in progress.
    private struct Cluster {
        var sum = 0.0
        var count = 0.0
    }

    private var means: [ClusteredMean]
    private var later = ClusteredMean()
    private var clusters: [Cluster]
    private var laterCluster = Cluster()

    /// `maximumCount`: times seen from which on values are pooled.
    init(maximumCount: Int) {
        means = .init(repeating: ClusteredMean(), count: maximumCount + 1)
        clusters = .init(repeating: Cluster(), count: maximumCount + 1)
    }

    /// Adds a value of the sequence in progress.
    mutating func add(_ value: Double, seen: Int) {
        let bin = min(seen, clusters.count - 1)
        clusters[bin].sum += value
        clusters[bin].count += 1
        guard seen > 0 else { return }
        laterCluster.sum += value
        laterCluster.count += 1
    }

    /// The next values belong to another sequence.
    mutating func endSequence() {
        for bin in means.indices {
            means[bin].add(sum: clusters[bin].sum, count: clusters[bin].count)
            clusters[bin] = Cluster()
        }
        later.add(sum: laterCluster.sum, count: laterCluster.count)
        laterCluster = Cluster()
    }

    /// Adds what another has seen.
    mutating func merge(_ other: SightingMeans) {
        for bin in means.indices { means[bin].merge(other.means[bin]) }
        later.merge(other.later)
    }

    /// A curve over times seen, and the first and later means as scalars.
    func metrics(_ name: String) -> [Metric] {
        [
            .curve(
                name, unit: "nats", means.map(\.mean), standardErrors: means.map(\.standardError), axis: "times_seen"),
            .scalar("\(name)_first", unit: "nats", means[0].mean, standardError: means[0].standardError),
            .scalar("\(name)_later", unit: "nats", later.mean, standardError: later.standardError),
        ]
    }
}
