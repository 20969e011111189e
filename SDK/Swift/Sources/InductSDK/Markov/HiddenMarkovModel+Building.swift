// SPDX-License-Identifier: Apache-2.0

/// One way out of a state of a hidden Markov model.
public struct Transition: Equatable, Sendable {
    /// The state it leaves.
    public var from: Int
    /// The token it emits.
    public var token: Int
    /// The state it enters.
    public var to: Int
    /// P(emit the token, enter the state | the state it leaves).
    public var probability: Double

    /// From a state, emitting a token, to a state, with a probability.
    public init(_ from: Int, emits token: Int, to: Int, _ probability: Double) {
        self.from = from
        self.token = token
        self.to = to
        self.probability = probability
    }
}

extension HiddenMarkovModel {
    /// How far the probabilities out of a state may miss 1.
    private static var tolerance: Double { 1e-9 }

    /// The stationary process of a Markov chain whose transitions emit tokens.
    ///
    /// Transitions with equal ends and token add up. The start is the chain's stationary law.
    ///
    /// - Parameters:
    ///   - states: number of states.
    ///   - tokens: number of tokens.
    ///   - transitions: every way out of every state.
    /// - Throws: status `invalidArgument` when a probability lies outside `[0, 1]`, those out of a state do not sum to 1
    ///   within 1e-9, or the chain has no unique stationary law.
    public init(states: Int, tokens: Int, _ transitions: [Transition]) throws(InductError) {
        var transition = [Double](repeating: 0, count: tokens * states * states)
        var sums = [Double](repeating: 0, count: states)
        var chain = [Double](repeating: 0, count: states * states)
        for edge in transitions {
            guard edge.probability >= 0, edge.probability <= 1 + Self.tolerance else {
                throw .invalid(
                    "the probability \(edge.probability) of emitting token \(edge.token) in state \(edge.from) lies outside "
                        + "[0, 1]; choose parameters that make it one")
            }
            transition[(edge.token * states + edge.from) * states + edge.to] += edge.probability
            chain[edge.from * states + edge.to] += edge.probability
            sums[edge.from] += edge.probability
        }
        for (state, sum) in sums.enumerated() where !(abs(sum - 1) <= Self.tolerance) {
            throw .invalid("the probabilities out of state \(state) sum to \(sum); they must sum to 1")
        }
        self.init(
            states: states, tokens: tokens, transition: transition,
            start: try stationaryLaw(ofChain: chain, states: states))
    }
}
