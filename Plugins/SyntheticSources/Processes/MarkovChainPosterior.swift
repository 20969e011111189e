// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductSDK

/// The posterior over finitely many Markov chains, all equally likely at first, and the law of the next token under it.
///
/// Logarithms of likelihoods are added up, so that no chain is lost however long the evidence is against it.
struct MarkovChainPosterior: SourceOracle {
    let chains: MarkovChains
    /// The logarithms of its laws.
    private let logarithms: [[Double]]

    init(_ chains: MarkovChains) {
        self.chains = chains
        logarithms = chains.laws.map { $0.map { log($0) } }
    }

    /// The law of the chain itself.
    var beliefSize: Int { chains.count }
    var componentCount: Int { chains.count }

    func evaluate(_ request: OracleRequest) throws {
        let (size, count) = (chains.tokens, chains.count)
        let tokens = try request.tokens(vocabulary: size)
        var posterior = [Double](repeating: 0, count: count)
        for sample in 0..<request.count {
            var scores = [Double](repeating: -log(Double(count)), count: count)
            var place = 0
            for prefix in 0..<request.prefixes {
                let row = sample * request.prefixes + prefix
                let logarithm = Self.normalise(scores, into: &posterior)
                let isPossible = logarithm > -.infinity
                request.logProbability?[row] = logarithm
                for target in [request.belief, request.posterior] {
                    guard let target else { continue }
                    for chain in 0..<count { target[row * count + chain] = isPossible ? posterior[chain] : .nan }
                }
                if let law = request.predictive {
                    for token in 0..<size { law[row * size + token] = isPossible ? 0 : .nan }
                    for chain in 0..<count where isPossible && posterior[chain] > 0 {
                        let start = chains.row(of: chain, at: place, after: prefix) * size
                        let own = chains.laws[min(prefix, chains.order)]
                        for token in 0..<size { law[row * size + token] += posterior[chain] * own[start + token] }
                    }
                }
                guard prefix < request.length else { continue }
                let token = Int(tokens[sample * request.length + prefix])
                let own = logarithms[min(prefix, chains.order)]
                for chain in 0..<count {
                    scores[chain] += own[chains.row(of: chain, at: place, after: prefix) * size + token]
                }
                place = chains.place(place, followedBy: token)
            }
        }
    }

    /// The law that is proportional to the exponentials of the scores; the logarithm of their sum.
    private static func normalise(_ scores: [Double], into law: inout [Double]) -> Double {
        let greatest = scores.max() ?? -.infinity
        guard greatest > -.infinity else { return -.infinity }
        var total = 0.0
        for index in scores.indices {
            law[index] = exp(scores[index] - greatest)
            total += law[index]
        }
        for index in law.indices { law[index] /= total }
        return greatest + log(total)
    }
}
