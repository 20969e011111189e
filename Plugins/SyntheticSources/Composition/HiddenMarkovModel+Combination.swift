// SPDX-License-Identifier: Apache-2.0

import InductSDK

extension HiddenMarkovModel {
    /// The model whose tokens are seen through a channel: T'_y = sum_x law[y][x] T_x.
    func observed(through law: [[Double]]) -> HiddenMarkovModel {
        let square = states * states
        var transition: [Double] = []
        for chances in law {
            var matrix = [Double](repeating: 0, count: square)
            for token in 0..<tokens where chances[token] != 0 {
                for entry in 0..<square { matrix[entry] += chances[token] * self.transition[token * square + entry] }
            }
            transition += matrix
        }
        return HiddenMarkovModel(
            states: states, tokens: law.count, transition: transition, start: start, right: right,
            componentCount: componentCount, componentOfState: componentOfState)
    }

    /// Two independent models side by side; the token is x * other.tokens + y, the state likewise.
    func product(with other: HiddenMarkovModel) -> HiddenMarkovModel {
        let size = states * other.states
        var transition = [Double](repeating: 0, count: tokens * other.tokens * size * size)
        for token in 0..<tokens * other.tokens {
            let (x, y) = token.quotientAndRemainder(dividingBy: other.tokens)
            for from in 0..<size {
                let (i, k) = from.quotientAndRemainder(dividingBy: other.states)
                for to in 0..<size {
                    let (j, l) = to.quotientAndRemainder(dividingBy: other.states)
                    transition[(token * size + from) * size + to] = self[x, i, j] * other[y, k, l]
                }
            }
        }
        func pairs(_ left: [Double], _ right: [Double]) -> [Double] { left.flatMap { a in right.map { a * $0 } } }
        let ones = (right ?? start.map { _ in 1 }, other.right ?? other.start.map { _ in 1 })
        return HiddenMarkovModel(
            states: size, tokens: tokens * other.tokens, transition: transition, start: pairs(start, other.start),
            right: right == nil && other.right == nil ? nil : pairs(ones.0, ones.1))
    }

    /// The model that, after each token, begins anew with probability `chance` (from its start).
    func restarting(chance: Double) -> HiddenMarkovModel {
        var transition = self.transition
        let ones = right ?? start.map { _ in 1 }
        for row in 0..<tokens * states {
            let range = row * states..<(row + 1) * states
            let emission = zip(self.transition[range], ones).reduce(0) { $0 + $1.0 * $1.1 }
            for (to, entry) in range.enumerated() {
                transition[entry] = (1 - chance) * transition[entry] + chance * emission * start[to]
            }
        }
        return HiddenMarkovModel(states: states, tokens: tokens, transition: transition, start: start, right: right)
    }
}
