// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductSDK

/// Bayes' rule over children that can only score: P(k | prefix) is proportional to w_k P_k(prefix), and the next token's
/// law is that of the children in these proportions.
struct MixtureOracle: SourceOracle {
    /// Numbers that a block of sequences may need for one child's laws.
    private static let numbersPerBlock = 1 << 18

    let parts: MixtureParts
    var componentCount: Int { parts.children.count > 1 ? parts.children.count : 0 }

    func evaluate(_ request: OracleRequest) throws {
        let tokens = try request.tokens(vocabulary: parts.vocabulary)
        let widest = parts.children.map(\.schema.classes).max() ?? 1
        let block = max(1, Self.numbersPerBlock / (request.prefixes * widest * parts.children.count))
        var first = 0
        while first < request.count {
            let samples = first..<min(request.count, first + block)
            let scores = try parts.children.indices.map { try score($0, tokens, samples, request) }
            for row in 0..<samples.count * request.prefixes {
                combine(scores, row, into: request, first * request.prefixes + row)
            }
            first = samples.upperBound
        }
    }

    /// What one child says about a block of sequences, row by row.
    private struct Score {
        /// ln P(prefix), `[samples, prefixes]`.
        var logProbability: [Double]
        /// The next token's law, `[samples, prefixes, classes of the child]`; empty when not wanted.
        var predictive: [Double]
    }

    private func score(
        _ index: Int, _ tokens: UnsafeBufferPointer<Int32>, _ samples: Range<Int>, _ request: OracleRequest
    ) throws(InductError) -> Score {
        let child = parts.children[index]
        guard let oracle = child.oracle else { throw InductError(.internal, "'\(child.spec)' lost its oracle") }
        var inverse = [Int32](repeating: -1, count: parts.vocabulary)
        for (token, mapped) in parts.maps[index].enumerated() { inverse[mapped] = Int32(token) }
        let length = request.length
        var own = [Int32](repeating: 0, count: max(1, samples.count * length))
        var score = Score(
            logProbability: [Double](repeating: 0, count: samples.count * request.prefixes),
            predictive: request.predictive == nil
                ? [] : [Double](repeating: 0, count: samples.count * request.prefixes * child.schema.classes))
        for position in 0..<samples.count * length {
            own[position] = max(0, inverse[Int(tokens[samples.lowerBound * length + position])])
        }
        let wantsLaw = !score.predictive.isEmpty
        try own.withUnsafeBufferPointer { own throws(InductError) in
            try score.logProbability.withUnsafeMutableBufferPointer { logProbability throws(InductError) in
                try score.predictive.withUnsafeMutableBufferPointer { predictive throws(InductError) in
                    guard let start = own.baseAddress else { return }
                    try oracle.evaluate(
                        tokens: start, schema: child.schema, view: request.view,
                        seed: derivedSeed(request.seed, salt: UInt64(index) + 1), count: samples.count, length: length,
                        predictive: wantsLaw ? predictive.baseAddress : nil, logProbability: logProbability.baseAddress)
                }
            }
        }
        // From a token on that the child does not have, its likelihood is 0.
        for sample in 0..<samples.count {
            let row = tokens[((samples.lowerBound + sample) * length)..<((samples.lowerBound + sample + 1) * length)]
            guard let foreign = row.firstIndex(where: { inverse[Int($0)] < 0 }) else { continue }
            for prefix in (foreign - row.startIndex + 1)..<request.prefixes {
                score.logProbability[sample * request.prefixes + prefix] = -.infinity
            }
        }
        return score
    }

    private func combine(_ scores: [Score], _ row: Int, into request: OracleRequest, _ target: Int) {
        let classes = parts.vocabulary
        let joint = scores.indices.map { log(parts.weights[$0]) + scores[$0].logProbability[row] }
        let greatest = joint.max() ?? -.infinity
        guard greatest > -.infinity else {
            if let law = request.predictive { for token in 0..<classes { law[target * classes + token] = .nan } }
            if let law = request.posterior { for index in joint.indices { law[target * joint.count + index] = .nan } }
            request.logProbability?[target] = -.infinity
            return
        }
        let relative = joint.map { exp($0 - greatest) }
        let total = relative.reduce(0, +)
        request.logProbability?[target] = greatest + log(total)
        if let law = request.posterior {
            for index in joint.indices { law[target * joint.count + index] = relative[index] / total }
        }
        guard let law = request.predictive else { return }
        for token in 0..<classes { law[target * classes + token] = 0 }
        for index in scores.indices where relative[index] > 0 {
            let map = parts.maps[index]
            for token in map.indices {
                law[target * classes + map[token]] +=
                    relative[index] / total * scores[index].predictive[row * map.count + token]
            }
        }
    }
}
