// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Each token repeats the one n steps back, or is its opposite.
///
/// x_t = x_{t-n} with a, else 1 - x_{t-n}. The state is the last n tokens, the oldest in the highest bit. h_l = ln 2 for l <= n,
/// then H(a); E = n (ln 2 - H(a)); at n = 2 the mixed-state operator has a nilpotent block of index 2.
struct CopyBack: HiddenMarkovProcess {
    static let name = "copy-back"
    static let summary = "each token repeats the one n steps back, or is its opposite"
    static let parameters: [Parameter] = [
        .integer("n", default: 2, in: 1...8, "steps back"),
        .number("a", default: 0.75, in: 0...1, "P(repeated)"),
    ]
    static let examples = ["copy-back(n=2, a=0.75)"]

    let engine: HiddenMarkovEngine

    static func model(_ configuration: Configuration) throws(InductError) -> HiddenMarkovModel {
        let n = try configuration.integer("n")
        let a = try configuration.number("a")
        let states = 1 << n
        var transitions: [Transition] = []
        for state in 0..<states {
            let oldest = state >> (n - 1)
            for token in 0..<2 {
                let next = (state << 1 | token) & (states - 1)
                transitions.append(Transition(state, emits: token, to: next, token == oldest ? a : 1 - a))
            }
        }
        return try HiddenMarkovModel(states: states, tokens: 2, transitions)
    }
}
