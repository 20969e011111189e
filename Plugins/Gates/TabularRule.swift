// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductSDK

// Weights of K experts on which nothing is assumed: after T observations the mixture has lost at most Reg(T) more than the
// best fixed weights would have, by convexity of the loss in the weights.
//
//     hedge                alpha_k proportional to exp(-eta L_k), L_k the sum of expert k's losses
//                          eta = sqrt(8 ln K / (T M^2)):     Reg <= M sqrt(T ln K / 2)
//     projected-gradient   alpha <- the point of the simplex nearest to alpha - eta l
//                          eta = sqrt(8 / (K T M^2)):        Reg <= M sqrt(K T / 2)
//
// where losses of the experts differ by at most M in any observation. For two experts the second rule moves alpha_1 by
// eta (l_2 - l_1) / 2 and keeps it in [0, 1]; its bound is M sqrt(T). The bounds hold when every observation is seen before the
// next prediction, that is for batches of one; in batches of B observations of a key, T B takes the place of T.
//
// Sources: Freund and Schapire, "A decision-theoretic generalization of on-line learning", 1997; Cesa-Bianchi and Lugosi,
// "Prediction, learning, and games", 2006, theorem 2.2; Zinkevich, "Online convex programming", 2003; Wang and
// Carreira-Perpiñán, "Projection onto the probability simplex", 2013.

/// Hedge, also called exponentiated gradient, or online gradient descent on the simplex.
struct TabularRule: OnlineRule {
    static let name = "tabular-gate"
    static let summary = "weights by an online rule with a bound on its regret, for all or for every key"
    static let parameters: [Parameter] = [
        .string(
            "rule", default: "hedge", values: ["hedge", "projected-gradient"],
            "weights by the exponentials of cumulative losses, or gradient steps projected on the simplex"),
        .number("step", above: 0, optional: true, "eta; or give horizon and bound"),
        .integer("horizon", in: 1...1_000_000_000_000, optional: true, "T: observations that a state will make"),
        .number("bound", above: 0, optional: true, "M: nats by which losses of the experts differ at most"),
    ]
    static let examples = [
        "tabular-gate(rule=hedge, horizon=100000, bound=2.3)", "tabular-gate(rule=projected-gradient, step=0.01)",
    ]

    private let isHedge: Bool
    private let experts: Int
    /// The rule's eta.
    private let step: Double

    init(_ configuration: Configuration, experts: Int) throws(InductError) {
        isHedge = try configuration.string("rule") == "hedge"
        self.experts = experts
        let (hasStep, hasHorizon, hasBound) = (
            configuration.has("step"), configuration.has("horizon"), configuration.has("bound")
        )
        guard hasStep != (hasHorizon && hasBound), hasHorizon == hasBound else {
            throw InductError.invalid(
                "\(Self.name) needs either step, or horizon and bound: eta follows from the number of observations and "
                    + "from the largest difference between the experts' losses")
        }
        if hasStep {
            step = try configuration.number("step")
        } else {
            let observations = Double(try configuration.integer("horizon"))
            let bound = try configuration.number("bound")
            let factor = isHedge ? log(Double(experts)) : 1 / Double(experts)
            step = (8 * factor / (observations * bound * bound)).squareRoot()
        }
    }

    var start: Initialiser { isHedge ? .zeros : .constant(1 / Double(experts)) }
    var givesLogits: Bool { isHedge }

    func observe(_ losses: UnsafePointer<Float>, _ state: OnlineSums.Growing, first: Int) {
        guard !isHedge else {
            for k in 0..<experts { state[first + k] += Double(losses[k]) }
            return
        }
        for k in 0..<experts { state[first + k] -= step * Double(losses[k]) }
        project(state, first: first)
    }

    /// The nearest point of the simplex, max(0, v_k - theta).
    ///
    /// theta is the mean excess of the kept coordinates; those it sends below zero are dropped until none is.
    private func project(_ state: OnlineSums.Growing, first: Int) {
        var theta = -Double.infinity
        while true {
            var (sum, kept) = (0.0, 0)
            for k in first..<first + experts where state[k] > theta {
                sum += state[k]
                kept += 1
            }
            let next = (sum - 1) / Double(max(1, kept))
            guard next > theta else { break }
            theta = next
        }
        for k in first..<first + experts { state[k] = max(0, state[k] - theta) }
    }

    func write(_ state: OnlineSums, first: Int, to outputs: UnsafeMutablePointer<Float>) {
        guard isHedge else {
            for k in 0..<experts { outputs[k] = Float(state[first + k]) }
            return
        }
        var least = Double.infinity
        for k in 0..<experts { least = min(least, state[first + k]) }
        for k in 0..<experts { outputs[k] = Float(-step * (state[first + k] - least)) }
    }
}
