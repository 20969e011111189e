// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// rrxor with every transition possible: (1 - epsilon) rrxor + epsilon / 10 in each of the ten entries of a row.
struct LeakyRandomRandomXOR: HiddenMarkovProcess {
    static let name = "leaky-rrxor"
    static let summary = "rrxor with every transition possible"
    static let parameters: [Parameter] = [
        .number("p1", default: 0.5, in: 0...1, "P(the first bit is 0)"),
        .number("p2", default: 0.5, in: 0...1, "P(the second bit is 0)"),
        .number("epsilon", default: 0.1, in: 0...1, "weight of the uniform law over token and next state"),
    ]
    static let examples = ["leaky-rrxor(p1=0.5, p2=0.5, epsilon=0.1)"]

    let engine: HiddenMarkovEngine

    static func model(_ configuration: Configuration) throws(InductError) -> HiddenMarkovModel {
        let epsilon = try configuration.number("epsilon")
        let kept = RandomRandomXOR.transitions(try configuration.number("p1"), try configuration.number("p2")).map {
            Transition($0.from, emits: $0.token, to: $0.to, (1 - epsilon) * $0.probability)
        }
        var leaks: [Transition] = []
        for from in 0..<5 {
            for token in 0..<2 {
                for to in 0..<5 { leaks.append(Transition(from, emits: token, to: to, epsilon / 10)) }
            }
        }
        return try HiddenMarkovModel(states: 5, tokens: 2, kept + leaks)
    }
}
