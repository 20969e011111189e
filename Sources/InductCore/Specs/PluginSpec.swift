// SPDX-License-Identifier: Apache-2.0

/// A plugin part and its parameters as the user wrote them: `name(child, ..., key=value, ...)`.
package struct PluginSpec: Equatable, Sendable {
    /// kebab-case, or qualified: "org.example/name"
    package var name: String
    package var children: [PluginSpec]
    /// In the order written.
    package var arguments: [Argument]
    /// Where it began in the text it was read from, in characters; nil when it was not read from text.
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

/// The value of a parameter.
package indirect enum SpecValue: Equatable, Sendable {
    case integer(Int64)
    case number(Double)
    case boolean(Bool)
    case string(String)
    case list([SpecValue])
    case spec(PluginSpec)
}

/// A spec, recipe or setting that is wrong; exit code 64.
package struct SpecError: Error, CustomStringConvertible, Equatable {
    /// What is wrong, and what to do.
    package var message: String
    /// The text and the position in it, in characters, where there is one.
    package var text: String?
    package var position: Int?

    package init(_ message: String, text: String? = nil, position: Int? = nil) {
        self.message = message
        self.text = text
        self.position = position
    }

    /// The message, and below it the text with a caret at the position.
    package var description: String {
        guard let text, let position else { return message }
        return "\(message)\n  \(text)\n  \(String(repeating: " ", count: max(0, min(position, text.count))))^"
    }
}
