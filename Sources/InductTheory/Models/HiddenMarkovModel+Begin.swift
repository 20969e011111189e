// SPDX-License-Identifier: Apache-2.0

extension HiddenMarkovModel {
    /// The model of what follows a begin-of-sequence token that opens every sequence.
    ///
    /// - Throws: `TheoryError.invalidModel` when some sequence opens with another token, or the token can come again.
    package func dropping(begin token: Int, name: String = "the source") throws(TheoryError) -> HiddenMarkovModel {
        var filter = BeliefFilter(self)
        guard token >= 0, token < tokens, abs(filter.predictive[token] - 1) <= 1e-9 else {
            throw .invalidModel("\(name): not every sequence opens with the begin-of-sequence token \(token)")
        }
        filter.observe(token)
        // The states that can still be reached, in their own order.
        var reached = filter.belief.map { $0 != 0 }
        var changed = true
        while changed {
            changed = false
            for entry in 0..<transition.count where reached[Int(transition.row[entry])] {
                if !reached[Int(transition.column[entry])] {
                    reached[Int(transition.column[entry])] = true
                    changed = true
                }
            }
        }
        let members = (0..<states).filter { reached[$0] }
        for state in members where abs(transition.emission[state * tokens + token]) > 1e-12 {
            throw .invalidModel("\(name): the begin-of-sequence token \(token) can come again, from state \(state)")
        }
        let size = members.count
        let full = denseTransition
        var dense: [Double] = []
        dense.reserveCapacity((tokens - 1) * size * size)
        for other in 0..<tokens where other != token {
            for i in members { for j in members { dense.append(full[(other * states + i) * states + j]) } }
        }
        let isPlain = right.allSatisfy { $0 == 1 }
        return HiddenMarkovModel(
            states: size, tokens: tokens - 1, transition: dense, start: members.map { filter.belief[$0] },
            right: isPlain ? nil : members.map { right[$0] }, componentCount: componentCount,
            componentOfState: members.map { componentOfState[$0] })
    }
}
