// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Many laws over the same tokens, laid on [0, 2^32) as cumulative thresholds: a random word picks a token.
struct ThresholdRows: Sendable {
    private let size: Int
    /// `[rows, size]`; the last token that is possible has the greatest one.
    private let thresholds: [UInt32]

    /// - Parameters:
    ///   - laws: `[rows, size]`
    ///   - size: number of tokens
    init(_ laws: [Double], size: Int) {
        self.size = size
        thresholds = stride(from: 0, to: laws.count, by: size).flatMap { start in
            let row = laws[start..<start + size]
            let last = row.lastIndex { $0 > 0 } ?? start
            var sum = 0.0
            return row.indices.map { index in
                sum += row[index]
                return index >= last ? UInt32.max : threshold(sum)
            }
        }
    }

    /// The token that a word picks from a row.
    func pick(_ word: UInt32, row: Int) -> Int {
        // The greatest threshold stands for 2^32, so the greatest word lies below it too.
        let word = min(word, .max - 1)
        var (low, high) = (0, size - 1)
        while low < high {
            let middle = (low + high) / 2
            if thresholds[row * size + middle] <= word { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
