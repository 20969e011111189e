// SPDX-License-Identifier: Apache-2.0

/// Samples of a source, one tensor for each entry of its schema.
package final class Batch: Sendable {
    package let schema: Schema
    package let count: Int
    /// The value of the symbol `length`.
    package let length: Int
    /// In the schema's order; nil where it was not wanted.
    package let tensors: [Tensor?]

    /// Room for `count` samples of `length`, of the tensors that `wanted` accepts.
    package init(schema: Schema, count: Int, length: Int, wanted: (TensorSchema) -> Bool = { _ in true }) {
        self.schema = schema
        self.count = count
        self.length = length
        tensors = schema.tensors.map {
            wanted($0) ? Tensor($0.type, $0.shape.map { $0.bound(batch: count, length: length) }, for: .samples) : nil
        }
    }

    /// Takes tensors made elsewhere, in the schema's order.
    package init(schema: Schema, count: Int, length: Int, tensors: [Tensor?]) {
        precondition(tensors.count == schema.tensors.count, "one tensor for each entry of the schema")
        self.schema = schema
        self.count = count
        self.length = length
        self.tensors = tensors
    }

    package subscript(name: String) -> Tensor? { schema.index(of: name).flatMap { tensors[$0] } }
}
