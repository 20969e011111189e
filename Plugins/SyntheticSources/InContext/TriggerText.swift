// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductSDK

/// The rows and triggers of a text, and the exact law of every token: for each trigger the posterior of its successor is
/// uniform until the first one has been seen, then certain.
struct TriggerText: SourceOracle {
    let vocabulary: Int
    /// P(next | token), `[vocabulary][vocabulary]`; the rows of triggers are not used.
    let rows: [[Double]]
    /// In ascending order.
    let triggers: [Int]
    /// The tokens that are no triggers.
    let plain: [Int]
    /// Which trigger a token is; nil: none.
    let triggerOfToken: [Int?]
    private let thresholds: ThresholdRows

    init(rows: [[Double]], triggers: [Int]) {
        self.rows = rows
        self.triggers = triggers
        vocabulary = rows.count
        plain = rows.indices.filter { !triggers.contains($0) }
        triggerOfToken = rows.indices.map { triggers.firstIndex(of: $0) }
        thresholds = ThresholdRows(rows.flatMap { $0 }, size: rows.count)
    }

    /// The token after one that is no trigger, picked by a word.
    func follower(of token: Int, _ word: UInt32) -> Int { thresholds.pick(word, row: token) }

    func evaluate(_ request: OracleRequest) throws {
        let tokens = try request.tokens(vocabulary: vocabulary)
        var successors = [Int?](repeating: nil, count: triggers.count)
        for sample in 0..<request.count {
            for trigger in successors.indices { successors[trigger] = nil }
            var logarithm = 0.0
            for prefix in 0..<request.prefixes {
                let row = sample * request.prefixes + prefix
                let last = prefix > 0 ? Int(tokens[sample * request.length + prefix - 1]) : nil
                let trigger = last.flatMap { triggerOfToken[$0] }
                func chance(_ token: Int) -> Double {
                    guard let last else { return 1 / Double(vocabulary) }
                    guard let trigger else { return rows[last][token] }
                    if let known = successors[trigger] { return known == token ? 1 : 0 }
                    return triggerOfToken[token] == nil ? 1 / Double(plain.count) : 0
                }
                let possible = logarithm > -.infinity
                request.logProbability?[row] = logarithm
                if let law = request.predictive {
                    for token in 0..<vocabulary { law[row * vocabulary + token] = possible ? chance(token) : .nan }
                }
                guard prefix < request.length, possible else { continue }
                let token = Int(tokens[sample * request.length + prefix])
                logarithm += log(chance(token))
                if let trigger { successors[trigger] = token }
            }
        }
    }
}
