// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// Checks and copies what an evaluator gives at its end.
enum MetricsReading {
    private static let mostMetrics = 4096
    /// Most values of one metric: 512 MiB of them.
    private static let mostValues: UInt64 = 1 << 26

    static func metrics(_ metrics: UnsafePointer<induct_metrics>) throws(TableDefect) -> [Metric] {
        let table = try Negotiation.read(metrics, "induct_metrics", minimum: 16)
        guard table.count <= mostMetrics, table.count == 0 || table.metrics != nil else {
            throw TableDefect("it gives \(table.count) metrics; at most \(mostMetrics) are possible")
        }
        var result: [Metric] = []
        var names: Set<String> = []
        for i in 0..<Int(table.count) {
            let metric = try metric(table.metrics[i])
            guard names.insert(metric.name).inserted else {
                throw TableDefect("it gives two metrics named '\(metric.name)'")
            }
            result.append(metric)
        }
        return result
    }

    private static func metric(_ pointer: UnsafePointer<induct_metric>?) throws(TableDefect) -> Metric {
        let table = try Negotiation.read(pointer, "induct_metric", minimum: 48)
        let name = try Negotiation.requiredText(table.name, "metric's name", limit: INDUCT_MAX_STRING)
        guard Names.isSnakeCase(name) else {
            throw TableDefect("its metric is named '\(name)'; names are snake_case: 'position_loss'")
        }
        guard let kind = Metric.Kind(rawValue: Int(table.kind)) else {
            throw TableDefect("its metric '\(name)' has the unknown kind \(table.kind)")
        }
        let (count, overflow) = table.rows.multipliedReportingOverflow(by: table.columns)
        guard !overflow, max(count, table.rows, table.columns) <= mostValues, kind != .scalar || count == 1,
            kind != .curve || table.rows == 1
        else {
            throw TableDefect("its metric '\(name)' has \(table.rows) rows of \(table.columns), which does not fit")
        }
        guard count == 0 || table.values != nil else { throw TableDefect("its metric '\(name)' has no values") }
        let copy = { (pointer: UnsafePointer<Double>?, count: Int) -> [Double]? in
            pointer.map { Array(UnsafeBufferPointer(start: $0, count: count)) }
        }
        let columnNames = try names(table.column_names, table.columns, of: name)
        let rowNames = try names(table.row_names, table.rows, of: name)
        return Metric(
            kind: kind, name: name, unit: try Negotiation.line(table.unit, "metric's unit", limit: INDUCT_MAX_STRING),
            rows: Int(table.rows), columns: Int(table.columns), values: copy(table.values, Int(count)) ?? [],
            standardErrors: copy(table.standard_errors, Int(count)),
            axis: try Negotiation.line(table.axis, "metric's axis", limit: INDUCT_MAX_STRING),
            axisValues: copy(table.axis_values, Int(table.columns)), rowNames: rowNames, columnNames: columnNames)
    }

    /// The names of a metric's rows or columns.
    private static func names(
        _ pointers: UnsafePointer<UnsafePointer<CChar>?>?, _ count: UInt64, of metric: String
    ) throws(TableDefect) -> [String]? {
        guard let pointers else { return nil }
        var names: [String] = []
        for index in 0..<Int(count) {
            let label = "row or column name of the metric \(metric)"
            guard let name = try Negotiation.line(pointers[index], label, limit: INDUCT_MAX_STRING), !name.isEmpty
            else { throw TableDefect("its \(label) is missing") }
            names.append(name)
        }
        return names
    }
}
