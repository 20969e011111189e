// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Finitely many stationary Markov chains of one order, as tables.
///
/// The last min(n, order) tokens of a sequence, read as digits, the newest last, are its place after n tokens. The first
/// tokens follow the marginals of the stationary law of contexts: P(x | place) = P(place, x) / P(place).
struct MarkovChains: Sendable {
    let count: Int
    let tokens: Int
    let order: Int
    /// tokens^order.
    let contexts: Int
    /// P(token | chain, place) after n tokens, `[count, tokens^n, tokens]`, for n from 0 to the order.
    let laws: [[Double]]
    private let rows: [ThresholdRows]

    /// - Parameters:
    ///   - count: number of chains
    ///   - tokens: of every chain
    ///   - order: how many tokens the next one depends on, at least 1
    ///   - next: P(token | chain, context), `[count, tokens^order, tokens]`
    ///   - stationary: P(context | chain), `[count, tokens^order]`
    init(count: Int, tokens: Int, order: Int, next: [Double], stationary: [Double]) {
        self.count = count
        self.tokens = tokens
        self.order = order
        contexts = stationary.count / count
        var laws = [next]
        var marginal = stationary
        for _ in 0..<order {
            let shorter = stride(from: 0, to: marginal.count, by: tokens).map { start in
                marginal[start..<start + tokens].reduce(0, +)
            }
            laws.append(
                marginal.indices.map { index in
                    let whole = shorter[index / tokens]
                    // What never occurs has any law.
                    return whole > 0 ? marginal[index] / whole : 1 / Double(tokens)
                })
            marginal = shorter
        }
        self.laws = laws.reversed()
        rows = self.laws.map { ThresholdRows($0, size: tokens) }
    }

    /// The row of a chain in the table after `position` tokens.
    func row(of chain: Int, at place: Int, after position: Int) -> Int {
        chain * (laws[min(position, order)].count / (count * tokens)) + place
    }

    /// Where a token leads.
    func place(_ place: Int, followedBy token: Int) -> Int { (place * tokens + token) % contexts }

    /// Draws a sequence of one chain: word t of the stream picks token t.
    func draw(_ chain: Int, _ stream: inout RandomStream, into sequence: UnsafeMutableBufferPointer<Int32>) {
        var place = 0
        for position in sequence.indices {
            let row = row(of: chain, at: place, after: position)
            let token = rows[min(position, order)].pick(stream.next(), row: row)
            sequence[position] = Int32(token)
            place = self.place(place, followedBy: token)
        }
    }
}
