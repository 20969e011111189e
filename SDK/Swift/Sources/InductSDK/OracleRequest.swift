// SPDX-License-Identifier: Apache-2.0

import CInduct

/// A request for the Bayes-optimal predictions of given samples.
///
/// Results have `prefixes` rows for every sample: for next-token sources one for every prefix, the empty one first, so
/// length + 1; for other tasks one for every predicted position. After an impossible prefix the log-probability is
/// -infinity and the other results of that row are NaN.
public struct OracleRequest {
    /// Index of the view the samples are from.
    public let view: Int
    /// The seed they were made with.
    public let seed: UInt64
    /// How many samples.
    public let count: Int
    /// Items of a sample.
    public let length: Int
    /// Rows of the results for every sample.
    public let prefixes: Int
    /// The law of the next token, or of the target, `[count, prefixes, classes]`; nil: not wanted.
    ///
    /// Of a regression the posterior mean of the target, `[count, prefixes, outputs]`.
    public let predictive: UnsafeMutableBufferPointer<Double>?
    /// The belief, `[count, prefixes, beliefSize]`; nil: not wanted.
    public let belief: UnsafeMutableBufferPointer<Double>?
    /// The law of the component, `[count, prefixes, componentCount]`; nil: not wanted.
    public let posterior: UnsafeMutableBufferPointer<Double>?
    /// ln P(prefix) in nats, `[count, prefixes]`; nil: not wanted.
    public let logProbability: UnsafeMutableBufferPointer<Double>?
    private let tensors: UnsafePointer<UnsafePointer<induct_tensor>?>?
    private let tensorCount: Int

    /// The tensor that stands at `index` in the schema; nil when the host did not give it.
    public func tensor(_ index: Int) throws(InductError) -> Tensor? {
        guard index < tensorCount, let record = tensors?[index] else { return nil }
        return try Tensor(record)
    }

    /// The tensor "tokens" `[count, length]` of a next-token source.
    ///
    /// - Throws: when the host did not give it or a token lies outside `[0, vocabulary)`.
    public func tokens(vocabulary: Int) throws(InductError) -> UnsafeBufferPointer<Int32> {
        guard let tensor = try tensor(0) else {
            throw InductError(.invalidArgument, "the oracle needs the tensor 'tokens', which was not given")
        }
        let tokens = UnsafeBufferPointer(tensor.integers)
        for (index, token) in tokens.enumerated() where token < 0 || Int(token) >= vocabulary {
            throw InductError(
                .invalidArgument,
                "token \(token) at position \(index % max(1, length)) of sequence \(index / max(1, length)) lies outside "
                    + "[0, \(vocabulary))")
        }
        return tokens
    }

    init(
        _ pointer: UnsafePointer<induct_source_oracle_call>?, _ schema: Schema, beliefSize: Int, componentCount: Int
    ) throws(InductError) {
        guard let pointer else { throw InductError(.internal, "the host called the oracle without a call struct") }
        let call = readGrowable(pointer)
        guard call.length >= 0, call.length <= Int64(Int32.max), let count = Int(exactly: call.count) else {
            throw InductError(.outOfRange, "the length \(call.length) was asked for; it may be 0 to \(Int32.max)")
        }
        let length = Int(call.length)
        let prefixes = schema.prefixes(length: length)
        func results(_ start: UnsafeMutablePointer<Double>?, _ size: Int) -> UnsafeMutableBufferPointer<Double>? {
            start.map { UnsafeMutableBufferPointer(start: $0, count: count * prefixes * size) }
        }
        view = Int(call.view)
        seed = call.seed
        self.count = count
        self.length = length
        self.prefixes = prefixes
        predictive = results(call.predictive, schema.width)
        belief = beliefSize > 0 ? results(call.belief, beliefSize) : nil
        posterior = componentCount > 0 ? results(call.posterior, componentCount) : nil
        logProbability = results(call.log_probability, 1)
        tensors = call.tensors
        tensorCount = Int(call.tensor_count)
        for index in 0..<min(tensorCount, schema.tensors.count) {
            if let tensor = try tensor(index) {
                try schema.tensors[index].check(tensor, batch: count, length: length)
            }
        }
    }
}
