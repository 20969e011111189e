// SPDX-License-Identifier: Apache-2.0

/// The parameters and children that a part of a plugin accepts: `config_schema` of abi.h.
package struct ConfigSchema: Equatable, Sendable {
    /// In the order of the schema.
    package var parameters: [Parameter] = []
    /// What positional children it takes; nil: none.
    package var children: Children?
    /// Specs that work as they are.
    package var examples: [String] = []

    /// A parameter given by key.
    package struct Parameter: Equatable, Sendable {
        package var name: String
        package var rule: ValueRule
        /// Taken when the parameter is not given; a child's default is a string, the text of its spec.
        package var fallback: JSON?
        /// Without a default: absent from the configuration when it is not given.
        package var isOptional: Bool
        /// One line.
        package var summary: String?
    }

    /// How many children, of which kind.
    package struct Children: Equatable, Sendable {
        package var kind: PluginKind
        package var minimum: Int
        package var maximum: Int?
    }
}

/// Which values a parameter accepts.
package indirect enum ValueRule: Equatable, Sendable {
    case number(Range)
    case integer(Range)
    case boolean
    /// nil: any string.
    case string(values: [String]?)
    case array(items: ValueRule, minimum: Int, maximum: Int?)
    /// A child given by key.
    case child(PluginKind)

    /// Limits of a number; nil: none.
    package struct Range: Equatable, Sendable {
        package var minimum: Double?
        package var maximum: Double?
        package var exclusiveMinimum: Double?
        package var exclusiveMaximum: Double?

        package init(
            minimum: Double? = nil, maximum: Double? = nil, exclusiveMinimum: Double? = nil,
            exclusiveMaximum: Double? = nil
        ) {
            self.minimum = minimum
            self.maximum = maximum
            self.exclusiveMinimum = exclusiveMinimum
            self.exclusiveMaximum = exclusiveMaximum
        }

        package func contains(_ value: Double) -> Bool {
            value >= minimum ?? -.infinity && value <= maximum ?? .infinity
                && value > exclusiveMinimum ?? -.infinity && value < exclusiveMaximum ?? .infinity
        }

        /// " of at least 0 and below 1", or nothing.
        package var description: String {
            let limits = [
                minimum.map { "at least \($0.plain)" }, exclusiveMinimum.map { "above \($0.plain)" },
                maximum.map { "at most \($0.plain)" }, exclusiveMaximum.map { "below \($0.plain)" },
            ].compactMap { $0 }
            return limits.isEmpty ? "" : " " + limits.joined(separator: " and ")
        }
    }

    /// What is expected, for messages: "an integer at least 1", "one of gelu, relu".
    package var expectation: String {
        switch self {
        case .number(let range): "a number\(range.description)"
        case .integer(let range): "an integer\(range.description)"
        case .boolean: "true or false"
        case .string(nil): "a string"
        case .string(let values?): "one of \(values.joined(separator: ", "))"
        case .array(let items, _, _): "a list, each item \(items.expectation)"
        case .child(let kind): kind == .architecture || kind == .evaluator ? "an \(kind.name)" : "a \(kind.name)"
        }
    }
}

extension Double {
    /// Without ".0" where the value is a whole number.
    var plain: String { Int64(exactly: self).map { String($0) } ?? description }
}
