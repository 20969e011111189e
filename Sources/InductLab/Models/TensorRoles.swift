// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// Which tensors of a bound schema play which part in training.
package struct TensorRoles: Equatable, Sendable {
    package let inputs: [Int]
    package let target: Int
    /// nil: every predicted position counts alike.
    package let weight: Int?

    /// - Throws: `SpecError` for a schema that cannot be learned from.
    package init(_ schema: Schema, source: String) throws(SpecError) {
        let roles = schema.tensors.map(\.role)
        inputs = roles.indices.filter { roles[$0] == .input }
        let targets = roles.indices.filter { roles[$0] == .target }
        let weights = roles.indices.filter { roles[$0] == .weight }
        guard !inputs.isEmpty else { throw SpecError("\(source) delivers no input: there is nothing to predict from") }
        guard targets.count == 1, let target = targets.first else {
            throw SpecError("\(source) delivers \(targets.count) targets: a source to train on delivers exactly one")
        }
        guard weights.count <= 1 else {
            throw SpecError("\(source) delivers \(weights.count) weights: at most one says which positions count")
        }
        let expected: Loss = schema.task == .regression ? .squaredError : .crossEntropy
        guard schema.loss == expected else {
            throw SpecError("\(source) asks for a loss that does not fit its task: \(schema.loss) for \(schema.task)")
        }
        guard schema.tensors[target].type == (schema.task == .regression ? .float32 : .int32) else {
            throw SpecError(
                "the target of \(source) holds \(schema.tensors[target].type), which is not its task's type")
        }
        guard weights.allSatisfy({ schema.tensors[$0].type == .float32 }) else {
            throw SpecError("the weight of \(source) is not float32")
        }
        if schema.task == .nextToken {
            guard schema.tensors.contains(where: { $0.name == "tokens" && $0.role == .input && $0.type == .int32 })
            else {
                throw SpecError("\(source) predicts next tokens but delivers no int32 input named tokens")
            }
        }
        guard schema.width > 0 else { throw SpecError("\(source) predicts nothing: it has no classes and no outputs") }
        self.target = target
        weight = weights.first
    }
}
