// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// The simple non-unifilar source: a zero does not tell which state emitted it.
///
/// A: 0, stays with 1 - p, to B with p; B: 0 with 1 - q to B, 1 with q to A. Infinitely many mixed states, one more
/// at each depth.
struct SimpleNonunifilar: HiddenMarkovProcess {
    static let name = "sns"
    static let summary = "the simple non-unifilar source"
    static let parameters: [Parameter] = [
        .number("p", default: 0.5, in: 0...1, "P(to B | A)"),
        .number("q", default: 0.5, in: 0...1, "P(1, to A | B)"),
    ]
    static let examples = ["sns(p=0.5, q=0.5)"]

    let engine: HiddenMarkovEngine

    static func model(_ configuration: Configuration) throws(InductError) -> HiddenMarkovModel {
        let p = try configuration.number("p")
        let q = try configuration.number("q")
        return try HiddenMarkovModel(
            states: 2, tokens: 2,
            [
                Transition(0, emits: 0, to: 0, 1 - p), Transition(0, emits: 0, to: 1, p),
                Transition(1, emits: 0, to: 1, 1 - q), Transition(1, emits: 1, to: 0, q),
            ])
    }
}
