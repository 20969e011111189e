// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductCore
import InductLab
import InductTheory

/// What is known after a prefix.
struct BeliefRow {
    /// How many tokens the prefix has.
    var length: Int
    var probability: Double
    /// In nats; -infinity after an impossible prefix.
    var logProbability: Double
    /// Nil after an impossible prefix, as are the next two.
    var belief: [Double]?
    var predictive: [Double]?
    /// Nil as well for a source of one component.
    var posterior: [Double]?

    /// False where the source never produces the prefix.
    var isPossible: Bool { logProbability > -.infinity }

    /// An entry of `induct beliefs --format json`; `sequence` gives "tokens", nil leaves them out.
    func json(repeating sequence: [Int]?) -> JSON {
        func list(_ values: [Double]?) -> JSON { values.map { .numbers($0) } ?? .null }
        return [
            "tokens": sequence.map { .integers($0.prefix(length)) } ?? .null, "probability": .number(probability),
            "belief": list(belief), "predictive": list(predictive), "component_posterior": list(posterior),
            "log_probability": isPossible ? .number(logProbability) : .null, "length": .integer(Int64(length)),
        ]
    }
}

extension BeliefRow {
    init(_ prefix: PrefixBelief) {
        self.init(
            length: prefix.length, probability: prefix.probability, logProbability: prefix.logProbability,
            belief: prefix.belief, predictive: prefix.predictive, posterior: prefix.componentPosterior)
    }
}

extension Source {
    /// What the source's own oracle says after every prefix of `tokens`, the empty one first.
    ///
    /// - Throws: `TheoryError` for a source without an oracle and for tokens outside its vocabulary.
    func beliefRows(of tokens: [Int]) throws -> [BeliefRow] {
        guard let oracle, schema.task == .nextToken, let index = schema.index(of: "tokens") else {
            throw TheoryError.unavailable("\(spec) states neither a hidden Markov model nor an oracle of its tokens")
        }
        if let position = tokens.firstIndex(where: { $0 >= schema.classes }) {
            throw TheoryError.invalidTokens(
                "token \(tokens[position]) at position \(position) is outside the vocabulary, 0 to \(schema.classes - 1)"
            )
        }
        if let longest = schema.maximumLength, tokens.count > longest {
            throw TheoryError.invalidTokens("\(spec) gives at most \(longest) tokens, not \(tokens.count)")
        }
        let numbers = ByteCount.sum([schema.classes, oracle.beliefSize, oracle.componentCount, 1])
        try RoomInMemory.check(
            "what \(spec) says of \(tokens.count) tokens", values: ByteCount.product([tokens.count + 1, numbers]),
            bytes: 8)
        let batch = Batch(schema: schema, count: 1, length: tokens.count)
        if let tensor = batch.tensors[index] {
            for (i, token) in tokens.enumerated() { tensor.integers[i] = Int32(token) }
        }
        let rows = tokens.count + 1
        func tensor(_ width: Int) -> Tensor? { width > 0 ? Tensor(.float64, [1, rows, width]) : nil }
        let results = OracleResults(
            predictive: tensor(schema.classes), belief: tensor(oracle.beliefSize),
            posterior: tensor(oracle.componentCount),
            logProbability: Tensor(.float64, [1, rows]))
        try oracle.evaluate(batch, view: 0, seed: 0, into: results)
        return (0..<rows).map { row in
            let logProbability = results.logProbability?.doubles[row] ?? .nan
            func values(_ tensor: Tensor?) -> [Double]? {
                guard let tensor, logProbability > -.infinity else { return nil }
                let width = tensor.count / rows
                return Array(tensor.doubles[row * width..<(row + 1) * width])
            }
            return BeliefRow(
                length: row, probability: exp(logProbability), logProbability: logProbability,
                belief: values(results.belief), predictive: values(results.predictive),
                posterior: values(results.posterior))
        }
    }
}
