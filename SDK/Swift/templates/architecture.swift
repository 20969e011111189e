// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// A table of logits for the next token, looked up by the last one.
final class Bigram: Architecture {
    static let name = "bigram"
    static let summary = "a table of logits, looked up by the last token"
    static let examples = ["bigram"]

    private let classes: Int
    /// Where "tokens" stands in the schema.
    private let tokens: Int

    init(_ creation: Creation) throws {
        guard let schema = creation.schema, schema.task == .nextToken, let tokens = schema.index(of: "tokens") else {
            throw InductError.invalid("predicts the next token only; use another architecture for this source")
        }
        classes = schema.classes
        self.tokens = tokens
    }

    var output: OutputKind { .logits }
    var modelParameters: [ModelParameter] {
        [ModelParameter("table.weight", [classes, classes], .normal(mean: 0, deviation: 0.02))]
    }

    /// The logits are the last token's row of the table.
    func forward(_ pass: borrowing Pass) throws {
        guard let tokens = pass.integers(tokens) else { throw InductError(.internal, "the pass has no tokens") }
        let table = pass.parameter(0)
        for row in 0..<pass.count * pass.length {
            let token = Int(tokens[row])
            guard token >= 0, token < classes else { throw InductError.invalid("a token lies outside the vocabulary") }
            (pass.outputs + row * classes).update(from: table + token * classes, count: classes)
        }
    }

    /// d loss / d table[token] is the sum of the output gradients wherever that token was the last one.
    func backward(_ pass: borrowing Pass) throws {
        guard let tokens = pass.integers(tokens) else { throw InductError(.internal, "the pass has no tokens") }
        guard let gradient = pass.gradient(0) else { return }
        if !pass.accumulates { gradient.update(repeating: 0, count: classes * classes) }
        for row in 0..<pass.count * pass.length {
            for column in 0..<classes {
                gradient[Int(tokens[row]) * classes + column] += pass.outputGradients[row * classes + column]
            }
        }
    }
}
