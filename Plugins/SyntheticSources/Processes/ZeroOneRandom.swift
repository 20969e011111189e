// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// A zero, a one, a random bit, over and over.
///
/// S: 0 to A; A: 1 to R; R: 0 with 1 - p, 1 with p, to S.
struct ZeroOneRandom: HiddenMarkovProcess {
    static let name = "zero-one-random"
    static let summary = "a zero, a one, a random bit, over and over"
    static let parameters: [Parameter] = [
        .number("p", default: 0.5, in: 0...1, "P(the random bit is 1)")
    ]
    static let examples = ["zero-one-random(p=0.5)"]

    let engine: HiddenMarkovEngine

    static func model(_ configuration: Configuration) throws(InductError) -> HiddenMarkovModel {
        let p = try configuration.number("p")
        return try HiddenMarkovModel(
            states: 3, tokens: 2,
            [
                Transition(0, emits: 0, to: 1, 1), Transition(1, emits: 1, to: 2, 1),
                Transition(2, emits: 0, to: 0, 1 - p), Transition(2, emits: 1, to: 0, p),
            ])
    }
}
