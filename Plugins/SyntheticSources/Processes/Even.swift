// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Ones come in runs of even length.
///
/// A: 0 with 1 - p to A, 1 with p to B; B: 1 to A. No finite Markov order.
struct Even: HiddenMarkovProcess {
    static let name = "even"
    static let summary = "runs of ones have even length"
    static let parameters: [Parameter] = [
        .number("p", default: 0.5, in: 0...1, "P(a pair of ones begins)")
    ]
    static let examples = ["even(p=0.5)"]

    let engine: HiddenMarkovEngine

    static func model(_ configuration: Configuration) throws(InductError) -> HiddenMarkovModel {
        let p = try configuration.number("p")
        return try HiddenMarkovModel(
            states: 2, tokens: 2,
            [
                Transition(0, emits: 0, to: 0, 1 - p), Transition(0, emits: 1, to: 1, p),
                Transition(1, emits: 1, to: 0, 1),
            ])
    }
}
