// SPDX-License-Identifier: Apache-2.0

import Yams

// Goals: every value with its line and column; bounded in size, depth and number of values, whatever the text is.
// Plain scalars are read by the core schema of YAML 1.2: null, true, false, decimal integers and floats, else strings.

extension DocumentValue {
    /// Limits of a YAML document: bytes, levels and values.
    private static let maximumSize = 1 << 20
    private static let maximumDepth = 100
    private static let maximumCount = 100_000

    /// Reads one YAML document.
    ///
    /// Anchors, aliases and tags are refused: a recipe is short and says everything in its place.
    ///
    /// - Throws: `SpecError` with line and column.
    package init(yaml text: String) throws(SpecError) {
        guard text.utf8.count <= Self.maximumSize else {
            throw SpecError("the document has \(text.utf8.count) bytes, at most \(Self.maximumSize) are read")
        }
        // Some editors begin a file with a byte order mark.
        let text = text.unicodeScalars.first == "\u{feff}" ? String(text.unicodeScalars.dropFirst()) : text
        if let place = YAMLAnchors.first(in: text) {
            throw DocumentValue(.null, at: place).wrong(
                "anchors (&), aliases (*) and tags (!) are not read; put a string that begins with such a sign in quotes"
            )
        }
        let root: Node?
        do {
            // The basic resolver and the stated encoding keep Yams from regular expressions and from the environment.
            root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch {
            throw Self.translate(error)
        }
        var count = 0
        guard let root else { throw SpecError("the document is empty") }
        self = try Self.convert(root, depth: 1, count: &count)
    }

    private static func place(_ mark: Mark?) -> Place? { mark.map { Place(line: $0.line, column: $0.column) } }

    private static func translate(_ error: any Error) -> SpecError {
        guard let error = error as? YamlError else { return SpecError("the YAML cannot be read: \(error)") }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            let words = problem.contains("max_nest_level") ? "nested too deep" : problem
            return DocumentValue(.null, at: place(mark)).wrong("this is no YAML: \(words)")
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "'\($0.prefix(80))'" }.joined(separator: ", ")
            return DocumentValue(.null, at: place(context.mark)).wrong(
                keys.count == 1 ? "the key \(names) appears twice" : "the keys \(names) appear twice")
        case .reader(let problem, _, _, _): return SpecError("this is no YAML: \(problem)")
        default: return SpecError("the YAML cannot be read: \(error)")
        }
    }

    private static func convert(_ node: Node, depth: Int, count: inout Int) throws(SpecError) -> DocumentValue {
        let here = DocumentValue(.null, at: place(node.mark))
        count += 1
        guard depth <= maximumDepth else { throw here.wrong("nested more than \(maximumDepth) deep") }
        guard count <= maximumCount else { throw here.wrong("more than \(maximumCount) values") }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            return DocumentValue(isPlain ? try plain(scalar.string, here) : .string(scalar.string), at: here.place)
        case .sequence(let sequence):
            var values: [DocumentValue] = []
            for element in sequence { values.append(try convert(element, depth: depth + 1, count: &count)) }
            return DocumentValue(.list(values), at: here.place)
        case .mapping(let mapping):
            var entries: [Entry] = []
            for (key, value) in mapping {
                guard case .scalar(let name) = key else { throw here.wrong("keys are plain words") }
                entries.append(
                    Entry(
                        key: name.string, place: place(name.mark),
                        value: try convert(value, depth: depth + 1, count: &count)))
            }
            return DocumentValue(.mapping(entries), at: here.place)
        case .alias: throw here.wrong("aliases are not read")
        }
    }

    private static func plain(_ text: String, _ here: DocumentValue) throws(SpecError) -> Content {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .boolean(true)
        case "false", "False", "FALSE": return .boolean(false)
        case ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "-.inf", "-.Inf", "-.INF", "+.inf", "+.Inf", "+.INF":
            throw here.wrong("numbers are finite, \(text) is not")
        default:
            guard let first = text.utf8.first, first < 0x3a else { return .string(text) }
            do {
                switch try SpecValue(parsing: text) {
                case .integer(let value): return .integer(value)
                case .number(let value): return .number(value)
                default: return .string(text)
                }
            } catch {
                guard error.isRange else { return .string(text) }
                throw here.wrong(error.message)
            }
        }
    }
}
