// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Independent tosses of one coin.
///
/// One state; h_l = H(p), E = 0.
struct Coin: HiddenMarkovProcess {
    static let name = "coin"
    static let summary = "independent tosses of one coin"
    static let parameters: [Parameter] = [
        .number("p", default: 0.5, in: 0...1, "P(token 0)")
    ]
    static let examples = ["coin(p=0.5)"]

    let engine: HiddenMarkovEngine

    static func model(_ configuration: Configuration) throws(InductError) -> HiddenMarkovModel {
        let p = try configuration.number("p")
        return try HiddenMarkovModel(
            states: 1, tokens: 2, [Transition(0, emits: 0, to: 0, p), Transition(0, emits: 1, to: 0, 1 - p)])
    }
}
