// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Two loops through one state, 7 states, 3 tokens.
///
/// A: 0 with 1 - p - q to A, 1 with p to B, 2 with q to D; B: 1 to C; C: 1 to A; D: 2 to E; E: 2 to F; F: 0 to G;
/// G: 0 to A. Requires p + q <= 1.
struct TeddyBear: HiddenMarkovProcess {
    static let name = "teddy-bear"
    static let summary = "two loops through one state"
    static let parameters: [Parameter] = [
        .number("p", default: 0.3, in: 0...1, "P(the loop of ones begins)"),
        .number("q", default: 0.3, in: 0...1, "P(the loop of twos begins)"),
    ]
    static let examples = ["teddy-bear(p=0.3, q=0.3)"]

    let engine: HiddenMarkovEngine

    static func model(_ configuration: Configuration) throws(InductError) -> HiddenMarkovModel {
        let p = try configuration.number("p")
        let q = try configuration.number("q")
        guard p + q <= 1 else {
            throw .invalid("p = \(p) and q = \(q) sum to more than 1; state A stays with 1 - p - q")
        }
        return try HiddenMarkovModel(
            states: 7, tokens: 3,
            [
                Transition(0, emits: 0, to: 0, 1 - p - q), Transition(0, emits: 1, to: 1, p),
                Transition(0, emits: 2, to: 3, q),
                Transition(1, emits: 1, to: 2, 1), Transition(2, emits: 1, to: 0, 1),
                Transition(3, emits: 2, to: 4, 1), Transition(4, emits: 2, to: 5, 1),
                Transition(5, emits: 0, to: 6, 1), Transition(6, emits: 0, to: 0, 1),
            ])
    }
}
