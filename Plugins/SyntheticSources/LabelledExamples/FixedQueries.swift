// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Which sequences of a finite training set have their query's class fixed, so that every class is a query at least once.
///
/// C distinct places, drawn at random among the N, hold one class each; all others draw theirs by the law.
struct FixedQueries: Sendable {
    /// In ascending order of places.
    private let places: [UInt64]
    private let labels: [Int]

    /// The draws of places, which belong to the task.
    static let draw: UInt32 = 4

    /// `classes` at most `sequences`.
    init(seed: UInt64, classes: Int, sequences: UInt64) {
        // A shuffle of [0, N) cut off after C steps, of which only what has moved is kept.
        var stream = RandomStream(seed: seed, purpose: .task(kind: Self.draw), index: 0)
        var moved: [UInt64: UInt64] = [:]
        var pairs: [(place: UInt64, label: Int)] = []
        for label in 0..<classes {
            let here = UInt64(label)
            let word = UInt64(stream.next()) << 32 | UInt64(stream.next())
            let there = here + word.multipliedFullWidth(by: sequences - here).high
            pairs.append((moved[there] ?? there, label))
            moved[there] = moved[here] ?? here
        }
        pairs.sort { $0.place < $1.place }
        places = pairs.map(\.place)
        labels = pairs.map(\.label)
    }

    /// The class of the query of a sequence; nil where it is drawn.
    func label(at place: UInt64) -> Int? {
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle] < place { low = middle + 1 } else { high = middle }
        }
        return low < places.count && places[low] == place ? labels[low] : nil
    }
}
