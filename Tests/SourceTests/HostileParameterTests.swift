// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductTheory
import Testing

/// Parameters at and beyond their limits: each is served, or refused with an error in the spec.
@Suite struct HostileParameterTests {
    static let refused = [
        "coin(p=nan)", "coin(p=-0.1)", "coin(p=1e400)", "mess3(x=0.51)", "copy-back(n=9)", "copy-back(n=1000000000)",
        "copy-back(n=0)", "dirichlet-iid(vocabulary=0)", "dirichlet-iid(vocabulary=1)",
        "dirichlet-iid(vocabulary=1000000000)", "dirichlet-iid(vocabulary=-3)", "dirichlet-iid(alpha=0)",
        "dirichlet-iid(alpha=-1)", "dirichlet-iid(alpha=1e300)", "dirichlet-iid(alpha=nan)",
        "dirichlet-markov(vocabulary=0)", "dirichlet-markov(order=0)", "dirichlet-markov(order=1000000000)",
        "dirichlet-markov(vocabulary=4096, order=16)", "repeated-block(period=0)", "repeated-block(periods=[])",
        "repeated-block(periods=[0, 1])", "markov-mixture(chains=0)", "markov-mixture(chains=4096, states=256)",
        "markov-mixture(chains=64, states=256)",
        "markov-mixture(alpha=0)", "mixture", "mixture(coin, coin, weights=[0.5, 0.6])",
        "mixture(coin, coin, weights=[nan, 1])", "mixture(coin, coin, weights=[-0.5, 1.5])",
        "mixture(coin, coin, weights=[0, 0])", "mixture(coin, coin, weights=[])",
        "mixture(coin, vocabulary_maps=[[0, -1]])", "mixture(coin, vocabulary_maps=[[0, 1000000000]])",
        "mixture(coin, vocabulary_maps=[])",
        "product(dirichlet-iid(vocabulary=65536), dirichlet-iid(vocabulary=65536))",
        "relabel(coin, map=[])", "relabel(coin, map=[0, 1, 2])", "relabel(coin, map=[0, -1])",
        "relabel(coin, map=[0, 1000000000])", "flip-noise(coin, epsilon=1.5)", "flip-noise(coin, epsilon=nan)",
        "flip-noise(relabel(coin, map=[0, 0]))", "switch(coin, p=2)", "switch(coin, coin, weights=[1, 1])",
        "switch(copy-back(n=8), vocabulary_maps=[[0, 1048575]], p=0.5)", "repeat(coin, period=0)",
        "repeat(coin, period=1000000000)", "ginc(components=0)", "ginc(vocabulary=1)",
        "ginc(components=256, entities=64, properties=64, vocabulary=4096)", "ginc(properties=1)",
        "regular-language(vocabulary=1)", "regular-language(states=3)", "regular-language(stop=0)",
        "regular-language(languages=-1)", "associative-recall(keys=4, pairs=5)", "associative-recall(keys=0)",
        "associative-recall(values=0)", "trigger-bigram(vocabulary=3, triggers=3)", "trigger-bigram(triggers=0)",
        "trigger-bigram(alpha=0)", "concatenate(coin, coin)", "concatenate(coin, coin, lengths=[])",
        "concatenate(coin, coin, lengths=[0])", "concatenate(coin, coin, lengths=[1000000000])",
        "concatenate(coin, lengths=[3])", "concatenate(coin, with-bos(coin), lengths=[3])",
        "matching-parens(open_probs=[1, nan, 0])", "matching-parens(open_probs=[])", "post-quantum(beta=0)",
        "fanizza(lambda=1)", "fanizza(alpha=1e300)", "tom-quantum(alpha=1e300)",
        "gaussian-classes(p_high=1.1)", "gaussian-classes(p_high=nan)", "gaussian-classes(p_relevant=-0.1)",
        "gaussian-classes(label_noise=2)", "gaussian-classes(burstiness=-1)", "gaussian-classes(sigma=-0.1)",
        "gaussian-classes(sigma=nan)", "gaussian-classes(sigma=1e400)", "gaussian-classes(contexts=0)",
        "gaussian-classes(contexts=2, relevant_contexts=3)", "gaussian-classes(relevant_contexts=-1)",
        "gaussian-classes(dimension=0)", "gaussian-classes(rare=60, sequences=64)", "gaussian-classes(sequences=9)",
        "gaussian-classes(frequent=0)", "gaussian-classes(rare=0)", "gaussian-classes(zipf=-1)",
        "gaussian-classes(frequent=1, p_high=1)", "gaussian-classes(rare=1, p_high=0)",
        "gaussian-classes(frequent=65536, dimension=65536)", "gaussian-classes(sequences=1e30)",
        "in-context-regression(dimension=0)", "in-context-regression(contexts=0)", "in-context-regression(noise=-1)",
        "in-context-regression(noise=nan)", "in-context-regression(family=cubic)", "in-context-regression(tasks=-1)",
        "in-context-regression(family=sparse, dimension=2, nonzero=3)", "in-context-regression(predict=none)",
        "in-context-regression(tasks=1048576, dimension=4096)", "in-context-regression(depth=0)",
        "in-context-regression(family=\"relu-network\", hidden=65536, dimension=4096)",
    ]

    @Test func whatCannotBeMeantIsAnErrorInTheSpec() throws {
        let sources = try Sources()
        for spec in Self.refused {
            #expect(throws: SpecError.self, "\(spec)") { try sources.open(spec) }
        }
    }

