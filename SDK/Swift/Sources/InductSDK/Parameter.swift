// SPDX-License-Identifier: Apache-2.0

/// One parameter of a plugin part: its name, type, limits and default.
///
/// The host checks what the user wrote against these, fills in the defaults, and only then creates the part.
public struct Parameter: Sendable {
    /// snake_case: "learning_rate".
    public var name: String
    /// Its schema as members of a JSON object, in order: the value is JSON text.
    var members: [(key: String, json: String)]

    private init(_ name: String, _ type: String, _ summary: String, _ members: [(String, String?)]) {
        self.name = name
        self.members = [("type", quoted(type))] + members.compactMap { key, json in json.map { (key, $0) } }
        self.members.append(("summary", quoted(summary)))
    }

    /// A floating-point number.
    ///
    /// - Parameters:
    ///   - name: snake_case.
    ///   - default: nil: the user must give it, unless it is optional.
    ///   - range: the values allowed, ends included.
    ///   - above: the values allowed lie above this, this excluded.
    ///   - below: the values allowed lie below this, this excluded.
    ///   - optional: it may be absent.
    ///   - summary: one line.
    /// - Returns: the parameter.
    public static func number(
        _ name: String, default: Double? = nil, in range: ClosedRange<Double>? = nil, above: Double? = nil,
        below: Double? = nil, optional: Bool = false, _ summary: String
    ) -> Parameter {
        Parameter(
            name, "number", summary,
            [
                ("minimum", finite(range?.lowerBound)), ("maximum", finite(range?.upperBound)),
                ("exclusive_minimum", finite(above)), ("exclusive_maximum", finite(below)),
                ("default", `default`.map(number)), ("optional", optional ? "true" : nil),
            ])
    }

    /// A whole number.
    public static func integer(
        _ name: String, default: Int? = nil, in range: ClosedRange<Int>? = nil, optional: Bool = false,
        _ summary: String
    ) -> Parameter {
        Parameter(
            name, "integer", summary,
            [
                ("minimum", range.flatMap { $0.lowerBound == .min ? nil : "\($0.lowerBound)" }),
                ("maximum", range.flatMap { $0.upperBound == .max ? nil : "\($0.upperBound)" }),
                ("default", `default`.map { "\($0)" }), ("optional", optional ? "true" : nil),
            ])
    }

    /// True or false.
    public static func boolean(
        _ name: String, default: Bool? = nil, optional: Bool = false, _ summary: String
    ) -> Parameter {
        Parameter(
            name, "boolean", summary, [("default", `default`.map { "\($0)" }), ("optional", optional ? "true" : nil)])
    }

    /// A text, one of `values` when these are given.
    public static func string(
        _ name: String, default: String? = nil, values: [String]? = nil, optional: Bool = false, _ summary: String
    ) -> Parameter {
        Parameter(
            name, "string", summary,
            [
                ("values", values.map { "[" + $0.map(quoted).joined(separator: ",") + "]" }),
                ("default", `default`.map(quoted)), ("optional", optional ? "true" : nil),
            ])
    }

    /// A list whose items are described by `items`, whose name and summary do not matter.
    ///
    /// - Parameters:
    ///   - name: snake_case.
    ///   - items: what each item is.
    ///   - default: JSON text, such as "[0.5, 0.5]"; nil: the user must give it, unless it is optional.
    ///   - count: how many items there may be.
    ///   - optional: it may be absent.
    ///   - summary: one line.
    /// - Returns: the parameter.
    public static func array(
        _ name: String, of items: Parameter, default: String? = nil, count: ClosedRange<Int>? = nil,
        optional: Bool = false, _ summary: String
    ) -> Parameter {
        let item = Parameter(items.members.filter { $0.key != "summary" }).json
        return Parameter(
            name, "array", summary,
            [
                ("items", item), ("minimum_items", count.map { "\($0.lowerBound)" }),
                ("maximum_items", count.flatMap { $0.upperBound == .max ? nil : "\($0.upperBound)" }),
                ("default", `default`), ("optional", optional ? "true" : nil),
            ])
    }

    /// A child given by key, such as `gate=mlp-gate(hidden=[64])`.
    public static func child(
        _ name: String, _ kind: PluginKind, optional: Bool = false, _ summary: String
    ) -> Parameter {
        Parameter(name, kind.name, summary, [("optional", optional ? "true" : nil)])
    }

    private init(_ members: [(key: String, json: String)]) {
        name = ""
        self.members = members
    }

    /// The schema of this parameter, a JSON object.
    var json: String {
        "{" + members.map { "\(quoted($0.key)):\($0.json)" }.joined(separator: ",") + "}"
    }

    private static func number(_ value: Double) -> String { "\(value)" }
    private static func finite(_ value: Double?) -> String? {
        value.flatMap { $0.isFinite ? "\($0)" : nil }
    }
}

/// The positional children that a part takes: `mixture(coin(p=0.1), coin(p=0.9))`.
public struct ChildrenRule: Sendable {
    /// What each of them is.
    public var kind: PluginKind
    /// How many there may be.
    public var count: ClosedRange<Int>

    /// Children of one kind, so many of them.
    public init(_ kind: PluginKind, count: ClosedRange<Int>) {
        self.kind = kind
        self.count = count
    }

    var json: String {
        "{\"kind\":\(quoted(kind.name)),\"minimum\":\(count.lowerBound)"
            + (count.upperBound == .max ? "" : ",\"maximum\":\(count.upperBound)") + "}"
    }
}

/// A JSON string.
func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        case let control where control.value < 0x20:
            let digits = String(control.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
