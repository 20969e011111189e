// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductSDK

/// The predictor of a repeated block whose period is one of several, uniformly.
///
/// P(prefix of n, period m) = V^-min(n, m) / K while the prefix repeats with period m, else 0.
struct BlockPeriods: SourceOracle {
    let vocabulary: Int
    let periods: [Int]

    var componentCount: Int { periods.count > 1 ? periods.count : 0 }

    func evaluate(_ request: OracleRequest) throws {
        let tokens = try request.tokens(vocabulary: vocabulary)
        for sample in 0..<request.count {
            let sequence = UnsafeBufferPointer(
                rebasing: tokens[sample * request.length..<(sample + 1) * request.length])
            var alive = [Bool](repeating: true, count: periods.count)
            for prefix in 0..<request.prefixes {
                if prefix > 0 {
                    for (index, period) in periods.enumerated()
                    where prefix > period && sequence[prefix - 1] != sequence[prefix - 1 - period] {
                        alive[index] = false
                    }
                }
                write(sequence, prefix, alive, request, sample * request.prefixes + prefix)
            }
        }
    }

    private func write(
        _ sequence: UnsafeBufferPointer<Int32>, _ prefix: Int, _ alive: [Bool], _ request: OracleRequest, _ row: Int
    ) {
        // Every weight is a power of 1 / V; the shortest living period has the greatest.
        let exponents = periods.map { min(prefix, $0) }
        guard let least = periods.indices.filter({ alive[$0] }).map({ exponents[$0] }).min() else {
            request.logProbability?[row] = -.infinity
            if let law = request.predictive { for token in 0..<vocabulary { law[row * vocabulary + token] = .nan } }
            if let law = request.posterior, componentCount > 0 {
                for index in periods.indices { law[row * periods.count + index] = .nan }
            }
            return
        }
        let weights = periods.indices.map { index in
            alive[index] ? pow(Double(vocabulary), Double(least - exponents[index])) : 0
        }
        let total = weights.reduce(0, +)
        request.logProbability?[row] =
            log(total / Double(periods.count)) - Double(least) * log(Double(vocabulary))
        if let law = request.posterior, componentCount > 0 {
            for index in periods.indices { law[row * periods.count + index] = weights[index] / total }
        }
        guard let law = request.predictive else { return }
        let unknown = periods.indices.filter { prefix < periods[$0] }.map { weights[$0] / total }.reduce(0, +)
        for token in 0..<vocabulary { law[row * vocabulary + token] = unknown / Double(vocabulary) }
        for (index, period) in periods.enumerated() where prefix >= period {
            law[row * vocabulary + Int(sequence[prefix - period])] += weights[index] / total
        }
    }
}