    static let served = [
        "coin(p=0)", "coin(p=1)", "coin(p=5e-324)", "copy-back(n=8, a=0.5)", "dirichlet-iid(vocabulary=65536)",
        "dirichlet-iid(alpha=1e-12)", "dirichlet-iid(alpha=1e12)", "dirichlet-markov(vocabulary=4096, order=1)",
        "dirichlet-markov(vocabulary=2, order=16, alpha=1e-12)", "dirichlet-markov(alpha=1e12)",
        "repeated-block(vocabulary=65536, period=4096)", "repeated-block(periods=[1, 2, 3, 4, 5, 6, 7, 4096])",
        "markov-mixture(chains=1, states=2, alpha=1e12)", "markov-mixture(chains=256, states=4)",
        "markov-mixture(chains=4096)",
        "mixture(coin, coin, weights=[0, 1])", "mixture(coin, coin, weights=[5e-324, 1])",
        "mixture(coin, vocabulary_maps=[[1048575, 0]])", "relabel(mess3, map=[1048575, 0, 0])",
        "relabel(dirichlet-iid(vocabulary=65536), map=[\(Array(repeating: "1", count: 65_536).joined(separator: ","))])",
        "flip-noise(coin, epsilon=0)", "flip-noise(coin, epsilon=1)", "flip-noise(dirichlet-iid(vocabulary=65536))",
        "switch(coin(p=0.2), coin(p=0.7), p=0)", "switch(coin(p=0.2), coin(p=0.7), p=1)",
        "repeat(coin, period=1048576)", "repeat(mixture(dirichlet-iid, coin), period=1)",
        "ginc(components=1, entities=1, properties=2, vocabulary=2)", "ginc(example_length=1)",
        "regular-language(vocabulary=2, states=4, stop=1, languages=1)", "regular-language(states=256, examples=65536)",
        "associative-recall(keys=1, values=1, pairs=1, queries=0)", "associative-recall(keys=4096, pairs=4096)",
        "trigger-bigram(vocabulary=2, triggers=1, alpha=1e-12)", "trigger-bigram(vocabulary=64, triggers=63)",
        "concatenate(coin, lengths=[])", "concatenate(coin, coin, lengths=[1048576])",
    ]

    static let servedExamples = [
        "gaussian-classes(frequent=1, rare=1, dimension=1, sigma=0)", "gaussian-classes(p_high=1)",
        "gaussian-classes(p_high=0, sequences=10)", "gaussian-classes(p_relevant=0, label_noise=1)",
        "gaussian-classes(contexts=64, relevant_contexts=64, burstiness=1)", "gaussian-classes(zipf=10, rare=500)",
        "gaussian-classes(sigma=1e6)", "gaussian-classes(sigma=5e-324)", "gaussian-classes(held_out=1, contexts=3)",
        "gaussian-classes(frequent=20000, rare=20000, dimension=2, held_out=0)",
        "in-context-regression(dimension=1, contexts=1)", "in-context-regression(tasks=1, noise=1e6)",
        "in-context-regression(family=\"decision-tree\", depth=16, dimension=1)",
        "in-context-regression(family=sparse, nonzero=8)", "in-context-regression(tasks=5000, dimension=1)",
    ]

    @Test(arguments: servedExamples)
    func examplesAtALimitAreServed(_ spec: String) throws {
        let source = try Sources().open(spec)
        for view in source.views.indices {
            let batch = Batch(schema: source.schema, count: 3, length: 1)
            try source.fill(batch, rows: 0..<3, view: view, seed: 1, first: 4)
            #expect(batch["inputs"]?.floats.allSatisfy { $0.isFinite } == true)
            guard let oracle = source.oracle else { continue }
            let rows = source.schema.positions.bound(batch: 3, length: 1)
            let results = OracleResults(predictive: Tensor(.float64, [3, rows, source.schema.width]))
            try oracle.evaluate(batch, view: view, seed: 1, into: results)
        }
    }

    @Test func whatLiesAtALimitIsServed() throws {
        let sources = try Sources()
        for spec in Self.served { try expectToServe(try sources.open(spec)) }
    }

    private func expectToServe(_ source: any Source) throws {
        let rows = try source.tokens(count: 2, length: 9)
        #expect(rows.joined().allSatisfy { (0..<source.schema.classes).contains($0) })
        guard source.oracle != nil else { return }
        let results = try source.predictions(rows)
        for prefix in 0...9 {
            // A token that was drawn is possible, however unlikely.
            let areFinite = results.logProbability.allSatisfy { $0[prefix] > -.infinity && $0[prefix] < 1e-9 }
            let areLaws = results.law.allSatisfy { abs($0[prefix].reduce(0, +) - 1) < 1e-9 }
            #expect(areFinite && areLaws, "\(source.spec.prefix(100)), prefix of \(prefix)")
        }
    }

    @Test func combinatorsNestDeeply() throws {
        func nested(_ name: String, _ rest: String, times: Int) -> String {
            String(repeating: name + "(", count: times) + "golden-mean(p=0.5)"
                + String(repeating: rest + ")", count: times)
        }
        let sources = try Sources()
        let plain = try sources.open("golden-mean(p=0.5)")
        for spec in [
            nested("mixture", "", times: 50), nested("product", "", times: 50),
            nested("flip-noise", ", epsilon=0", times: 50),
        ] {
            let deep = try sources.open(spec)
            let words = Words.all(2, length: 5)
            let (a, b) = (try deep.predictions(words), try plain.predictions(words))
            for (left, right) in zip(a.logProbability.joined(), b.logProbability.joined()) {
                #expect(left == right || abs(left - right) < 1e-12)
            }
        }
        let repeated = try sources.open(nested("repeat", ", period=3", times: 30))
        for row in try repeated.tokens(count: 20, length: 9) {
            #expect((3..<9).allSatisfy { row[$0] == row[$0 - 3] })
        }
    }
}
