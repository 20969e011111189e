// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// The Bayes-optimal predictor of a plugin's source; induct.source.oracle/1.
final class PluginOracle: SourceOracle, @unchecked Sendable {
    let beliefSize: Int
    let componentCount: Int
    let instance: SourceInstance
    private let schema: Schema
    private let evaluateCall: Evaluate

    typealias Evaluate =
        @convention(c) (
            UnsafePointer<induct_source>?, UnsafePointer<induct_source_oracle_call>?,
            UnsafeMutablePointer<induct_error>?
        ) -> induct_status

    /// Longest belief and most components that are accepted.
    private static let mostNumbers: UInt32 = 1 << 24
    /// How far a law may be from summing to 1, and below 0.
    private static let tolerance = 1e-6

    init(
        _ pointer: UnsafePointer<induct_source_oracle>, instance: SourceInstance, schema: Schema
    ) throws(TableDefect) {
        let table = try Negotiation.read(pointer, "induct_source_oracle", minimum: 24)
        guard let evaluate = table.evaluate else { throw TableDefect("the evaluate of its oracle is NULL") }
        guard table.belief_size <= Self.mostNumbers, table.component_count <= Self.mostNumbers else {
            throw TableDefect(
                "its oracle has beliefs of \(table.belief_size) and \(table.component_count) components; at most "
                    + "\(Self.mostNumbers) are possible")
        }
        beliefSize = Int(table.belief_size)
        componentCount = Int(table.component_count)
        evaluateCall = evaluate
        self.instance = instance
        self.schema = schema
    }

    func evaluate(_ batch: Batch, view: Int, seed: UInt64, into results: OracleResults) throws(PluginFailure) {
        let prefixes =
            schema.task == .nextToken ? batch.length + 1 : schema.positions.bound(batch: 1, length: batch.length)
        check(results.predictive, [batch.count, prefixes, schema.width])
        check(results.belief, [batch.count, prefixes, beliefSize])
        check(results.posterior, [batch.count, prefixes, componentCount])
        check(results.logProbability, [batch.count, prefixes])
        let failure: PluginFailure? = TensorTable.with(
            count: batch.tensors.count, { i in batch.tensors[i].map { TensorTable.Rows($0.slice) } },
            { tensors in
                var call = induct_source_oracle_call()
                call.struct_size = UInt32(MemoryLayout<induct_source_oracle_call>.size)
                call.view = UInt32(view)
                call.seed = seed
                call.count = UInt64(batch.count)
                call.length = Int64(batch.length)
                call.tensor_count = UInt32(batch.tensors.count)
                let count = batch.tensors.count
                call.predictive = results.predictive?.doubles.baseAddress
                call.belief = results.belief?.doubles.baseAddress
                call.posterior = results.posterior?.doubles.baseAddress
                call.log_probability = results.logProbability?.doubles.baseAddress
                return tensors.withMemoryRebound(to: UnsafePointer<induct_tensor>?.self, capacity: count) {
                    call.tensors = UnsafePointer($0)
                    do throws(PluginFailure) {
                        try evaluate(call)
                        return nil
                    } catch {
                        return error
                    }
                }
            })
        if let failure { throw failure }
        if schema.task != .regression { try checkLaws(results.predictive, "law") }
        try checkLaws(results.posterior, "posterior")
    }

    /// Every row is a law, or NaN throughout, as after an impossible prefix.
    private func checkLaws(_ tensor: Tensor?, _ name: String) throws(PluginFailure) {
        guard let tensor, let width = tensor.shape.last, width > 0 else { return }
        let rows = tensor.shape[1]
        for row in 0..<tensor.count / width {
            let law = tensor.doubles[row * width..<(row + 1) * width]
            var (sum, least) = (0.0, 0.0)
            for value in law { (sum, least) = (sum + value, min(least, value)) }
            if abs(sum - 1) <= Self.tolerance, least >= -Self.tolerance { continue }
            guard law.allSatisfy(\.isNaN) else {
                throw instance.gate.failure(
                    "oracle",
                    message: "row \(row % rows) of the \(name) for sample \(row / rows) is none: its numbers sum to "
                        + "\(sum), the least is \(law.min() ?? 0)")
            }
        }
    }

    /// A call as the ABI says it; for the host's own and for those of parents in other plugins.
    func evaluate(_ call: induct_source_oracle_call) throws(PluginFailure) {
        guard call.tensor_count == schema.tensors.count, call.tensors != nil, call.length >= 0 else {
            throw instance.gate.failure(
                "oracle", status: INDUCT_INVALID_ARGUMENT,
                message: "the call does not fit the source: \(call.tensor_count) tensors, length \(call.length)")
        }
        let handle = instance.handle
        let function = evaluateCall
        try withUnsafePointer(to: call) { pointer throws(PluginFailure) in
            try instance.gate.run("oracle", isFrequent: true) { function(handle, pointer, $0) }
        }
    }

    private func check(_ tensor: Tensor?, _ shape: [Int]) {
        precondition(
            tensor == nil || tensor?.shape == shape && tensor?.type == .float64, "an oracle's results are \(shape)")
    }
}
