// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductCore

/// Of sources that know their own law: it is a law, and the samples follow it.
let oracleChecks: [Check] = [
    Check("oracle-normalised", .source, "predictive laws and posteriors are non-negative and sum to 1") { subject in
        let source = try subject.source()
        let oracle = try known(source.oracle, "it has no oracle")
        guard source.schema.task != .regression else { throw CheckSkipped("a regression has means, not laws") }
        let results = try evaluate(oracle, try Samples(source).batch(seed: subject.seed, count: 32), subject.seed)
        for (name, tensor, tolerance) in [
            ("predictive law", results.predictive, 1e-9), ("posterior", results.posterior, 1e-9),
        ] {
            guard let tensor, let width = tensor.shape.last, width > 0 else { continue }
            for row in 0..<tensor.count / width {
                let law = (0..<width).map { tensor.doubles[row * width + $0] }
                try require(
                    law.allSatisfy { $0 >= 0 } && abs(law.reduce(0, +) - 1) <= tolerance,
                    "the \(name) of row \(row) is \(law.prefix(8)), which sums to \(law.reduce(0, +))")
            }
        }
    },
    Check("oracle-chains", .source, "the probability of a word is the product of the laws along it") { subject in
        let source = try subject.source()
        let oracle = try known(source.oracle, "it has no oracle")
        guard source.schema.task == .nextToken else { throw CheckSkipped("only text has words") }
        let batch = try Samples(source).batch(seed: subject.seed, count: 32)
        let results = try evaluate(oracle, batch, subject.seed)
        guard let tokens = batch["tokens"], let law = results.predictive, let log = results.logProbability else {
            return
        }
        let (length, classes) = (batch.length, source.schema.classes)
        for sample in 0..<batch.count {
            for position in 0..<length {
                let row = sample * (length + 1) + position
                let token = Int(tokens.integers[sample * length + position])
                let step = log.doubles[row + 1] - log.doubles[row]
                let expected = Glibc.log(law.doubles[row * classes + token])
                try require(
                    abs(step - expected) <= 1e-8 * max(1, abs(expected)),
                    "sample \(sample): ln P grows by \(step) at token \(position), the law there says \(expected)")
            }
        }
    },
    Check("oracle-batches", .source, "the oracle's answer does not depend on the batch") { subject in
        let source = try subject.source()
        let oracle = try known(source.oracle, "it has no oracle")
        let samples = Samples(source)
        let whole = try evaluate(oracle, try samples.batch(seed: subject.seed, count: 13), subject.seed)
        for row in 0..<13 {
            let batch = try samples.batch(seed: subject.seed, first: UInt64(row), count: 1)
            let alone = try evaluate(oracle, batch, subject.seed)
            guard let all = whole.predictive, let one = alone.predictive else { return }
            let size = one.count
            let same = (0..<size).allSatisfy {
                all.doubles[row * size + $0].bitPattern == one.doubles[$0].bitPattern
            }
            try require(same, "sample \(row) has another law alone than among others")
        }
    },
    Check("samples-follow-law", .source, "sampled words are as frequent as the law says, by a chi-square test") {
        subject in
        let source = try subject.source()
        guard source.schema.task == .nextToken, let law = WordLaw(source) else {
            throw CheckSkipped("it is no text with an oracle or a hidden Markov model")
        }
        let classes = source.schema.classes
        var length = 3
        while length > 1, pow(Double(classes), Double(length)) > 512 { length -= 1 }
        let words = Int(pow(Double(classes), Double(length)))
        guard words <= 4096 else { throw CheckSkipped("\(classes) tokens are too many to count words of") }
        let count = 20_000
        for view in 0..<2 {
            let batch = try Samples(source, length: length).batch(view: view, seed: subject.seed, count: count)
            guard batch.length == length, let tokens = batch["tokens"] else { return }
            var counts = [Double](repeating: 0, count: words)
            for sample in 0..<count {
                var word = 0
                for position in 0..<length { word = word * classes + Int(tokens.integers[sample * length + position]) }
                counts[word] += 1
            }
            try chiSquare(
                counts, try law.probabilities(length: length, seed: subject.seed), count: Double(count),
                what: "view '\(source.views[view].name)', words of \(length)")
        }
    },
]

