// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Follows a sequence token by token: belief <- belief T_x / (belief T_x w).
///
/// Stable at any length: the belief is normalised at every step, and ln P is summed instead of multiplying P.
package struct BeliefFilter: Sendable {
    package let model: HiddenMarkovModel
    /// `[states]`, belief . right = 1
    package private(set) var belief: [Double]
    /// ln P(tokens so far) in nats; -infinity once they are impossible.
    package private(set) var logProbability = 0.0
    /// P(tokens so far): the product itself as long as it does not underflow.
    package private(set) var probability = 1.0
    /// The rounding error of `logProbability` so far, for a compensated sum.
    private var compensation = 0.0
    private var next: [Double]

    /// Starts before the first token.
    package init(_ model: HiddenMarkovModel) {
        self.model = model
        belief = model.start
        next = model.start
    }

    /// False after a prefix that the source never produces.
    package var isPossible: Bool { logProbability > -.infinity }

    /// A share of the mass below which a GHMM's cancelling terms are taken for zero.
    static let rounding = 1e-13

    /// Sees one more token, in `[0, tokens)`.
    package mutating func observe(_ token: Int) {
        precondition(token >= 0 && token < model.tokens, "a token outside the vocabulary")
        guard isPossible else { return }
        var mass = 0.0
        let states = model.states
        belief.withUnsafeBufferPointer { from in
            next.withUnsafeMutableBufferPointer { into in
                guard let source = from.baseAddress, let target = into.baseAddress else { return }
                model.transition.advance(source, by: token, into: target)
                for i in 0..<states { mass += target[i] * model.right[i] }
            }
        }
        guard mass > (model.isGeneralised ? Self.rounding : 0) else {
            logProbability = -.infinity
            probability = 0
            return
        }
        for i in 0..<states { next[i] /= mass }
        swap(&belief, &next)
        probability *= mass
        let term = log(mass) - compensation
        let sum = logProbability + term
        compensation = (sum - logProbability) - term
        logProbability = sum
    }

    /// The law of the next token, `[tokens]`.
    package var predictive: [Double] {
        var law = [Double](repeating: 0, count: model.tokens)
        belief.withUnsafeBufferPointer { belief in
            law.withUnsafeMutableBufferPointer { law in
                guard let source = belief.baseAddress, let target = law.baseAddress else { return }
                model.transition.law(of: source, into: target)
            }
        }
        return law
    }

    /// P(component | tokens so far), `[components]`.
    package var componentPosterior: [Double] {
        var posterior = [Double](repeating: 0, count: model.componentCount)
        for i in 0..<model.states { posterior[model.componentOfState[i]] += belief[i] * model.right[i] }
        return posterior
    }
}
