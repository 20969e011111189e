// SPDX-License-Identifier: Apache-2.0

/// A plugin part and its parameters as the user wrote them: `name(child, ..., key=value, ...)`.
package struct PluginSpec: Equatable, Sendable {
    /// The part's name, kebab-case, perhaps qualified: "org.example/name".
    package var name: String
    package var children: [PluginSpec]
    /// In the order written.
    package var arguments: [Argument]
    /// Where it began in the text it was read from, in Unicode scalars; nil when it was not read from text.
    package var position: Int?

    /// A parameter given by key.
    package struct Argument: Equatable, Sendable {
        package var key: String
        package var value: SpecValue
        package var position: Int?

        package init(key: String, value: SpecValue, position: Int? = nil) {
            self.key = key
            self.value = value
            self.position = position
        }
    }

    package init(name: String, children: [PluginSpec] = [], arguments: [Argument] = [], position: Int? = nil) {
        self.name = name
        self.children = children
        self.arguments = arguments
        self.position = position
    }
}

extension PluginSpec {
    /// The value given for a key; nil when it was not given.
    package subscript(key: String) -> SpecValue? {
        arguments.first { $0.key == key }?.value
    }

    /// Whether two specs say the same, wherever they were written.
    package static func == (a: Self, b: Self) -> Bool {
        a.name == b.name && a.children == b.children && a.arguments == b.arguments
    }
}

extension PluginSpec.Argument {
    /// Whether two arguments say the same, wherever they were written.
    package static func == (a: Self, b: Self) -> Bool { a.key == b.key && a.value == b.value }
}