private func known<Value>(_ value: Value?, _ message: String) throws(CheckSkipped) -> Value {
    guard let value else { throw CheckSkipped(message) }
    return value
}

func evaluate(_ oracle: any SourceOracle, _ batch: Batch, _ seed: UInt64) throws -> OracleResults {
    let schema = batch.schema
    let rows = schema.task == .nextToken ? batch.length + 1 : schema.positions.bound(batch: 0, length: batch.length)
    try Room.check(
        "what its oracle says of \(batch.count) samples",
        sizes: [schema.width, oracle.componentCount, 1].map { [batch.count, rows, $0] }, bytes: 8)
    let results = OracleResults(
        predictive: Tensor(.float64, [batch.count, rows, schema.width]),
        posterior: oracle.componentCount > 0 ? Tensor(.float64, [batch.count, rows, oracle.componentCount]) : nil,
        logProbability: Tensor(.float64, [batch.count, rows]))
    try oracle.evaluate(batch, view: 0, seed: seed, into: results)
    return results
}

/// The probabilities of words, from whatever a source says about itself.
private struct WordLaw {
    let source: any Source

    init?(_ source: any Source) {
        guard source.oracle != nil || source.hmm != nil else { return nil }
        self.source = source
    }

    /// Of all words of a length, in lexicographic order.
    func probabilities(length: Int, seed: UInt64) throws -> [Double] {
        let classes = source.schema.classes
        let count = (0..<length).reduce(1) { product, _ in product * classes }
        func token(_ word: Int, _ position: Int) -> Int {
            (position..<length - 1).reduce(word) { rest, _ in rest / classes } % classes
        }
        if let oracle = source.oracle {
            let batch = Batch(schema: source.schema, count: count, length: length)
            for tensor in batch.tensors where tensor === batch["tokens"] {
                for word in 0..<count {
                    for position in 0..<length {
                        tensor?.integers[word * length + position] = Int32(token(word, position))
                    }
                }
            }
            let results = try evaluate(oracle, batch, seed)
            return (0..<count).map { results.logProbability.map(\.doubles)?[$0 * (length + 1) + length] ?? .nan }
                .map { Glibc.exp($0) }
        }
        guard let hmm = source.hmm else { return [] }
        return (0..<count).map { word in
            var state = hmm.start
            for position in 0..<length {
                let matrix = token(word, position) * hmm.states * hmm.states
                state = (0..<hmm.states).map { to in
                    (0..<hmm.states).reduce(0) { $0 + state[$1] * hmm.transition[matrix + $1 * hmm.states + to] }
                }
            }
            return (0..<hmm.states).reduce(0) { $0 + state[$1] * (hmm.right?[$1] ?? 1) }
        }
    }
}

/// Pearson's test, cells with fewer than 5 expected counts taken together.
///
/// Fails beyond 5.5 standard deviations of the chi-square's normal approximation by Wilson and Hilferty (1931), a chance
/// of 2e-8.
private func chiSquare(
    _ counts: [Double], _ law: [Double], count: Double, what: String
) throws(CheckFailure) {
    var (statistic, cells) = (0.0, 0.0)
    var rest = (observed: 0.0, expected: 0.0)
    for (observed, probability) in zip(counts, law) {
        let expected = probability * count
        try require(probability > 0 || observed == 0, "\(what): an impossible word occurs \(Int(observed)) times")
        if expected < 5 {
            rest.observed += observed
            rest.expected += expected
        } else {
            statistic += (observed - expected) * (observed - expected) / expected
            cells += 1
        }
    }
    if rest.expected >= 5 {
        statistic += (rest.observed - rest.expected) * (rest.observed - rest.expected) / rest.expected
        cells += 1
    }
    let freedom = cells - 1
    guard freedom >= 1 else { return }
    let spread = 2 / (9 * freedom)
    let deviation = (cbrt(statistic / freedom) - (1 - spread)) / spread.squareRoot()
    try require(
        deviation < 5.5,
        "\(what): chi-square \(statistic) at \(Int(freedom)) degrees of freedom; samples and law differ")
}
