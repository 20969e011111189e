// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore

/// Word probabilities by multiplying matrices, one word at a time; shares nothing with the module under test.
enum BruteForce {
    static func probability(_ model: SourceHMM, _ word: [Int]) -> Double {
        var vector = model.start
        for token in word {
            var next = [Double](repeating: 0, count: model.states)
            for i in 0..<model.states {
                for j in 0..<model.states {
                    next[j] += vector[i] * model.transition[(token * model.states + i) * model.states + j]
                }
            }
            vector = next
        }
        let right = model.right ?? Array(repeating: 1, count: model.states)
        return zip(vector, right).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// All words of a length over an alphabet.
    static func words(_ tokens: Int, _ length: Int) -> [[Int]] {
        (0..<length).reduce([[]]) { words, _ in words.flatMap { word in (0..<tokens).map { word + [$0] } } }
    }

    /// Entropies h_l as differences of block entropies, H(l) - H(l - 1).
    static func entropies(_ model: SourceHMM, length: Int) -> [Double] {
        let blocks = (0...length).map { l in
            words(model.tokens, l).reduce(0.0) { sum, word in
                let p = probability(model, word)
                return p > 1e-300 ? sum - p * log(p) : sum
            }
        }
        return zip(blocks.dropFirst(), blocks).map { $0 - $1 }
    }
}
