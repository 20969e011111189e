// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Parentheses that match, of bounded depth.
///
/// The state is the depth: token 0 opens with open_probs[depth], token 1 closes otherwise. The first probability is 1, the
/// last one 0.
struct MatchingParentheses: HiddenMarkovProcess {
    static let name = "matching-parens"
    static let summary = "parentheses that match, of bounded depth"
    static let parameters: [Parameter] = [
        .array(
            "open_probs", of: .number("", in: 0...1, ""), default: "[1, 0.5, 0.5, 0]", count: 2...256,
            "P(open) at each depth; the first is 1, the last 0")
    ]
    static let examples = ["matching-parens(open_probs=[1, 0.5, 0.5, 0])"]

    let engine: HiddenMarkovEngine

    static func model(_ configuration: Configuration) throws(InductError) -> HiddenMarkovModel {
        let open = try configuration.numbers("open_probs")
        guard open.count >= 2, open.first == 1, open.last == 0 else {
            throw .invalid("open_probs must begin with 1 (depth 0 can only open) and end with 0 (the greatest depth)")
        }
        var transitions: [Transition] = []
        for (depth, probability) in open.enumerated() {
            if depth + 1 < open.count { transitions.append(Transition(depth, emits: 0, to: depth + 1, probability)) }
            if depth > 0 { transitions.append(Transition(depth, emits: 1, to: depth - 1, 1 - probability)) }
        }
        return try HiddenMarkovModel(states: open.count, tokens: 2, transitions)
    }
}
