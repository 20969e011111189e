// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Words over a vocabulary and their probabilities, computed here by plain matrix products.
enum Words {
    /// All words of a length, in order.
    static func all(_ vocabulary: Int, length: Int) -> [[Int]] {
        (0..<length).reduce([[]]) { words, _ in words.flatMap { word in (0..<vocabulary).map { word + [$0] } } }
    }

    /// start T_{x1} ... T_{xn} right
    static func probability(_ word: [Int], of model: SourceHMM) -> Double {
        var row = model.start
        for token in word {
            row = (0..<model.states).map { to in
                (0..<model.states).reduce(0) {
                    $0 + row[$1] * model.transition[(token * model.states + $1) * model.states + to]
                }
            }
        }
        return zip(row, model.right ?? row.map { _ in 1 }).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// The statistic sum (observed - expected)^2 / expected and its degrees of freedom; words that are impossible must not
    /// occur.
    static func chiSquare(
        _ samples: [[Int]], law: [[Int]: Double]
    ) -> (statistic: Double, freedom: Int, impossible: Int) {
        var counts: [[Int]: Int] = [:]
        for sample in samples { counts[sample, default: 0] += 1 }
        let possible = law.filter { $0.value > 1e-12 }
        let impossible = counts.filter { possible[$0.key] == nil }.values.reduce(0, +)
        let statistic = possible.reduce(0.0) { sum, entry in
            let expected = entry.value * Double(samples.count)
            let difference = Double(counts[entry.key] ?? 0) - expected
            return sum + difference * difference / expected
        }
        return (statistic, possible.count - 1, impossible)
    }
}
