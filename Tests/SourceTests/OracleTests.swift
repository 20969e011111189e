// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

/// The oracle is Bayes' rule, no more and no less.
@Suite struct OracleTests {
    @Test(arguments: Sources.hiddenMarkov)
    func oracleEqualsRatiosOfWordProbabilities(_ spec: String) throws {
        let source = try Sources().open(spec)
        let model = try #require(source.hmm)
        let samples = try source.tokens(count: 40, length: 6)
        let results = try source.predictions(samples)
        for (sequence, tokens) in samples.enumerated() {
            for prefix in 0...6 {
                let seen = Array(tokens.prefix(prefix))
                let probability = Words.probability(seen, of: model)
                #expect(abs(results.logProbability[sequence][prefix] - log(probability)) < 1e-9)
                for token in 0..<source.schema.classes {
                    let next = Words.probability(seen + [token], of: model) / probability
                    #expect(abs(results.law[sequence][prefix][token] - next) < 1e-9)
                }
            }
        }
    }

    @Test(arguments: Sources.exchangeable)
    func lawsMultiplyToTheWordProbability(_ spec: String) throws {
        let source = try Sources().open(spec)
        let samples = try source.tokens(count: 100, length: 12)
        let results = try source.predictions(samples)
        for (sequence, tokens) in samples.enumerated() {
            var logarithm = 0.0
            for prefix in 0...12 {
                #expect(abs(results.logProbability[sequence][prefix] - logarithm) < 1e-9)
                #expect(abs(results.law[sequence][prefix].reduce(0, +) - 1) < 1e-12)
                if prefix < 12 { logarithm += log(results.law[sequence][prefix][tokens[prefix]]) }
            }
        }
    }

    /// Up to a size they are one hidden Markov model; one chain more, and they are tables.
    ///
    /// What K + 1 say beyond what K say must be the law of one stationary chain: p(w) = (K + 1) P_{K+1}(w) - K P_K(w).
    @Test(arguments: [(states: 4, order: 1, chains: 512), (states: 2, order: 2, chains: 724)])
    func manyChainsContinueTheFew(_ size: (states: Int, order: Int, chains: Int)) throws {
        func source(_ chains: Int) throws -> any Source {
            try Sources().open("markov-mixture(chains=\(chains), states=\(size.states), order=\(size.order))")
        }
        let (few, many) = (try source(size.chains), try source(size.chains + 1))
        #expect(few.hmm != nil && many.hmm == nil)
        let length = size.order + 2
        let words = Words.all(size.states, length: length)
        let (a, b) = (try few.predictions(words), try many.predictions(words))
        var law: [[Int]: Double] = [:]
        for (index, word) in words.enumerated() {
            for prefix in 0...length {
                let smaller = Double(size.chains) * exp(a.logProbability[index][prefix])
                let larger = Double(size.chains + 1) * exp(b.logProbability[index][prefix])
                law[Array(word.prefix(prefix))] = larger - smaller
            }
            #expect(b.posterior[index].allSatisfy { abs($0.reduce(0, +) - 1) < 1e-12 && $0.count == size.chains + 1 })
        }
        func p(_ word: ArraySlice<Int>) -> Double { law[Array(word)] ?? .nan }
        #expect(abs(p([]) - 1) < 1e-9)
        for word in words {
            // Stationary, and the last token depends on `order` tokens alone.
            #expect(abs((0..<size.states).reduce(0) { $0 + p([$1] + word.dropLast()) } - p(word.dropLast())) < 1e-9)
            let (before, after) = (word.dropLast(), word.dropFirst())
            #expect(p(word[...]) >= -1e-12)
            #expect(abs(p(word[...]) * p(after.dropLast()) - p(before) * p(after)) < 1e-9)
        }
    }

