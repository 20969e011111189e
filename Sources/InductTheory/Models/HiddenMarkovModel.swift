// SPDX-License-Identifier: Apache-2.0

/// A validated (generalised) hidden Markov model in Mealy form, row vectors.
///
/// P(word) = start T_{x1} ... T_{xn} w, with w = 1 for an HMM. For a generalised one (GHMM) entries may be negative, and
/// only word probabilities mean something.
package struct HiddenMarkovModel: Sendable {
    package let states: Int
    package let tokens: Int
    package let transition: SparseTransition
    /// The start vector, `[states]`; its product with right is 1.
    package let start: [Double]
    /// The right vector w, `[states]`: all ones for an HMM.
    package let right: [Double]
    /// Whether right is not all ones, or an entry is negative.
    package let isGeneralised: Bool
    package let componentCount: Int
    /// The component of each state, `[states]`, in `[0, componentCount)`.
    package let componentOfState: [Int]

    /// Takes parts that are known to be valid.
    init(
        states: Int, tokens: Int, transition: [Double], start: [Double], right: [Double]?, componentCount: Int,
        componentOfState: [Int]?
    ) {
        self.states = states
        self.tokens = tokens
        self.start = start
        self.right = right ?? Array(repeating: 1, count: states)
        self.transition = SparseTransition(
            states: states, tokens: tokens, transition: transition, right: self.right)
        let hasOnes = self.right.allSatisfy { $0 == 1 }
        isGeneralised = !hasOnes || start.contains { $0 < 0 } || transition.contains { $0 < 0 }
        self.componentCount = max(1, componentCount)
        self.componentOfState = componentOfState ?? Array(repeating: 0, count: states)
    }

    /// The same model with its states assigned to other components, `[states]`.
    init(_ model: HiddenMarkovModel, componentCount: Int, componentOfState: [Int]) {
        states = model.states
        tokens = model.tokens
        transition = model.transition
        start = model.start
        right = model.right
        isGeneralised = model.isGeneralised
        self.componentCount = componentCount
        self.componentOfState = componentOfState
    }

    /// The sum of the transition matrices, T = sum_x T_x, as `[states, states]`.
    package var stateTransition: [Double] {
        var matrix = [Double](repeating: 0, count: states * states)
        for entry in 0..<transition.count {
            matrix[Int(transition.row[entry]) * states + Int(transition.column[entry])] += transition.value[entry]
        }
        return matrix
    }

    /// Whether start T = start within 1e-9 of the largest entry, so that word laws do not depend on the position.
    package var isStationary: Bool {
        var next = [Double](repeating: 0, count: states)
        for entry in 0..<transition.count {
            next[Int(transition.column[entry])] += start[Int(transition.row[entry])] * transition.value[entry]
        }
        let scale = max(1, start.lazy.map(abs).max() ?? 1)
        return zip(start, next).allSatisfy { abs($0 - $1) <= 1e-9 * scale }
    }

    /// The weights of the components, start summed over the states of each: `[componentCount]`.
    package var componentWeights: [Double] {
        var weights = [Double](repeating: 0, count: componentCount)
        for state in 0..<states { weights[componentOfState[state]] += start[state] * right[state] }
        return weights
    }

    /// The transition tensor, `[tokens, states, states]`.
    package var denseTransition: [Double] {
        var dense = [Double](repeating: 0, count: tokens * states * states)
        for token in 0..<tokens {
            for entry in transition.tokenStart[token]..<transition.tokenStart[token + 1] {
                let index = (token * states + Int(transition.row[entry])) * states + Int(transition.column[entry])
                dense[index] = transition.value[entry]
            }
        }
        return dense
    }
}
