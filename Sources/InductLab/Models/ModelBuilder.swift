// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// Turns an architecture's spec into a model: an opened architecture, or a tree of them under gates.
package struct ModelBuilder {
    private let opener: any PluginOpener

    package init(opener: any PluginOpener) { self.opener = opener }

    /// Opens everything the spec names for samples of `source` with `length` predicted positions.
    ///
    /// - Throws: `SpecError` where spec, source and architectures do not fit together, `PluginFailure` where a plugin
    ///   fails.
    package func build(_ spec: PluginSpec, source: any Source, length: Int) throws -> Model {
        let unbound = source.schema
        guard length >= 1 else { throw SpecError("length is \(length): a model predicts at least one position") }
        let needed = unbound.sourceLength(for: length)
        if let longest = unbound.maximumLength, needed > longest {
            throw SpecError(
                "\(source.spec) gives at most \(longest) items a sample, and length \(length) needs \(needed)")
        }
        let schema = unbound.bound(length: length)
        let tensors = try TensorRoles(schema, source: source.spec)
        var parameters: [ParameterDescription] = []
        let root = try node(spec, path: "", schema: schema, length: length, &parameters)
        return Model(root: root, schema: schema, length: length, parameters: parameters, tensors: tensors)
    }

    private func node(
        _ spec: PluginSpec, path: String, schema: Schema, length: Int, _ parameters: inout [ParameterDescription]
    ) throws -> ModelNode {
        guard spec.name == GatedSpec.name else {
            let architecture = try opener.architecture(spec, schema: schema, length: length)
            let isRegression = schema.task == .regression
            guard (architecture.output == .values) == isRegression else {
                throw SpecError(
                    "\(architecture.spec) gives \(architecture.output), which does not fit the source's task: it wants "
                        + (isRegression ? "values" : "logits or probabilities"),
                    position: spec.position)
            }
            return .leaf(try leaf(architecture, path: path, &parameters))
        }
        let gated = try GatedSpec(spec)
        var experts: [ModelNode] = []
        for (index, expert) in gated.experts.enumerated() {
            experts.append(
                try node(expert, path: "\(path)experts.\(index).", schema: schema, length: length, &parameters))
        }
        let gate = try opener.gate(gated.gate, schema: schema, length: length, experts: experts.count)
        guard gate.output == .probabilities else {
            throw SpecError(
                "\(gate.spec) gives \(gate.output): a gate gives probabilities", position: gated.gate.position)
        }
        return .gated(
            experts: experts, gate: try leaf(gate, path: "\(path)gate.", &parameters), training: gated.training)
    }

    private func leaf(
        _ architecture: any Architecture, path: String, _ parameters: inout [ParameterDescription]
    ) throws(SpecError) -> ModelLeaf {
        let first = parameters.count
        for var parameter in architecture.parameters {
            parameter.name = path + parameter.name
            parameters.append(parameter)
        }
        let range = first..<parameters.count
        let isTrained = parameters[range].contains(where: \.isTrained)
        guard architecture.isDifferentiable || !isTrained else {
            throw SpecError(
                "\(architecture.spec) has parameters to train but no backward pass: its plugin must freeze them or add one"
            )
        }
        return ModelLeaf(architecture: architecture, parameters: range, path: path, isTrained: isTrained)
    }
}
