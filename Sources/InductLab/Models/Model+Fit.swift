// SPDX-License-Identifier: Apache-2.0

package import InductCore

extension Model {
    /// Checks that the model can be evaluated on another source than its own: the same task, classes and tensors.
    package func checkFit(_ source: any Source) throws(SpecError) {
        let other = source.schema.bound(length: length)
        guard other.task == schema.task, other.classes == schema.classes, other.outputs == schema.outputs else {
            throw SpecError(
                "the model was trained for \(schema.task) with \(schema.width) outputs, and \(source.spec) asks for "
                    + "\(other.task) with \(other.width)")
        }
        guard other.tensors == schema.tensors, other.positions == schema.positions else {
            throw SpecError("\(source.spec) delivers other tensors than the source the model was trained on")
        }
        let needed = source.schema.sourceLength(for: length)
        if let longest = source.schema.maximumLength, needed > longest {
            throw SpecError("\(source.spec) gives at most \(longest) items a sample, and the model needs \(needed)")
        }
    }
}
