// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Two random bits, then their exclusive or, over and over.
///
/// States in order: S, seen 0, seen 1, XOR = 1, XOR = 0. 36 mixed states at p1 = p2 = 1/2.
struct RandomRandomXOR: HiddenMarkovProcess {
    static let name = "rrxor"
    static let summary = "two random bits, then their exclusive or"
    static let parameters: [Parameter] = [
        .number("p1", default: 0.5, in: 0...1, "P(the first bit is 0)"),
        .number("p2", default: 0.5, in: 0...1, "P(the second bit is 0)"),
    ]
    static let examples = ["rrxor(p1=0.5, p2=0.5)"]

    let engine: HiddenMarkovEngine

    static func model(_ configuration: Configuration) throws(InductError) -> HiddenMarkovModel {
        return try HiddenMarkovModel(
            states: 5, tokens: 2, transitions(try configuration.number("p1"), try configuration.number("p2")))
    }

    /// The ways of one process with these probabilities of zeros.
    static func transitions(_ p1: Double, _ p2: Double) -> [Transition] {
        [
            Transition(0, emits: 0, to: 1, p1), Transition(0, emits: 1, to: 2, 1 - p1),
            Transition(1, emits: 0, to: 4, p2), Transition(1, emits: 1, to: 3, 1 - p2),
            Transition(2, emits: 0, to: 3, p2), Transition(2, emits: 1, to: 4, 1 - p2),
            Transition(3, emits: 1, to: 0, 1), Transition(4, emits: 0, to: 0, 1),
        ]
    }
}
