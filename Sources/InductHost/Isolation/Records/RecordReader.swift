// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Reads an object that came from another process: nothing in it is believed.
struct RecordReader {
    let json: JSON
    /// Where it lies within the answer, for messages: "source.schema".
    let place: String

    init(_ json: JSON?, _ place: String) throws(TableDefect) {
        guard let json, json.members != nil else { throw TableDefect("its worker's answer has no object \(place)") }
        self.json = json
        self.place = place
    }

    /// The member itself; nil when it is missing or null.
    subscript(key: String) -> JSON? {
        guard let value = json[key], !value.isNull else { return nil }
        return value
    }

    func wrong(_ key: String, _ wanted: String) -> TableDefect {
        TableDefect("its worker's answer has no \(wanted) \(place).\(key)")
    }

    func text(_ key: String) throws(TableDefect) -> String {
        guard let value = self[key]?.string else { throw wrong(key, "string") }
        return value
    }

    func optionalText(_ key: String) throws(TableDefect) -> String? { self[key] == nil ? nil : try text(key) }

    static let largestSize = 1 << 62

    /// A number from 0 to `largestSize`; missing is 0.
    func size(_ key: String) throws(TableDefect) -> Int {
        guard let value = self[key] else { return 0 }
        guard let number = value.int, (0...Self.largestSize).contains(number) else {
            throw wrong(key, "number of things")
        }
        return number
    }

    func number(_ key: String) throws(TableDefect) -> Double {
        guard let value = self[key] else { return 0 }
        guard let number = value.double else { throw wrong(key, "number") }
        return number
    }

    func flag(_ key: String, fallback: Bool = false) throws(TableDefect) -> Bool {
        guard let value = self[key] else { return fallback }
        guard let flag = value.bool else { throw wrong(key, "true or false") }
        return flag
    }

    /// Missing is empty.
    func list(_ key: String) throws(TableDefect) -> [JSON] {
        guard let value = self[key] else { return [] }
        guard let list = value.array else { throw wrong(key, "list") }
        return list
    }

    func texts(_ key: String) throws(TableDefect) -> [String] {
        var texts: [String] = []
        for value in try list(key) {
            guard let text = value.string else { throw wrong(key, "list of strings") }
            texts.append(text)
        }
        return texts
    }

    func sizes(_ key: String) throws(TableDefect) -> [Int] {
        var sizes: [Int] = []
        for value in try list(key) {
            guard let number = value.int, number >= 0 else { throw wrong(key, "list of numbers") }
            sizes.append(number)
        }
        return sizes
    }

    func objects(_ key: String) throws(TableDefect) -> [RecordReader] {
        var objects: [RecordReader] = []
        for (index, value) in try list(key).enumerated() {
            objects.append(try RecordReader(value, "\(place).\(key)[\(index)]"))
        }
        return objects
    }

    func object(_ key: String) throws(TableDefect) -> RecordReader { try RecordReader(self[key], "\(place).\(key)") }

    func optionalObject(_ key: String) throws(TableDefect) -> RecordReader? {
        self[key] == nil ? nil : try object(key)
    }

    /// One of a list of names.
    func choice<Value>(_ key: String, _ names: [(String, Value)]) throws(TableDefect) -> Value {
        let name = try text(key)
        guard let found = names.first(where: { $0.0 == name }) else {
            throw wrong(key, names.map { "'\($0.0)'" }.joined(separator: " or "))
        }
        return found.1
    }
}

/// The name of a value in a list as `RecordReader.choice` takes it.
func recordName<Value: Equatable>(of value: Value, in names: [(String, Value)]) -> JSON {
    guard let found = names.first(where: { $0.1 == value }) else { preconditionFailure("\(value) has no name") }
    return .string(found.0)
}

/// Numbers that have to keep every bit, beside the text of a message.
struct NumberTail {
    private(set) var numbers: [Double] = []

    init() {}

    /// From the binary data of an answer.
    init(_ bytes: UnsafeRawBufferPointer) {
        numbers = (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Double.self) }
    }

    mutating func add(_ values: [Double]) -> JSON {
        defer { numbers += values }
        return ["at": .integer(Int64(numbers.count)), "count": .integer(Int64(values.count))]
    }

    mutating func add(_ values: [Double]?) -> JSON { values.map { add($0) } ?? .null }

    /// The numbers that a member names, `count` of them; nil when there is no such member.
    func optional(_ record: RecordReader, _ key: String, count: Int) throws(TableDefect) -> [Double]? {
        guard let place = try record.optionalObject(key) else { return nil }
        let (first, found) = (try place.size("at"), try place.size("count"))
        guard found == count, first <= numbers.count, count <= numbers.count - first else {
            throw record.wrong(key, "list of \(count) numbers")
        }
        return Array(numbers[first..<first + count])
    }

    func required(_ record: RecordReader, _ key: String, count: Int) throws(TableDefect) -> [Double] {
        guard let values = try optional(record, key, count: count) else {
            throw record.wrong(key, "list of \(count) numbers")
        }
        return values
    }
}
