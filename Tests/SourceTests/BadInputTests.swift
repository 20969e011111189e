// SPDX-License-Identifier: Apache-2.0

import InductCore
import Testing

/// What cannot be meant is refused, and the message says what, where and what to do.
@Suite struct BadInputTests {
    typealias Refusal = (spec: String, says: [String])

    static let refusals: [Refusal] = [
        ("coin(p=1.5)", ["p"]),
        ("mess3(x=0.6)", ["x"]),
        ("sns(p=0, q=0)", ["sns", "2 closed classes", "stationary law is not unique", "choose"]),
        ("copy-back(n=2, a=1)", ["copy-back", "closed classes"]),
        ("mr-name(p=0.8, q=0.4)", ["mr-name", "p = 0.8", "q = 0.4", "more than 1"]),
        ("dursley-wonka(p=0.8, q=0.4)", ["dursley-wonka", "more than 1"]),
        ("teddy-bear(p=0.8, q=0.4)", ["teddy-bear", "more than 1"]),
        ("matching-parens(open_probs=[0.5, 0])", ["open_probs", "begin with 1"]),
        ("matching-parens(open_probs=[1, 0.5])", ["open_probs", "end with 0"]),
        ("mixture(coin, coin, weights=[0.5, 0.4])", ["weights sum to 0.9", "must sum to 1"]),
        ("mixture(coin, coin, weights=[1])", ["1 numbers for 2 sources"]),
        ("mixture(coin, vocabulary_maps=[[1, 1]])", ["collides"]),
        ("mixture(coin, vocabulary_maps=[[1, 2, 3]])", ["has 3 tokens", "has 2"]),
        ("mixture(coin, coin, vocabulary_maps=[[0, 1]])", ["1 lists for 2 sources"]),
        ("with-bos(with-bos(coin))", ["already has a begin-of-sequence token"]),
        ("repeated-block(period=2, periods=[3])", ["both period and periods"]),
        ("repeated-block(periods=[3, 3])", ["differ from each other"]),
        ("tom-quantum(beta=0)", ["tom-quantum", "beta must not be 0"]),
        ("fanizza(alpha=1, lambda=0.7)", ["fanizza", "choose lambda smaller"]),
        ("relabel(coin, map=[0])", ["relabel", "1 tokens", "has 2"]),
        ("switch(dirichlet-iid, p=0.1)", ["switch", "no hidden Markov model"]),
        ("product(with-bos(coin))", ["product", "put with-bos outside"]),
        ("dirichlet-markov(vocabulary=4096, order=3)", ["dirichlet-markov", "lower order"]),
        ("post-quantum(log_alpha=0)", ["post-quantum", "alpha > 1"]),
    ]

    @Test(arguments: refusals)
    func wrongParametersAreNamed(_ refusal: Refusal) throws {
        let sources = try Sources()
        let failure = #expect(throws: (any Error).self) { try sources.open(refusal.spec) }
        let message = failure.map { String(describing: $0) } ?? ""
        for part in refusal.says { #expect(message.contains(part), "\(message)") }
    }

    @Test func weightsMayMissOneByRounding() throws {
        _ = try Sources().open("mixture(coin(p=0.1), coin(p=0.2), coin(p=0.3), weights=[0.1, 0.2, 0.7000000005])")
    }

    @Test func boundaryParametersThatLeaveOneClassAreAccepted() throws {
        for spec in ["golden-mean(p=0)", "golden-mean(p=1)", "even(p=1)", "sns(p=0, q=0.5)", "coin(p=0)", "mess3(a=1)"]
        {
            let source = try Sources().open(spec)
            #expect(try source.tokens(count: 3, length: 5).allSatisfy { $0.allSatisfy { (0..<3).contains($0) } })
        }
    }
}
