// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductHost
import Logging

/// Opens the default plugins as the command line does: the libraries beside the tests, nothing else.
struct Sources {
    let host: PluginHost

    /// Where `swift build` puts `induct` and the libraries: beside the tests.
    static var buildDirectory: String {
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (path as NSString).deletingLastPathComponent
    }

    init(kernels: String? = nil) throws {
        host = try PluginHost(
            HostOptions(
                plugins: [Self.buildDirectory + "/libSyntheticSources.so"], executableDirectory: Self.buildDirectory,
                kernels: kernels, describer: Self.buildDirectory + "/induct",
                log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })))
    }

    func open(_ spec: String) throws -> any Source { try host.source(PluginSpec(parsing: spec)) }

    /// Every source that is, or is made of, hidden Markov models, at parameters without symmetry.
    static let hiddenMarkov = [
        "coin(p=0.3)", "golden-mean(p=0.4)", "golden-mean-5-3(p=0.6)", "even(p=0.45)", "sns(p=0.35, q=0.6)",
        "zero-one-random(p=0.3)", "rrxor(p1=0.4, p2=0.7)", "leaky-rrxor(p1=0.4, p2=0.7, epsilon=0.2)",
        "mess3(x=0.15, a=0.6)", "mr-name(p=0.4, q=0.25)", "dursley-wonka(p=0.4, q=0.25)", "teddy-bear(p=0.3, q=0.25)",
        "matching-parens(open_probs=[1, 0.6, 0.3, 0])", "days-of-week", "copy-back(n=2, a=0.75)",
        "copy-back(n=3, a=0.2)",
        "fanizza(alpha=2000, lambda=0.49)", "tom-quantum(alpha=1, beta=7.14)", "post-quantum(log_alpha=1, beta=0.5)",
        "mixture(mess3(x=0.05, a=0.85), even(p=0.5), weights=[0.3, 0.7], vocabulary_maps=[[0, 1, 3], [2, 1]])",
        "mixture(fanizza, coin(p=0.2))", "markov-mixture(chains=3, states=2, order=2, alpha=0.5, task_seed=4)",
        "product(golden-mean(p=0.4), coin(p=0.3))", "relabel(mess3, map=[0, 1, 1])",
        "flip-noise(golden-mean(p=0.5), epsilon=0.1)", "switch(coin(p=0.1), even(p=0.6), p=0.2)", "with-bos(mess3)",
        "with-bos(dursley-wonka(p=0.4, q=0.25))",
        "ginc(components=2, entities=2, properties=3, vocabulary=4, task_seed=3)",
        "ginc(components=2, entities=2, properties=3, vocabulary=4, example_length=2, task_seed=3)",
        "regular-language(vocabulary=4, states=5, examples=0, stop=0.3, languages=3)",
        "regular-language(vocabulary=3, states=4, examples=2, stop=0.4, languages=2, task_seed=1)",
        "concatenate(coin(p=0.8), mess3, golden-mean(p=0.4), lengths=[1, 2])",
        "concatenate(fanizza, sns(p=0.35, q=0.6), lengths=[2], vocabulary_maps=[[2, 0], [0, 1]])",
        "mixture(fanizza, sns(p=0.3, q=0.6), coin(p=0.2), weights=[0.5, 0, 0.5])",
        "mixture(even(p=0.4), coin(p=0.3), weights=[5e-324, 1])",
    ]

    /// Sources whose law is known but not as a hidden Markov model.
    static let exchangeable = [
        "dirichlet-iid(vocabulary=3, alpha=0.4)", "repeated-block(vocabulary=2, period=3)",
        "repeated-block(vocabulary=3, periods=[2, 3])", "mixture(dirichlet-iid(vocabulary=2), coin(p=0.9))",
        "dirichlet-markov(vocabulary=2, order=2, alpha=0.6)", "dirichlet-markov(vocabulary=3, order=1)",
        "product(dirichlet-iid(vocabulary=2), golden-mean)", "repeat(dursley-wonka, period=2)",
        "with-bos(dirichlet-iid(vocabulary=2, alpha=2))", "dirichlet-iid(vocabulary=2, alpha=1e-12)",
        "associative-recall(keys=3, values=2, pairs=1, queries=1)",
        "associative-recall(keys=3, values=2, pairs=2, queries=1)",
        "trigger-bigram(vocabulary=4, triggers=2, alpha=0.7, task_seed=2)",
        "regular-language(vocabulary=4, states=6, examples=12, stop=0.3, languages=40)",
        "concatenate(dirichlet-iid(vocabulary=2), golden-mean(p=0.4), repeated-block(vocabulary=3, period=1), lengths=[1, 2])",
        "mixture(dirichlet-iid(vocabulary=2), golden-mean(p=0.4), coin, weights=[0.25, 0.75, 0])",
        "repeat(dirichlet-iid(vocabulary=2), period=3)", "relabel(dirichlet-iid(vocabulary=3), map=[1, 2, 0])",
        "with-bos(repeated-block(vocabulary=2, periods=[1, 3]))", "markov-mixture(chains=520, states=4, task_seed=1)",
    ]
}

extension Source {
    /// The tokens of samples `[first, first + count)`, `[count, length]`.
    func tokens(view: Int = 0, seed: UInt64 = 7, first: UInt64 = 0, count: Int, length: Int) throws -> [[Int]] {
        let batch = Batch(schema: schema, count: count, length: length)
        try fill(batch, rows: 0..<count, view: view, seed: seed, first: first)
        let values = batch["tokens"]?.integers.map { Int($0) } ?? []
        return (0..<count).map { Array(values[$0 * length..<($0 + 1) * length]) }
    }

    /// What its oracle says about sequences of equal length: for every sequence and prefix a row.
    func predictions(_ sequences: [[Int]]) throws -> Predictions {
        let length = sequences[0].count
        let batch = Batch(schema: schema, count: sequences.count, length: length) { $0.name == "tokens" }
        for (index, token) in sequences.joined().enumerated() { batch["tokens"]?.integers[index] = Int32(token) }
        let rows = [sequences.count, length + 1]
        let components = oracle?.componentCount ?? 0
        let results = OracleResults(
            predictive: Tensor(.float64, rows + [schema.classes]),
            posterior: components > 0 ? Tensor(.float64, rows + [components]) : nil,
            logProbability: Tensor(.float64, rows))
        try oracle?.evaluate(batch, view: 0, seed: 7, into: results)
        return Predictions(results, prefixes: length + 1, classes: schema.classes, components: components)
    }
}

/// An oracle's results as nested arrays.
struct Predictions {
    /// The next token's law, `[sequence][prefix][token]`.
    let law: [[[Double]]]
    /// The component's law, `[sequence][prefix][component]`.
    let posterior: [[[Double]]]
    /// ln P(prefix), `[sequence][prefix]`.
    let logProbability: [[Double]]

    init(_ results: OracleResults, prefixes: Int, classes: Int, components: Int) {
        func rows(_ tensor: Tensor?, _ width: Int) -> [[[Double]]] {
            guard let values = tensor?.doubles else { return [] }
            return (0..<values.count / (prefixes * max(1, width))).map { sequence in
                (0..<prefixes).map { prefix in
                    let start = (sequence * prefixes + prefix) * width
                    return Array(values[start..<start + width])
                }
            }
        }
        law = rows(results.predictive, classes)
        posterior = rows(results.posterior, components)
        logProbability = rows(results.logProbability, 1).map { $0.map { $0[0] } }
    }
}
