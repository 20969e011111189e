// SPDX-License-Identifier: Apache-2.0

import InductCore

/// A small task with made-up data, on which architectures, gates and evaluators are tried without any source.
struct MadeUpTask: Sendable {
    let name: String
    /// Bound to `length`.
    let schema: Schema
    let length: Int

    /// Numbers of experts that a gate is tried with, until it takes one.
    static let expertCounts = [3, 2, 4, 1]

    static let all = [text, labelledVectors, regression]

    static let text = MadeUpTask(
        name: "text",
        schema: Schema(
            task: .nextToken, loss: .crossEntropy,
            tensors: [
                TensorSchema(name: "tokens", type: .int32, role: .input, shape: [.batch, .length], limit: 5)
            ],
            classes: 5, positions: .length
        ).bound(length: 6),
        length: 6)

    static let labelledVectors = MadeUpTask(
        name: "labelled vectors",
        schema: Schema(
            task: .classification, loss: .crossEntropy,
            tensors: [
                TensorSchema(
                    name: "inputs", type: .float32, role: .input,
                    shape: [.batch, .constant(3), .constant(8)]),
                TensorSchema(
                    name: "labels", type: .int32, role: .input, shape: [.batch, .constant(2)], limit: 4),
                TensorSchema(name: "group", type: .int32, role: .key, shape: [.batch], limit: 3),
                TensorSchema(
                    name: "targets", type: .int32, role: .target, shape: [.batch, .constant(1)], limit: 4),
            ],
            classes: 4, positions: .constant(1)
        ).bound(length: 3),
        length: 3)

    static let regression = MadeUpTask(
        name: "regression",
        schema: Schema(
            task: .regression, loss: .squaredError,
            tensors: [
                TensorSchema(
                    name: "inputs", type: .float32, role: .input,
                    shape: [.batch, .constant(3), .constant(8)]),
                TensorSchema(
                    name: "targets", type: .float32, role: .target,
                    shape: [.batch, .constant(1), .constant(2)]),
            ],
            classes: 0, outputs: 2, positions: .constant(1)
        ).bound(length: 3),
        length: 3)

    /// Predicted positions P.
    var positions: Int { schema.positions.bound(batch: 0, length: length) }

    /// Random data of `count` samples.
    func batch(count: Int, words: inout RandomWords) -> Batch {
        let batch = Batch(schema: schema, count: count, length: length)
        for (tensor, description) in zip(batch.tensors, schema.tensors) {
            guard let tensor else { continue }
            if description.type == .int32 {
                for i in tensor.integers.indices { tensor.integers[i] = Int32(words.below(description.limit ?? 2)) }
            } else {
                for i in tensor.floats.indices { tensor.floats[i] = words.centred() }
            }
        }
        return batch
    }
}
