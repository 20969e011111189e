// SPDX-License-Identifier: Apache-2.0

extension ConfigSchema {
    /// The most parameters, examples and allowed strings that a schema may list.
    private static let maximumCount = 1000
    /// The deepest nesting of arrays in arrays.
    private static let maximumDepth = 8
    /// The longest schema, in bytes: INDUCT_MAX_DOCUMENT of abi.h.
    package static let maximumSize = 1 << 20

    /// Reads the JSON of a descriptor; nil means no parameters and no children.
    ///
    /// Keys that this version does not know are passed over, so that a newer plugin can say more.
    ///
    /// - Throws: `SpecError` that says which part of the schema is wrong.
    package init(parsing text: String?) throws(SpecError) {
        guard let text else {
            try self.init(JSON.object([]))
            return
        }
        guard text.utf8.count <= Self.maximumSize else {
            throw SpecError("the config schema has \(text.utf8.count) bytes, at most \(Self.maximumSize) are read")
        }
        let json: JSON
        do { json = try JSON(parsing: text) } catch { throw SpecError("the config schema is no JSON: \(error)") }
        try self.init(json)
    }

    /// Reads the parsed form.
    package init(_ json: JSON) throws(SpecError) {
        guard json.members != nil else { throw Self.wrong("it", "an object") }
        if let parameters = json["parameters"] {
            guard let members = parameters.members else { throw Self.wrong("parameters", "an object") }
            guard members.count <= Self.maximumCount else {
                throw SpecError(
                    "the config schema has \(members.count) parameters, at most \(Self.maximumCount) are read")
            }
            for member in members { self.parameters.append(try Self.parameter(member)) }
        }
        if let children = json["children"], !children.isNull { self.children = try Self.children(children) }
        if let examples = json["examples"] { self.examples = try Self.strings(examples, "examples") }
    }

    private static func wrong(_ what: String, _ expectation: String) -> SpecError {
        SpecError("in the config schema, \(what) must be \(expectation)")
    }

    private static func children(_ json: JSON) throws(SpecError) -> Children {
        guard let kind = json["kind"]?.string.flatMap(PluginKind.init(name:)) else {
            throw wrong("children.kind", "source, architecture, gate or evaluator")
        }
        let minimum = try count(json, "minimum", in: "children")
        let maximum = try count(json, "maximum", in: "children")
        let children = Children(kind: kind, minimum: minimum ?? 0, maximum: maximum)
        guard children.minimum <= maximum ?? .max else { throw wrong("children.maximum", "at least children.minimum") }
        return children
    }

    private static func parameter(_ member: JSON.Member) throws(SpecError) -> Parameter {
        let name = member.key
        guard SpecName.isKey(name), !SpecName.reservedKeys.contains(name) else {
            throw wrong("the parameter name '\(name.prefix(80))'", "snake_case and neither 'name' nor 'children'")
        }
        let json = member.value
        let rule = try self.rule(json, name, depth: 0)
        let parameter = Parameter(
            name: name, rule: rule, fallback: json["default"].flatMap { $0.isNull ? nil : $0 },
            isOptional: try flag(json, "optional", in: name),
            summary: json["summary"]?.string)
        if let fallback = parameter.fallback {
            do {
                _ = try rule.resolve(SpecValue(json: fallback), name: name)
            } catch {
                throw SpecError("in the config schema, the default of \(name) is wrong: \(error.message)")
            }
        }
        return parameter
    }

    private static func rule(_ json: JSON, _ name: String, depth: Int) throws(SpecError) -> ValueRule {
        guard let type = json["type"]?.string else { throw wrong("\(name).type", "a string") }
        switch type {
        case "number": return .number(try range(json, name))
        case "integer": return .integer(try range(json, name))
        case "boolean": return .boolean
        case "string":
            guard let values = json["values"] else { return .string(values: nil) }
            let strings = try strings(values, "\(name).values")
            guard !strings.isEmpty else { throw wrong("\(name).values", "a list of at least one string") }
            return .string(values: strings)
        case "array":
            guard let items = json["items"] else { throw wrong("\(name).items", "given") }
            guard depth < maximumDepth else { throw wrong(name, "nested at most \(maximumDepth) deep") }
            let rule = try rule(items, "\(name).items", depth: depth + 1)
            if case .child = rule { throw wrong("\(name).items", "no child: children are given one by one") }
            let minimum = try count(json, "minimum_items", in: name) ?? 0
            let maximum = try count(json, "maximum_items", in: name)
            guard minimum <= maximum ?? .max else { throw wrong("\(name).maximum_items", "at least minimum_items") }
            return .array(items: rule, minimum: minimum, maximum: maximum)
        default:
            if let kind = PluginKind(name: type) { return .child(kind) }
            let types = ["number", "integer", "boolean", "string", "array"] + PluginKind.allCases.map(\.name)
            throw SpecError(
                "in the config schema, \(name).type is '\(type.prefix(80))'\(suggestion(for: type, among: types))")
        }
    }

    private static func range(_ json: JSON, _ name: String) throws(SpecError) -> ValueRule.Range {
        func limit(_ key: String) throws(SpecError) -> Double? {
            guard let value = json[key], !value.isNull else { return nil }
            guard let number = value.double else { throw wrong("\(name).\(key)", "a number") }
            return number
        }
        let range = ValueRule.Range(
            minimum: try limit("minimum"), maximum: try limit("maximum"),
            exclusiveMinimum: try limit("exclusive_minimum"), exclusiveMaximum: try limit("exclusive_maximum"))
        guard range.minimum ?? -.infinity <= range.maximum ?? .infinity,
            range.exclusiveMinimum ?? -.infinity < range.exclusiveMaximum ?? .infinity
        else { throw wrong(name, "a range that holds some value") }
        return range
    }

    private static func count(_ json: JSON, _ key: String, in name: String) throws(SpecError) -> Int? {
        guard let value = json[key], !value.isNull else { return nil }
        guard let count = value.int, count >= 0 else { throw wrong("\(name).\(key)", "an integer at least 0") }
        return count
    }

    private static func flag(_ json: JSON, _ key: String, in name: String) throws(SpecError) -> Bool {
        guard let value = json[key] else { return false }
        guard let flag = value.bool else { throw wrong("\(name).\(key)", "true or false") }
        return flag
    }

    private static func strings(_ json: JSON, _ name: String) throws(SpecError) -> [String] {
        guard let values = json.array, values.allSatisfy({ $0.string != nil }) else {
            throw wrong(name, "a list of strings")
        }
        guard values.count <= maximumCount else { throw wrong(name, "a list of at most \(maximumCount) strings") }
        return values.compactMap(\.string)
    }
}
