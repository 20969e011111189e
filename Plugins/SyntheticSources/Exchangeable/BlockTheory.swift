// SPDX-License-Identifier: Apache-2.0
//
// Goals, in order: exact to rounding, polynomial cost in the length.
// P(prefix) depends only on the set C of periods that the prefix repeats with, so the entropy of n tokens is
//   H_n = - sum_C N_n(C) P_n(C) ln P_n(C),    P_n(C) = (1 / K) sum_{m in C} V^-min(n, m)
// with N_n(C) the number of words of length n that repeat with the periods in C and no others. Those that repeat at least
// with the periods in S are V^c, c the number of connected parts of the positions 0 ... n - 1 when i and i + m are joined
// for every m in S; inclusion and exclusion over the supersets of C gives N_n(C). From twice the longest period on nothing
// changes any more (Fine and Wilf 1965), so E is the H_n reached there.

import Glibc
import InductSDK

/// Closed forms of a repeated block whose period is one of several, uniformly.
struct BlockTheory: SourceTheory {
    let blocks: BlockPeriods

    /// - Complexity: 3^K min(length, 2 m), with K periods, the longest m.
    func entropy(
        into entropy: UnsafeMutableBufferPointer<Double>
    ) throws -> (entropyRate: TheoryValue, excessEntropy: TheoryValue) {
        let settled = 2 * (blocks.periods.max() ?? 0)
        let parts = (0..<(1 << blocks.periods.count)).map { connectedParts(set: $0, upTo: settled) }
        var before = 0.0
        for length in 1...settled {
            let total = blockEntropy(length, parts)
            // What rounding leaves of a difference that is 0 may be negative.
            if length <= entropy.count { entropy[length - 1] = max(0, total - before) }
            before = total
        }
        for position in entropy.indices.dropFirst(settled) { entropy[position] = 0 }
        return (.finite(0), .finite(before))
    }

    /// H_n in nats.
    private func blockEntropy(_ length: Int, _ parts: [[Int]]) -> Double {
        let periods = blocks.periods
        let logarithm = log(Double(blocks.vocabulary))
        var entropy = 0.0
        for exact in 1..<parts.count {
            let members = periods.indices.filter { exact >> $0 & 1 == 1 }
            let least = members.map { min(length, periods[$0]) }.min() ?? 0
            let relative = members.reduce(0) { $0 + exp(logarithm * Double(least - min(length, periods[$1]))) }
            let share = relative / Double(periods.count)
            let logProbability = log(share) - Double(least) * logarithm
            var mass = 0.0
            for set in exact..<parts.count where set & exact == exact {
                let sign = (set ^ exact).nonzeroBitCount % 2 == 0 ? 1.0 : -1.0
                mass += sign * exp(Double(parts[set][length] - least) * logarithm)
            }
            entropy -= mass * share * logProbability
        }
        return entropy
    }

    /// How many parts n positions fall into when those a period of the set apart are joined, for n from 0 to `limit`.
    private func connectedParts(set: Int, upTo limit: Int) -> [Int] {
        let periods = blocks.periods.indices.filter { set >> $0 & 1 == 1 }.map { blocks.periods[$0] }
        var parent = Array(0..<limit)
        func root(_ position: Int) -> Int {
            var top = position
            while parent[top] != top {
                parent[top] = parent[parent[top]]
                top = parent[top]
            }
            return top
        }
        var counts = [0]
        var count = 0
        for position in 0..<limit {
            count += 1
            for period in periods where period <= position {
                let (left, right) = (root(position), root(position - period))
                if left != right {
                    parent[left] = right
                    count -= 1
                }
            }
            counts.append(count)
        }
        return counts
    }
}
