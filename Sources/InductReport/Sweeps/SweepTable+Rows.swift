// SPDX-License-Identifier: Apache-2.0

package import InductCore

extension SweepTable {
    /// One row for each point and each scalar: its axes' labels, then what was found.
    package struct Row: Sendable {
        package var labels: [String]
        package var evaluation: String
        package var metric: String
        package var statistics: Spread.Statistics
    }

    /// `metrics`: which; empty = every scalar.
    package func rows(metrics: [String] = []) -> [Row] {
        points.flatMap { point in
            let labels = sweep.axes.indices.map { label(of: point, $0) }
            return point.spread.items.compactMap { item -> Row? in
                let isWanted =
                    metrics.isEmpty || metrics.contains(item.metric)
                    || metrics.contains("\(item.evaluation)/\(item.metric)")
                guard item.entries.isEmpty, isWanted else { return nil }
                return Row(
                    labels: labels, evaluation: item.evaluation, metric: item.metric, statistics: item.summary)
            }
        }
    }

    /// The axes, and for each point its values and what came of it.
    package var json: JSON {
        let axes = sweep.axes.indices.map { axis -> JSON in
            [
                "name": .string(sweep.shortName(axis)), "path": .string(sweep.axes[axis].name),
                "values": .array(sweep.axes[axis].values.map(\.json)),
            ]
        }
        let points = points.map { point -> JSON in
            let values = sweep.axes.indices.map { axis in
                JSON.Member(
                    key: sweep.shortName(axis), value: sweep.axes[axis].values[point.point.indices[axis]].json)
            }
            return [
                "directory": .string(point.directory), "values": .object(values),
                "seeds": .integers(point.runs.compactMap(\.seed)), "metrics": point.spread.json,
            ]
        }
        return ["axes": .array(axes), "points": .array(points)]
    }

    /// Comma-separated, a line for each run's last value of each scalar, with a heading.
    ///
    /// Texts with commas, quotes or line ends are quoted as in RFC 4180.
    package func csv(metrics: [String] = []) -> String {
        var lines = [
            sweep.axes.indices.map(sweep.shortName) + ["seed", "evaluation", "metric", "step", "value", "directory"]
        ]
        for point in points {
            let labels = sweep.axes.indices.map { label(of: point, $0) }
            for run in point.runs { lines += run.lastScalars(metrics).map { labels + $0 } }
        }
        return Self.csv(lines)
    }

    package static func csv(_ lines: [[String]]) -> String {
        lines.map { $0.map(quoted).joined(separator: ",") + "\n" }.joined()
    }

    private static func quoted(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}

extension RunRecord {
    /// Seed, evaluation, metric, step, value and directory of the last record of each scalar.
    package func lastScalars(_ wanted: [String] = []) -> [[String]] {
        var last: [(key: String, record: MetricRecord)] = []
        for record in metrics where record.scalar != nil {
            let key = "\(record.evaluation)/\(record.metric)"
            guard wanted.isEmpty || wanted.contains(record.metric) || wanted.contains(key) else { continue }
            if let i = last.firstIndex(where: { $0.key == key }) {
                if record.step >= last[i].record.step { last[i].record = record }
            } else {
                last.append((key, record))
            }
        }
        return last.map { _, record in
            [
                seed.map(String.init) ?? "", record.evaluation, record.metric, "\(record.step)",
                record.scalar.map { $0.isFinite ? "\($0)" : "" } ?? "", directory,
            ]
        }
    }
}

extension Sweep.Value {
    fileprivate var json: JSON { number.map { .number($0) } ?? .string(label) }
}
