// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Ones come in runs of five, followed by three zeros at least.
///
/// A: 0 with 1 - p to A, 1 with p to B; B to E emit 1, F to H emit 0, each to the next; H back to A.
struct GoldenMean53: HiddenMarkovProcess {
    static let name = "golden-mean-5-3"
    static let summary = "runs of five ones, each followed by three zeros at least"
    static let parameters: [Parameter] = [
        .number("p", default: 0.5, in: 0...1, "P(a run begins)")
    ]
    static let examples = ["golden-mean-5-3(p=0.5)"]

    let engine: HiddenMarkovEngine

    static func model(_ configuration: Configuration) throws(InductError) -> HiddenMarkovModel {
        let p = try configuration.number("p")
        let run = (1...4).map { Transition($0, emits: 1, to: $0 + 1, 1) }
        let pause = (5...7).map { Transition($0, emits: 0, to: ($0 + 1) % 8, 1) }
        return try HiddenMarkovModel(
            states: 8, tokens: 2,
            [Transition(0, emits: 0, to: 0, 1 - p), Transition(0, emits: 1, to: 1, p)] + run + pause)
    }
}
