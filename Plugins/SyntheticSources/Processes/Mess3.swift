// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Three states, each preferring its own token.
///
/// T_k[i][j] = (a if j = k else b) (y if i = j else x), b = (1 - a) / 2, y = 1 - 2 x. Its mixed states fill a fractal.
struct Mess3: HiddenMarkovProcess {
    static let name = "mess3"
    static let summary = "three states, each preferring its own token"
    static let parameters: [Parameter] = [
        .number("x", default: 0.15, in: 0...0.5, "P(to each other state)"),
        .number("a", default: 0.6, in: 0...1, "P(the token of the state entered)"),
    ]
    static let examples = ["mess3(x=0.15, a=0.6)"]

    let engine: HiddenMarkovEngine

    static func model(_ configuration: Configuration) throws(InductError) -> HiddenMarkovModel {
        let x = try configuration.number("x")
        let a = try configuration.number("a")
        var transitions: [Transition] = []
        for token in 0..<3 {
            for from in 0..<3 {
                for to in 0..<3 {
                    let emission = to == token ? a : (1 - a) / 2
                    let move = from == to ? 1 - 2 * x : x
                    transitions.append(Transition(from, emits: token, to: to, emission * move))
                }
            }
        }
        return try HiddenMarkovModel(states: 3, tokens: 3, transitions)
    }
}
