// SPDX-License-Identifier: Apache-2.0

extension PluginSpec: CustomStringConvertible {
    /// The canonical text: children first, then the parameters in the order written; reads back to the same spec.
    package var description: String {
        guard !children.isEmpty || !arguments.isEmpty else { return name }
        let items = children.map(\.description) + arguments.map { "\($0.key)=\($0.value)" }
        return "\(name)(\(items.joined(separator: ", ")))"
    }
}

extension SpecValue: CustomStringConvertible {
    /// The value as it stands behind `key=`; reads back to the same value.
    package var description: String {
        switch self {
        case .integer(let value): String(value)
        case .number(let value): value.description
        case .boolean(let value): String(value)
        case .string(let value): JSON.string(value).text
        case .list(let values): "[\(values.map(\.description).joined(separator: ", "))]"
        case .spec(let spec): spec.description
        }
    }
}
