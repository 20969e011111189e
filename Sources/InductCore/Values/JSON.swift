// SPDX-License-Identifier: Apache-2.0

/// A JSON value that keeps the order of an object's members and tells integers from other numbers.
package indirect enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// Written as null when it is not finite.
    case number(Double)
    case string(String)
    case array([JSON])
    case object([Member])

    /// A key of an object and its value.
    package struct Member: Equatable, Sendable {
        package var key: String
        package var value: JSON

        package init(key: String, value: JSON) {
            self.key = key
            self.value = value
        }
    }
}

extension JSON {
    /// The value of an object's member; nil when there is none, or this is not an object.
    package subscript(key: String) -> JSON? {
        members?.first { $0.key == key }?.value
    }

    /// An integer or a number.
    package var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// An integer that fits.
    package var int: Int? {
        guard case .integer(let value) = self else { return nil }
        return Int(exactly: value)
    }

    package var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    package var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    package var array: [JSON]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    package var members: [Member]? {
        guard case .object(let value) = self else { return nil }
        return value
    }

    package var isNull: Bool { self == .null }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(nilLiteral: ()) { self = .null }

    /// Keeps the order of the literal; a repeated key is a defect.
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(elements.map { Member(key: $0.0, value: $0.1) })
    }

    /// Integers of any list that fits.
    package static func integers(_ values: some Sequence<some BinaryInteger>) -> JSON {
        .array(values.map { .integer(Int64($0)) })
    }

    package static func numbers(_ values: some Sequence<Double>) -> JSON {
        .array(values.map { .number($0) })
    }

    /// The number, or null when there is none.
    package static func optional(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    package static func optional(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }
}
