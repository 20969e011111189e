// SPDX-License-Identifier: Apache-2.0

import InductCore

/// One object of a foreign manifest, read strictly: keys that nobody knows and values of the wrong type are refused.
struct ManifestObject {
    let members: [JSON.Member]
    /// Where it stands: "provides[0].arguments"; empty for the manifest itself.
    let place: String

    /// Takes an object all of whose keys are among `keys`.
    init(_ json: JSON, _ place: String, keys: [String]) throws(TableDefect) {
        try self.init(json, place)
        for member in members where !keys.contains(member.key) {
            throw defect(
                nil,
                "unknown key '\(member.key.prefix(60))'"
                    + (suggestion(for: member.key, among: keys).nonEmpty
                        ?? "; the keys are \(keys.joined(separator: ", "))"))
        }
    }

    /// Takes an object with any keys.
    init(_ json: JSON, _ place: String) throws(TableDefect) {
        guard let members = json.members else {
            throw Self.defect(place, "must be an object, not \(json.excerpt)")
        }
        self.members = members
        self.place = place
    }

    static func defect(_ place: String, _ message: String) -> TableDefect {
        TableDefect("its manifest is wrong: \(place.isEmpty ? "" : "\(place): ")\(message)")
    }

    func path(_ key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }

    func defect(_ key: String?, _ message: String) -> TableDefect { Self.defect(key.map(path) ?? place, message) }

    /// The same defect, said to be at a key.
    func located<Value>(_ key: String, _ body: () throws(TableDefect) -> Value) throws(TableDefect) -> Value {
        do throws(TableDefect) {
            return try body()
        } catch {
            throw defect(key, error.message)
        }
    }

    /// The value of a key; nil when it is absent.
    subscript(key: String) -> JSON? { members.first { $0.key == key }?.value }

    func required(_ key: String) throws(TableDefect) -> JSON {
        guard let value = self[key] else { throw defect(nil, "'\(key)' is missing") }
        return value
    }

    /// A string of 1 to `longest` bytes, without NULs and line breaks.
    func text(_ key: String, longest: Int = ForeignSignature.mostBytes) throws(TableDefect) -> String? {
        guard let value = self[key] else { return nil }
        guard let text = value.string, !text.isEmpty, text.utf8.count <= longest,
            text.utf8.allSatisfy({ $0 != 0 && $0 != 0x0a })
        else { throw defect(key, "must be a string of at most \(longest) bytes in one line, not \(value.excerpt)") }
        return text
    }

    func requiredText(_ key: String) throws(TableDefect) -> String {
        _ = try required(key)
        return try text(key) ?? ""
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws(TableDefect) -> Int? {
        guard let value = self[key] else { return nil }
        guard let integer = value.int, range.contains(integer) else {
            throw defect(
                key, "must be an integer from \(range.lowerBound) to \(range.upperBound), not \(value.excerpt)")
        }
        return integer
    }

    func number(_ key: String) throws(TableDefect) -> Double? {
        guard let value = self[key] else { return nil }
        guard let number = value.double, number.isFinite else {
            throw defect(key, "must be a number, not \(value.excerpt)")
        }
        return number
    }

    /// One of a few words.
    func word<Word: RawRepresentable & CaseIterable>(
        _ key: String, _ type: Word.Type
    ) throws(TableDefect) -> Word? where Word.RawValue == String {
        guard let value = self[key] else { return nil }
        guard let text = value.string, let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue)
            throw defect(
                key,
                "must be one of \(words.joined(separator: ", ")), not \(value.excerpt)"
                    + suggestion(for: value.string ?? "", among: words))
        }
        return word
    }

    /// A list of at most `most` values.
    func list(_ key: String, most: Int = 256) throws(TableDefect) -> [JSON]? {
        guard let value = self[key] else { return nil }
        guard let list = value.array, list.count <= most else {
            throw defect(key, "must be a list of at most \(most) entries, not \(value.excerpt)")
        }
        return list
    }
}

extension JSON {
    /// The value, shortened, for messages.
    var excerpt: String {
        let text = text
        return text.count <= 60 ? text : "\(text.prefix(57))..."
    }
}
