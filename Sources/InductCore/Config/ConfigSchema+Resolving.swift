// SPDX-License-Identifier: Apache-2.0

/// A spec checked against its schema: what `create` of a plugin is given.
package struct ResolvedConfig: Equatable, Sendable {
    /// The complete object, in the schema's order, every value of its declared type; children are not in it.
    package var json: JSON
    /// The positional children, then those given by key, in the schema's order.
    package var children: [ResolvedChild]
}

extension ResolvedConfig {
    /// How the user would write the values, every one of them given; the children are not in it.
    package func spec(named name: String) -> PluginSpec {
        PluginSpec(
            name: name,
            arguments: (json.members ?? []).compactMap { member in
                (try? SpecValue(json: member.value)).map { PluginSpec.Argument(key: member.key, value: $0) }
            })
    }
}

/// A child to be opened before its parent.
package struct ResolvedChild: Equatable, Sendable {
    /// Empty for a positional child.
    package var key: String
    package var kind: PluginKind
    package var spec: PluginSpec
}

extension ConfigSchema {
    /// Checks a spec's parameters and children and fills in the defaults.
    ///
    /// Errors point into `text`, what the spec was read from, where it is given.
    ///
    /// - Throws: `SpecError` for an unknown parameter (with the nearest valid name), a missing one, a wrong type or range,
    ///   and too few or too many children.
    package func resolve(_ spec: PluginSpec, text: String? = nil) throws(SpecError) -> ResolvedConfig {
        let names = parameters.map(\.name)
        for argument in spec.arguments where !names.contains(argument.key) {
            throw SpecError(
                "\(spec.name) has no parameter '\(argument.key.prefix(80))'"
                    + (suggestion(for: argument.key, among: names).nonEmpty
                        ?? (names.isEmpty ? "; it takes none" : "; it takes \(names.joined(separator: ", "))")),
                text: text, position: argument.position)
        }
        var config: [JSON.Member] = []
        var resolved = try positional(spec, text: text)
        for parameter in parameters {
            let argument = spec.arguments.first { $0.key == parameter.name }
            let value: SpecValue
            if let argument {
                value = argument.value
            } else if let fallback = parameter.fallback {
                value = try SpecValue(json: fallback)
            } else if parameter.isOptional {
                continue
            } else {
                throw SpecError(
                    "\(spec.name) needs the parameter '\(parameter.name)', \(parameter.rule.expectation)",
                    text: text, position: spec.position)
            }
            do {
                switch try parameter.rule.resolve(value, name: parameter.name) {
                case .value(let json): config.append(.init(key: parameter.name, value: json))
                case .child(let kind, let child):
                    resolved.append(.init(key: parameter.name, kind: kind, spec: child))
                }
            } catch {
                throw SpecError(
                    "\(spec.name): \(error.message)", text: text, position: argument?.position ?? spec.position)
            }
        }
        return ResolvedConfig(json: .object(config), children: resolved)
    }

    private func positional(_ spec: PluginSpec, text: String?) throws(SpecError) -> [ResolvedChild] {
        guard let children else {
            guard spec.children.isEmpty else {
                throw SpecError(
                    "\(spec.name) takes no children: parameters are given by key, as in key=value", text: text,
                    position: spec.children.first?.position)
            }
            return []
        }
        let count = spec.children.count
        guard count >= children.minimum, count <= children.maximum ?? .max else {
            let most = children.maximum.map { $0 == children.minimum ? "" : " to \($0)" } ?? " or more"
            throw SpecError(
                "\(spec.name) takes \(children.minimum)\(most) children of kind \(children.kind.name), not \(count)",
                text: text, position: spec.position)
        }
        return spec.children.map { ResolvedChild(key: "", kind: children.kind, spec: $0) }
    }
}

extension ValueRule {
    /// A value that fits a rule.
    enum Resolved {
        case value(JSON)
        case child(PluginKind, PluginSpec)
    }

    /// Checks a value; numbers and integers become the declared type.
    func resolve(_ value: SpecValue, name: String) throws(SpecError) -> Resolved {
        func mismatch() -> SpecError {
            SpecError("'\(name)' must be \(expectation), not \(value.excerpt)")
        }
        switch self {
        case .number(let range):
            guard let number = value.double, range.contains(number) else { throw mismatch() }
            return .value(.number(number))
        case .integer(let range):
            guard let integer = value.integer, range.contains(Double(integer)) else { throw mismatch() }
            return .value(.integer(integer))
        case .boolean:
            guard let boolean = value.boolean else { throw mismatch() }
            return .value(.bool(boolean))
        case .string(let values):
            guard let text = value.text else { throw mismatch() }
            guard values?.contains(text) ?? true else {
                throw SpecError(mismatch().message + suggestion(for: text, among: values ?? []))
            }
            return .value(.string(text))
        case .array(let items, let minimum, let maximum):
            guard let list = value.list else { throw mismatch() }
            guard list.count >= minimum, list.count <= maximum ?? .max else {
                let most = maximum.map { $0 == minimum ? "" : " to \($0)" } ?? " or more"
                throw SpecError("'\(name)' must have \(minimum)\(most) items, not \(list.count)")
            }
            var resolved: [JSON] = []
            for (i, item) in list.enumerated() {
                guard case .value(let json) = try items.resolve(item, name: "\(name)[\(i)]") else { throw mismatch() }
                resolved.append(json)
            }
            return .value(.array(resolved))
        case .child(let kind):
            guard let spec = try value.spec() else { throw mismatch() }
            return .child(kind, spec)
        }
    }
}

extension SpecValue {
    /// The value, shortened, for messages.
    var excerpt: String {
        let text = description
        return text.count <= 60 ? text : "\(kind) \(text.prefix(60))..."
    }
}

extension String {
    /// Nil when empty.
    package var nonEmpty: String? { isEmpty ? nil : self }
}
