// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// How the last metrics of runs differ that differ in their seed alone.
package struct Spread: Sendable {
    /// One metric of one evaluation; of a curve or table also every entry.
    package struct Item: Sendable {
        package var evaluation: String
        package var metric: String
        /// Of the metric's value in each run; the mean over the entries for a curve or table.
        package var summary: Statistics
        /// By entry, row-major; empty for a scalar.
        package var entries: [Statistics]
    }

    /// Mean, sample standard deviation (n - 1), least and largest of n numbers.
    package struct Statistics: Equatable, Sendable {
        package var values: [Double]

        package init(values: [Double]) { self.values = values }

        package var mean: Double { values.reduce(0, +) / Double(values.count) }
        /// Nil for fewer than two numbers.
        package var deviation: Double? {
            guard values.count > 1 else { return nil }
            let mean = mean
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return (squares / Double(values.count - 1)).squareRoot()
        }
        /// Of the mean: the deviation over the root of n; nil for fewer than two numbers.
        package var standardError: Double? { deviation.map { $0 / Double(values.count).squareRoot() } }
        package var least: Double { values.min() ?? .nan }
        package var largest: Double { values.max() ?? .nan }
    }

    package let runs: Int
    package let items: [Item]

    /// Of runs that are finished; metrics that not all of them have are left out.
    package init(_ records: [RunRecord]) {
        runs = records.count
        guard let first = records.first else {
            items = []
            return
        }
        var names: [(evaluation: String, metric: String)] = []
        for metric in first.metrics
        where !names.contains(where: { $0.evaluation == metric.evaluation && $0.metric == metric.metric }) {
            names.append((metric.evaluation, metric.metric))
        }
        items = names.compactMap { evaluation, metric in
            let last = records.compactMap { $0.records(of: metric, in: evaluation).last }
            let shape = last.first?.rows.map(\.count) ?? []
            guard last.count == records.count, last.allSatisfy({ $0.rows.map(\.count) == shape }) else { return nil }
            let flat = last.map { $0.rows.flatMap { $0 } }
            let means = flat.map { values in
                let finite = values.filter(\.isFinite)
                return finite.reduce(0, +) / Double(finite.count)
            }
            let isScalar = last.allSatisfy { $0.scalar != nil }
            let entries = isScalar ? [] : (flat.first ?? []).indices.map { i in Statistics(values: flat.map { $0[i] }) }
            return Item(evaluation: evaluation, metric: metric, summary: Statistics(values: means), entries: entries)
        }
    }

    package var json: JSON {
        func numbers(_ entries: [Statistics], _ value: (Statistics) -> Double) -> JSON { .numbers(entries.map(value)) }
        return .array(
            items.map { item in
                var members: [JSON.Member] = [
                    .init(key: "evaluation", value: .string(item.evaluation)),
                    .init(key: "metric", value: .string(item.metric)),
                    .init(key: "runs", value: .integer(Int64(runs))),
                    .init(key: "mean", value: .number(item.summary.mean)),
                    .init(key: "standard_deviation", value: .optional(item.summary.deviation)),
                    .init(key: "standard_error", value: .optional(item.summary.standardError)),
                    .init(key: "minimum", value: .number(item.summary.least)),
                    .init(key: "maximum", value: .number(item.summary.largest)),
                    .init(key: "values", value: .numbers(item.summary.values)),
                ]
                if !item.entries.isEmpty {
                    members.append(
                        .init(
                            key: "entries",
                            value: [
                                "mean": numbers(item.entries) { $0.mean },
                                "standard_deviation": numbers(item.entries) { $0.deviation ?? .nan },
                                "minimum": numbers(item.entries) { $0.least },
                                "maximum": numbers(item.entries) { $0.largest },
                            ]))
                }
                return .object(members)
            })
    }
}
