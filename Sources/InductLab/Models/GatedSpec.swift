// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// The node `gated(expert, expert, ..., gate=..., training=joint|bilevel)`, read from a spec.
package struct GatedSpec: Sendable {
    /// The name that makes a spec a gated model.
    package static let name = "gated"

    /// What the node accepts, in the form that plugins use for their parts.
    package static let schema = """
        {"parameters": {
            "gate": {"type": "gate", "summary": "weighs the experts' predictions"},
            "training": {"type": "string", "values": ["joint", "bilevel"], "default": "joint",
                "summary": "joint: the mixture's loss trains all; bilevel: every expert its own loss, the gate theirs"}},
         "children": {"kind": "architecture", "minimum": 1, "maximum": 64},
         "examples": ["gated(transformer, transformer(layers=1), gate=mlp-gate)"]}
        """

    package let experts: [PluginSpec]
    package let gate: PluginSpec
    package let training: GateTraining

    /// - Throws: `SpecError` for what the node does not accept.
    package init(_ spec: PluginSpec) throws {
        let config = try ConfigSchema(parsing: Self.schema).resolve(spec)
        experts = config.children.filter { $0.key.isEmpty }.map(\.spec)
        guard let gate = config.children.first(where: { $0.key == "gate" })?.spec,
            let training = config.json["training"]?.string.flatMap(GateTraining.init(rawValue:))
        else { throw SpecError("gated needs a gate: write gated(expert, expert, gate=mlp-gate)") }
        self.gate = gate
        self.training = training
    }
}
