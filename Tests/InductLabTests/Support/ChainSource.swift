// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore

/// A cyclic chain of `vocabulary` tokens: the next one follows with probability 0.7, else any is drawn.
final class ChainSource: Source {
    let vocabulary: Int
    let finite: UInt64?
    /// Fails in `fill` from this sample on.
    let failsAt: UInt64?

    init(vocabulary: Int, finite: UInt64? = nil, failsAt: UInt64? = nil) {
        self.vocabulary = vocabulary
        self.finite = finite
        self.failsAt = failsAt
    }

    var spec: String { "chain(vocabulary=\(vocabulary))" }
    var schema: Schema {
        Schema(
            task: .nextToken, loss: .crossEntropy,
            tensors: [
                TensorSchema(
                    name: "tokens", type: .int32, role: .input, shape: [.batch, .length], limit: vocabulary),
                TensorSchema(name: "age", type: .int32, role: .info, shape: [.batch, .length]),
            ], classes: vocabulary, positions: .length)
    }
    var views: [SourceView] { [SourceView(name: "train", count: finite), SourceView(name: "test", count: nil)] }
    var oracle: (any SourceOracle)? { self }
    var theory: (any SourceTheory)? { nil }
    var hmm: SourceHMM? { nil }

    /// The law of the token after another.
    func law(after token: Int?) -> [Double] {
        (0..<vocabulary).map { next in
            let noise = 0.3 / Double(vocabulary)
            guard let token else { return 1 / Double(vocabulary) }
            return next == (token + 1) % vocabulary ? 0.7 + noise : noise
        }
    }

    func token(_ sample: UInt64, _ position: Int, view: Int, seed: UInt64, previous: Int?) -> Int {
        let u = Double(ScalarKernels.uniform(seed, UInt32(view) << 16 | 1, sample, position))
        var rest = u
        for (token, probability) in law(after: previous).enumerated() {
            rest -= probability
            if rest < 0 { return token }
        }
        return vocabulary - 1
    }

    func fill(_ batch: Batch, rows: Range<Int>, view: Int, seed: UInt64, first: UInt64) throws(PluginFailure) {
        for row in rows {
            let sample = first + UInt64(row - rows.lowerBound)
            if let failsAt, sample >= failsAt {
                throw PluginFailure(plugin: "chain", call: "fill", status: 13, message: "no sample \(sample)")
            }
            var previous: Int?
            for position in 0..<batch.length {
                let token = token(sample, position, view: view, seed: seed, previous: previous)
                batch.tensors[0]?.integers[row * batch.length + position] = Int32(token)
                batch.tensors[1]?.integers[row * batch.length + position] = Int32(position)
                previous = token
            }
        }
    }
}

extension ChainSource: SourceOracle {
    var beliefSize: Int { 1 }
    var componentCount: Int { 0 }

    func evaluate(_ batch: Batch, view: Int, seed: UInt64, into results: OracleResults) throws(PluginFailure) {
        guard let tokens = batch.tensors[0]?.integers else { return }
        for row in 0..<batch.count {
            for prefix in 0...batch.length {
                let token = prefix == 0 ? nil : Int(tokens[row * batch.length + prefix - 1])
                for (x, p) in law(after: token).enumerated() {
                    results.predictive?.doubles[(row * (batch.length + 1) + prefix) * vocabulary + x] = p
                }
                results.belief?.doubles[row * (batch.length + 1) + prefix] = Double(prefix)
            }
        }
    }
}
