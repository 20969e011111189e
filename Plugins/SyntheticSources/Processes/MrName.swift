// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Text in which "Mr" is always followed by one name.
///
/// Tokens and states: Mr 0, Something 1, Blah 2, name 3. Mr -> name 1; name -> Something 1/2, Blah 1/2; Something -> Mr q,
/// Something 1 - p - q, Blah p; Blah -> Mr q, Something p, Blah 1 - p - q. Requires p + q <= 1.
/// Source: Riechers, Bigelow, Alt, Shai 2025 (arXiv 2505.18373).
struct MrName: HiddenMarkovProcess {
    static let name = "mr-name"
    static let summary = "text in which Mr is always followed by one name"
    static let parameters: [Parameter] = [
        .number("p", default: 0.4, in: 0...1, "P(Blah | Something) and P(Something | Blah)"),
        .number("q", default: 0.25, in: 0...1, "P(Mr | Something) and P(Mr | Blah)"),
    ]
    static let examples = ["mr-name(p=0.4, q=0.25)"]

    let engine: HiddenMarkovEngine

    static func model(_ configuration: Configuration) throws(InductError) -> HiddenMarkovModel {
        try chain(configuration, name: 3, tokens: 4)
    }

    /// The process with its name as token `name` of `tokens`.
    static func chain(
        _ configuration: Configuration, name: Int, tokens: Int
    ) throws(InductError) -> HiddenMarkovModel {
        let p = try configuration.number("p")
        let q = try configuration.number("q")
        guard p + q <= 1 else {
            throw .invalid("p = \(p) and q = \(q) sum to more than 1; Something is followed by itself with 1 - p - q")
        }
        let stay = 1 - p - q
        return try HiddenMarkovModel(
            states: 4, tokens: tokens,
            [
                Transition(0, emits: name, to: 3, 1),
                Transition(1, emits: 0, to: 0, q), Transition(1, emits: 1, to: 1, stay),
                Transition(1, emits: 2, to: 2, p),
                Transition(2, emits: 0, to: 0, q), Transition(2, emits: 1, to: 1, p),
                Transition(2, emits: 2, to: 2, stay),
                Transition(3, emits: 1, to: 1, 0.5), Transition(3, emits: 2, to: 2, 0.5),
            ])
    }
}
