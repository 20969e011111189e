// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// An int32 tensor of a schema that says something about each sample: its group, its key, whether its context is relevant.
struct SampleFact: Sendable {
    /// Index in the schema.
    let index: Int
    /// Numbers of a sample.
    let width: Int
    /// Values lie in `[0, limit)`; nil where the schema does not say.
    let limit: Int?

    /// The tensor of that name, of the roles info or key; nil where there is none.
    init?(_ name: String, in schema: Schema) {
        self.init(schema) { $0.name == name }
    }

    /// The first tensor of role key; nil where there is none.
    init?(keyIn schema: Schema) {
        self.init(schema) { $0.role == .key }
    }

    private init?(_ schema: Schema, where holds: (TensorSchema) -> Bool) {
        let found = schema.tensors.firstIndex {
            $0.type == .int32 && ($0.role == .info || $0.role == .key) && holds($0)
        }
        guard let found else { return nil }
        index = found
        width = schema.tensors[found].shape.dropFirst().reduce(1) { $0 * $1.bound(batch: 1, length: 1) }
        limit = schema.tensors[found].limit
    }

    /// The numbers of a batch, `[count, width]`.
    func values(_ batch: borrowing EvaluationBatch) throws(InductError) -> UnsafePointer<Int32> {
        guard let values = batch.integers(index) else {
            throw InductError(.internal, "the host did not give tensor \(index) of the schema")
        }
        return values
    }
}
