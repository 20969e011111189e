// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// No two consecutive ones.
///
/// A: 0 with 1 - p to A, 1 with p to B; B: 0 to A. h_1 = H(1 / (1 + p)), h_l = H(p) / (1 + p) from l = 2 on.
struct GoldenMean: HiddenMarkovProcess {
    static let name = "golden-mean"
    static let summary = "no two consecutive ones"
    static let parameters: [Parameter] = [
        .number("p", default: 0.5, in: 0...1, "P(1 | after a zero)")
    ]
    static let examples = ["golden-mean(p=0.5)"]

    let engine: HiddenMarkovEngine

    static func model(_ configuration: Configuration) throws(InductError) -> HiddenMarkovModel {
        let p = try configuration.number("p")
        return try HiddenMarkovModel(
            states: 2, tokens: 2,
            [
                Transition(0, emits: 0, to: 0, 1 - p), Transition(0, emits: 1, to: 1, p),
                Transition(1, emits: 0, to: 0, 1),
            ])
    }
}
