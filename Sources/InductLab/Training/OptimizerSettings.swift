// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// An optimiser and its parameters: `adam`, `adamw` or `sgd`.
package struct OptimizerSettings: Equatable, Sendable {
    package enum Rule: Equatable, Sendable {
        /// Adam adds decay to the gradient, AdamW takes it off the parameter apart from the gradient.
        case adam(beta1: Double, beta2: Double, epsilon: Double, isDecoupled: Bool)
        case sgd(momentum: Double, isNesterov: Bool)
    }

    package let rule: Rule
    package let learningRate: Double
    /// Of the parameters that their architecture lets decay.
    package let decay: Double
    /// The spec with every parameter given.
    package let resolved: PluginSpec

    /// The optimisers and what they accept.
    package static let schemas: [(name: String, schema: String)] = [
        ("adam", adamSchema(decay: "0")), ("adamw", adamSchema(decay: "0.01")), ("sgd", sgdSchema),
    ]

    /// - Throws: `SpecError` for an unknown name or parameter, a wrong type or range.
    package init(_ spec: PluginSpec) throws {
        guard let schema = Self.schemas.first(where: { $0.name == spec.name })?.schema else {
            throw SpecError.unknown("optimizer", spec, among: Self.schemas.map(\.name))
        }
        let settings = try ConfigSchema(parsing: schema).resolve(spec)
        let config = settings.json
        func number(_ key: String) -> Double { config[key]?.double ?? 0 }
        // The kernel takes floats, and 1 - .999 of floats is 1.3e-5 off: the corrections must be those of the floats too.
        func beta(_ key: String) -> Double { Double(min(Float(number(key)), Float(1).nextDown)) }
        if spec.name == "sgd" {
            rule = .sgd(momentum: number("momentum"), isNesterov: config["nesterov"]?.bool ?? false)
        } else {
            rule = .adam(
                beta1: beta("beta1"), beta2: beta("beta2"), epsilon: number("epsilon"),
                isDecoupled: spec.name == "adamw")
        }
        learningRate = number("learning_rate")
        decay = number("decay")
        resolved = settings.spec(named: spec.name)
    }

    private static func adamSchema(decay: String) -> String {
        """
        {"parameters": {
            "learning_rate": {"type": "number", "minimum": 0, "default": 0.001},
            "beta1": {"type": "number", "minimum": 0, "exclusive_maximum": 1, "default": 0.9},
            "beta2": {"type": "number", "minimum": 0, "exclusive_maximum": 1, "default": 0.999},
            "epsilon": {"type": "number", "exclusive_minimum": 0, "default": 1e-8},
            "decay": {"type": "number", "minimum": 0, "default": \(decay)}}}
        """
    }

    private static let sgdSchema = """
        {"parameters": {
            "learning_rate": {"type": "number", "minimum": 0, "default": 0.1},
            "momentum": {"type": "number", "minimum": 0, "exclusive_maximum": 1, "default": 0},
            "nesterov": {"type": "boolean", "default": false},
            "decay": {"type": "number", "minimum": 0, "default": 0}}}
        """
}

extension SpecError {
    /// A name that is none of `names`.
    static func unknown(_ what: String, _ spec: PluginSpec, among names: [String]) -> SpecError {
        let near = suggestion(for: spec.name, among: names)
        let help = near.isEmpty ? "; there are \(names.joined(separator: ", "))" : near
        return SpecError("there is no \(what) '\(spec.name)'\(help)", position: spec.position)
    }
}
