// SPDX-License-Identifier: Apache-2.0

/// The value of a parameter.
package indirect enum SpecValue: Equatable, Sendable {
    case integer(Int64)
    case number(Double)
    case boolean(Bool)
    case string(String)
    case list([SpecValue])
    /// A bare word reads as a spec without children and parameters.
    case spec(PluginSpec)
}

extension SpecValue {
    /// An integer or a number.
    package var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// An integer, also one written as 1e3 or 64.0.
    package var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): abs(value) <= 0x1p53 ? Int64(exactly: value) : nil
        default: nil
        }
    }

    package var boolean: Bool? {
        guard case .boolean(let value) = self else { return nil }
        return value
    }

    /// A string in quotes, or a bare word.
    package var text: String? {
        switch self {
        case .string(let value): value
        case .spec(let spec) where spec.children.isEmpty && spec.arguments.isEmpty: spec.name
        default: nil
        }
    }

    package var list: [SpecValue]? {
        guard case .list(let values) = self else { return nil }
        return values
    }

    /// A spec, also one written as a string.
    package func spec() throws(SpecError) -> PluginSpec? {
        switch self {
        case .spec(let spec): spec
        case .string(let text): try PluginSpec(parsing: text)
        default: nil
        }
    }

    /// What kind of value this is, for messages: "an integer", "a list".
    package var kind: String {
        switch self {
        case .integer: "an integer"
        case .number: "a number"
        case .boolean: "a boolean"
        case .string: "a string"
        case .list: "a list"
        case .spec: "a spec"
        }
    }
}