    @Test func mergedAndOpaqueMixturesAgree() throws {
        // A repeated block of period 1 is a coin that always falls on the same side, told through likelihoods alone.
        let opaque = try Sources().open(
            "mixture(repeated-block(vocabulary=2, period=1), golden-mean(p=0.4), weights=[0.6, 0.4])")
        let merged = try Sources().open(
            "mixture(coin(p=1), coin(p=0), golden-mean(p=0.4), weights=[0.3, 0.3, 0.4])")
        #expect(opaque.hmm == nil)
        #expect(merged.hmm != nil)
        let words = Words.all(2, length: 6)
        let (a, b) = (try opaque.predictions(words), try merged.predictions(words))
        for word in words.indices {
            for prefix in 0...6 {
                let (left, right) = (a.logProbability[word][prefix], b.logProbability[word][prefix])
                #expect(left == right || abs(left - right) < 1e-12)
                guard left > -.infinity else { continue }
                #expect(zip(a.law[word][prefix], b.law[word][prefix]).allSatisfy { abs($0 - $1) < 1e-12 })
                let posterior = b.posterior[word][prefix]
                #expect(abs(a.posterior[word][prefix][0] - posterior[0] - posterior[1]) < 1e-12)
            }
        }
    }

    @Test func tokensFollowTheVocabularyMaps() throws {
        let source = try Sources().open(
            "mixture(repeated-block(vocabulary=2, period=1), dirichlet-iid(vocabulary=2), vocabulary_maps=[[0, 2], [1, 2]])"
        )
        #expect(source.schema.classes == 3)
        let results = try source.predictions([[0, 0], [1, 2], [2, 2], [0, 1]])
        #expect(results.posterior[0][1] == [1, 0])
        #expect(results.posterior[1][1] == [0, 1])
        // P(2, 2) is 1/2 under the block and 1/2 * 2/3 under the die.
        #expect(abs(results.posterior[2][2][0] - 0.6) < 1e-12)
        #expect(results.logProbability[3][2] == -.infinity)
    }

    @Test(arguments: ["golden-mean(p=0.5)", "mixture(golden-mean, repeated-block(vocabulary=2, period=2))"])
    func afterAnImpossiblePrefixNothingIsKnown(_ spec: String) throws {
        let results = try Sources().open(spec).predictions([[0, 1, 1, 0, 1]])
        #expect(results.logProbability[0][2] > -.infinity)
        for prefix in 3...5 {
            #expect(results.logProbability[0][prefix] == -.infinity)
            #expect(results.law[0][prefix].allSatisfy { $0.isNaN })
        }
    }

    @Test func beginTokenMovesTheChildByOne() throws {
        for child in ["dursley-wonka(p=0.4, q=0.25)", "repeated-block(vocabulary=5, periods=[2, 3])"] {
            let (inner, outer) = (try Sources().open(child), try Sources().open("with-bos(\(child))"))
            let words = try inner.tokens(count: 20, length: 7)
            let (a, b) = (try inner.predictions(words), try outer.predictions(words.map { [5] + $0 }))
            for word in words.indices {
                #expect(b.law[word][0] == [0, 0, 0, 0, 0, 1])
                #expect(b.logProbability[word][1] == 0)
                #expect(b.posterior[word][0] == a.posterior[word][0])
                for prefix in 0...7 {
                    #expect(b.law[word][prefix + 1] == a.law[word][prefix] + [0])
                    #expect(b.posterior[word][prefix + 1] == a.posterior[word][prefix])
                    #expect(b.logProbability[word][prefix + 1] == a.logProbability[word][prefix])
                }
            }
            let wrong = try outer.predictions([[0, 1, 2], [5, 0, 5]])
            #expect(wrong.logProbability[0] == [0, -.infinity, -.infinity, -.infinity])
            #expect(wrong.logProbability[1][3] == -.infinity)
        }
    }

    @Test func tokenOutsideTheVocabularyIsRefused() throws {
        let source = try Sources().open("mess3")
        let failure = #expect(throws: PluginFailure.self) { try source.predictions([[0, 1, 3]]) }
        #expect(failure?.message.contains("token 3 at position 2 of sequence 0") == true)
    }

    @Test func longSequencesNeitherUnderflowNorDrift() throws {
        let source = try Sources().open("mess3(x=0.15, a=0.6)")
        let results = try source.predictions(try source.tokens(count: 1, length: 100_000))
        let last = try #require(results.logProbability[0].last)
        // The entropy rate is 1.08888821; the standard deviation of the mean over 10^5 tokens is below 0.001.
        #expect(abs(last / -100_000 - 1.088_888_21) < 0.005)
        #expect(abs(results.law[0][100_000].reduce(0, +) - 1) < 1e-12)
    }
}
