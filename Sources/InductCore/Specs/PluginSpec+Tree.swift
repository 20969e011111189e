// SPDX-License-Identifier: Apache-2.0

extension PluginSpec {
    /// Reads `{name, children, key: value, ...}`, or a string that holds the text form.
    package init(tree: DocumentValue) throws(SpecError) { try self.init(tree: tree, depth: 1) }

    init(tree: DocumentValue, depth: Int) throws(SpecError) {
        guard depth <= Self.maximumDepth else { throw tree.wrong("nested more than \(Self.maximumDepth) deep") }
        switch tree.content {
        case .string(let text):
            do { self = try PluginSpec(parsing: text) } catch { throw tree.locating(error) }
        case .mapping(let entries):
            guard case .string(let name)? = tree["name"]?.content else {
                throw tree.wrong("a spec needs 'name', as in {name: golden-mean, p: 0.5}")
            }
            guard SpecName.isName(name) else {
                throw (tree["name"] ?? tree).wrong(
                    "'\(name.prefix(80))' is no name: names are kebab-case, such as golden-mean")
            }
            self.init(name: name)
            for entry in entries where entry.key != "name" {
                if entry.key == "children" {
                    guard case .list(let children) = entry.value.content else {
                        throw entry.value.wrong("the children of \(name) must be a list of specs")
                    }
                    for child in children { self.children.append(try PluginSpec(tree: child, depth: depth + 1)) }
                } else {
                    guard SpecName.isKey(entry.key) else {
                        throw entry.value.wrong(
                            "'\(entry.key.prefix(80))' is no key: keys are snake_case, such as learning_rate")
                    }
                    arguments.append(
                        .init(key: entry.key, value: try SpecValue(tree: entry.value, depth: depth + 1)))
                }
            }
        default:
            throw tree.wrong(
                "expected a spec, as in golden-mean(p=0.5) or {name: golden-mean, p: 0.5}, found \(tree.kind)")
        }
    }
}

extension SpecValue {
    init(tree: DocumentValue, depth: Int) throws(SpecError) {
        guard depth <= PluginSpec.maximumDepth else {
            throw tree.wrong("nested more than \(PluginSpec.maximumDepth) deep")
        }
        switch tree.content {
        case .null: throw tree.wrong("expected a value, found nothing")
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = .integer(value)
        case .number(let value):
            guard value.isFinite else { throw tree.wrong("numbers are finite, \(value) is not") }
            self = .number(value)
        case .string(let value):
            guard !value.unicodeScalars.contains("\0") else { throw tree.wrong("a string holds no NUL") }
            self = .string(value)
        case .list(let values):
            var list: [SpecValue] = []
            for value in values { list.append(try SpecValue(tree: value, depth: depth + 1)) }
            self = .list(list)
        case .mapping: self = .spec(try PluginSpec(tree: tree, depth: depth))
        }
    }
}

extension DocumentValue {
    /// An error about this value, with its place.
    func wrong(_ message: String) -> SpecError { locating(SpecError(message)) }

    /// The error of a text that is this value.
    func locating(_ error: SpecError) -> SpecError {
        var error = error
        error.place = place
        return error
    }
}
