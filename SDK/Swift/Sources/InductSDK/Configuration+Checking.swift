// SPDX-License-Identifier: Apache-2.0

extension Configuration {
    /// Holds every value to what its parameter declares.
    ///
    /// This host has done so already; another may not have, and a part that trusts its limits must not be made without
    /// them.
    ///
    /// - Throws: `InductError` of status `invalidArgument` that names the parameter.
    func check(against parameters: [Parameter]) throws(InductError) {
        for parameter in parameters {
            var reader = JSONReader(parameter.json)
            guard case .object(let members) = try reader.document() else { continue }
            let rule = Rule(members: members)
            if rule.isOfKind { continue }
            if let value = self[parameter.name] {
                try rule.check(value, parameter.name)
            } else if rule["optional"] != .boolean(true) {
                throw .invalid(
                    "the configuration has no '\(parameter.name)'; the host completes what the user left out")
            }
        }
    }

    /// A parameter's schema, or that of a list's items.
    private struct Rule {
        let members: [(key: String, value: Value)]

        subscript(key: String) -> Value? { members.first { $0.key == key }?.value }

        private var type: String {
            if case .string(let name) = self["type"] { name } else { "" }
        }

        /// A child given by key, which is no value.
        var isOfKind: Bool { !["number", "integer", "boolean", "string", "array"].contains(type) }

        func check(_ value: Value, _ name: String) throws(InductError) {
            switch (type, value) {
            case ("number", .integer(let number)): try limit(Double(number), name)
            case ("number", .number(let number)) where number.isFinite: try limit(number, name)
            case ("integer", .integer(let number)): try limit(Double(number), name)
            case ("integer", .number(let number)) where Int(exactly: number) != nil: try limit(number, name)
            case ("boolean", .boolean): break
            case ("string", .string):
                if case .array(let allowed) = self["values"], !allowed.contains(value) { throw wrong(name) }
            case ("array", .array(let items)):
                try limit(items.count, name)
                guard case .object(let members) = self["items"] else { break }
                let rule = Rule(members: members)
                for item in items { try rule.check(item, name) }
            default: throw wrong(name)
            }
        }

        private func limit(_ number: Double, _ name: String) throws(InductError) {
            let isWithin =
                number >= bound("minimum", -.infinity) && number <= bound("maximum", .infinity)
                && number > bound("exclusive_minimum", -.infinity) && number < bound("exclusive_maximum", .infinity)
            guard isWithin else { throw wrong(name) }
        }

        private func limit(_ count: Int, _ name: String) throws(InductError) {
            guard Double(count) >= bound("minimum_items", 0), Double(count) <= bound("maximum_items", .infinity) else {
                throw wrong(name)
            }
        }

        private func bound(_ key: String, _ none: Double) -> Double {
            switch self[key] {
            case .integer(let value): Double(value)
            case .number(let value): value
            default: none
            }
        }

        private func wrong(_ name: String) -> InductError {
            .invalid("the parameter '\(name)' is not what its schema allows")
        }
    }
}
