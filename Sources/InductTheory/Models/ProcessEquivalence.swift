// SPDX-License-Identifier: Apache-2.0

extension HiddenMarkovModel {
    /// Whether two models give every word the same probability.
    ///
    /// The vectors (start_1 T_word, start_2 T_word) span a space of at most states_1 + states_2 dimensions; the models are
    /// equal when (w_1, -w_2) vanishes on a basis of it, found breadth first with Gram-Schmidt.
    ///
    /// - Complexity: O(tokens x (states_1 + states_2)^3).
    /// - Source: Ito, Amari and Kobayashi 1992; Schuetzenberger 1961 for automata with weights.
    func isSameProcess(as other: HiddenMarkovModel) -> Bool {
        guard tokens == other.tokens else { return false }
        var basis: [[Double]] = []
        var queue = [start + other.start]
        let test = right + other.right.map { -$0 }
        var next = [Double](repeating: 0, count: states + other.states)
        while let vector = queue.popLast() {
            let scale = vector.lazy.map(abs).max() ?? 0
            guard scale > 0 else { continue }
            var rest = vector.map { $0 / scale }
            for _ in 0..<2 {
                for direction in basis {
                    let share = zip(rest, direction).reduce(0) { $0 + $1.0 * $1.1 }
                    for i in rest.indices { rest[i] -= share * direction[i] }
                }
            }
            let norm = rest.reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard norm > 1e-9 else { continue }
            let difference = zip(vector, test).reduce(0) { $0 + $1.0 * $1.1 } / scale
            guard abs(difference) <= 1e-9 else { return false }
            basis.append(rest.map { $0 / norm })
            for token in 0..<tokens {
                vector.withUnsafeBufferPointer { from in
                    next.withUnsafeMutableBufferPointer { into in
                        guard let source = from.baseAddress, let target = into.baseAddress else { return }
                        transition.advance(source, by: token, into: target)
                        other.transition.advance(source + states, by: token, into: target + states)
                    }
                }
                queue.append(next)
            }
        }
        return true
    }
}
