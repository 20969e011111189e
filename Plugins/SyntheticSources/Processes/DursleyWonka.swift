// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Two mr-name processes with a name each, one of them drawn per sequence.
///
/// Tokens Mr 0, Something 1, Blah 2 are shared; the names are 3 and 4. The first name tells which process it is, so later
/// names are certain: the smallest source that rewards induction.
/// Source: Riechers, Bigelow, Alt, Shai 2025 (arXiv 2505.18373).
struct DursleyWonka: HiddenMarkovProcess {
    static let name = "dursley-wonka"
    static let summary = "one of two mr-name processes per sequence, a name each"
    static let parameters: [Parameter] = [
        .number("p", default: 0.4, in: 0...1, "P(Blah | Something) and P(Something | Blah)"),
        .number("q", default: 0.25, in: 0...1, "P(Mr | Something) and P(Mr | Blah)"),
    ]
    static let examples = ["dursley-wonka(p=0.4, q=0.25)"]

    let engine: HiddenMarkovEngine

    static func model(_ configuration: Configuration) throws(InductError) -> HiddenMarkovModel {
        let components = [
            try MrName.chain(configuration, name: 3, tokens: 5), try MrName.chain(configuration, name: 4, tokens: 5),
        ]
        let identity = Array(0..<5)
        return HiddenMarkovModel.mixture(of: components, weights: [0.5, 0.5], maps: [identity, identity], tokens: 5)
    }
}
