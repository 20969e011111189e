// SPDX-License-Identifier: Apache-2.0

/// A value of a YAML or JSON document that remembers where it stood.
package struct DocumentValue: Equatable, Sendable {
    package indirect enum Content: Equatable, Sendable {
        case null
        case boolean(Bool)
        case integer(Int64)
        case number(Double)
        case string(String)
        case list([DocumentValue])
        case mapping([Entry])
    }

    /// A key of a mapping and its value.
    package struct Entry: Equatable, Sendable {
        package var key: String
        package var place: Place?
        package var value: DocumentValue
    }

    /// A line and a column of a document, counted from 1.
    package struct Place: Equatable, Sendable {
        package var line: Int
        package var column: Int
    }

    package var content: Content
    package var place: Place?

    package init(_ content: Content, at place: Place?) {
        self.content = content
        self.place = place
    }

    /// The same value, nowhere in particular.
    package init(_ json: JSON) {
        let content: Content =
            switch json {
            case .null: .null
            case .bool(let value): .boolean(value)
            case .integer(let value): .integer(value)
            case .number(let value): .number(value)
            case .string(let value): .string(value)
            case .array(let values): .list(values.map { DocumentValue($0) })
            case .object(let members):
                .mapping(members.map { Entry(key: $0.key, place: nil, value: DocumentValue($0.value)) })
            }
        self.init(content, at: nil)
    }

    /// The same value without places.
    package var json: JSON {
        switch content {
        case .null: .null
        case .boolean(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .string(let value): .string(value)
        case .list(let values): .array(values.map(\.json))
        case .mapping(let entries): .object(entries.map { JSON.Member(key: $0.key, value: $0.value.json) })
        }
    }

    /// What kind of value this is, for messages.
    package var kind: String {
        switch content {
        case .null: "nothing"
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): "the string '\(value.prefix(60))'"
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }

    /// An integer or a number.
    package var number: Double? {
        switch content {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    package var entries: [Entry]? {
        guard case .mapping(let entries) = content else { return nil }
        return entries
    }

    package subscript(key: String) -> DocumentValue? { entries?.first { $0.key == key }?.value }
}
