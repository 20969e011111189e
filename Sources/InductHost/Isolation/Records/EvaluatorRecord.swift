// SPDX-License-Identifier: Apache-2.0

import InductCore

private let streams: [(String, EvaluationNeed.Stream)] = [("view", .view), ("training", .training)]
private let states: [(String, EvaluationNeed.Parameters)] = [("current", .current), ("initial", .initial)]
private let kinds: [(String, Metric.Kind)] = [("scalar", .scalar), ("curve", .curve), ("table", .table)]

/// What a worker tells of an evaluator.
extension EvaluationNeed {
    var record: JSON {
        [
            "stream": recordName(of: stream, in: streams), "view": .optional(view),
            "items": .integer(Int64(items.rawValue)), "optional_items": .integer(Int64(optionalItems.rawValue)),
            "points": .array(points.map { .string($0) }), "parameters": recordName(of: parameters, in: states),
        ]
    }

    init(_ record: RecordReader) throws(TableDefect) {
        self.init(
            stream: try record.choice("stream", streams), view: try record.optionalText("view"),
            items: EvaluationItems(rawValue: UInt32(clamping: try record.size("items"))),
            points: try record.texts("points"),
            optionalItems: EvaluationItems(rawValue: UInt32(clamping: try record.size("optional_items"))),
            parameters: record["parameters"] == nil ? .current : try record.choice("parameters", states))
    }
}

/// What an evaluator gives at its end.
extension Metric {
    func record(_ tail: inout NumberTail) -> JSON {
        [
            "kind": recordName(of: kind, in: kinds), "name": .string(name), "unit": .optional(unit),
            "rows": .integer(Int64(rows)), "columns": .integer(Int64(columns)), "values": tail.add(values),
            "standard_errors": tail.add(standardErrors), "axis": .optional(axis), "axis_values": tail.add(axisValues),
            "row_names": Self.names(rowNames), "column_names": Self.names(columnNames),
        ]
    }

    /// With arrays that are as long as they must be; what is in them is for `MetricsReading` to see.
    init(_ record: RecordReader, _ tail: NumberTail) throws(TableDefect) {
        let (rows, columns) = (try record.size("rows"), try record.size("columns"))
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard !overflow, count <= 1 << 27 else { throw record.wrong("rows", "usable number of") }
        self.init(
            kind: try record.choice("kind", kinds), name: try record.text("name"),
            unit: try record.optionalText("unit"), rows: rows, columns: columns,
            values: try tail.required(record, "values", count: count),
            standardErrors: try tail.optional(record, "standard_errors", count: count),
            axis: try record.optionalText("axis"),
            axisValues: try tail.optional(record, "axis_values", count: columns),
            rowNames: try Self.names(record, "row_names", count: rows),
            columnNames: try Self.names(record, "column_names", count: columns))
    }

    private static func names(_ names: [String]?) -> JSON { names.map { .array($0.map { .string($0) }) } ?? .null }

    private static func names(_ record: RecordReader, _ key: String, count: Int) throws(TableDefect) -> [String]? {
        guard record[key] != nil else { return nil }
        let names = try record.texts(key)
        guard names.count == count else { throw record.wrong(key, "list of \(count) names") }
        return names
    }
}
