// SPDX-License-Identifier: Apache-2.0

extension PluginSpec {
    /// The tree form: `{"name": ..., "children": [...], key: value, ...}`.
    package var json: JSON {
        var members = [JSON.Member(key: "name", value: .string(name))]
        if !children.isEmpty { members.append(.init(key: "children", value: .array(children.map(\.json)))) }
        members += arguments.map { .init(key: $0.key, value: $0.value.json) }
        return .object(members)
    }

    /// Reads the tree form, or a string that holds the text form.
    package init(json: JSON) throws(SpecError) { try self.init(tree: DocumentValue(json)) }
}

extension SpecValue {
    package var json: JSON {
        switch self {
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .boolean(let value): .bool(value)
        case .string(let value): .string(value)
        case .list(let values): .array(values.map(\.json))
        case .spec(let spec): spec.json
        }
    }

    /// Reads a value; an object is a spec, a string stays a string.
    package init(json: JSON) throws(SpecError) { try self.init(tree: DocumentValue(json), depth: 1) }
}
