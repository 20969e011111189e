// SPDX-License-Identifier: Apache-2.0

/// A chart with the name of its files.
package struct Figure: Equatable, Sendable {
    /// In kebab-case, without an ending, as in loss-by-position.
    package var name: String
    package var chart: Chart

    package init(name: String, chart: Chart) {
        self.name = name
        self.chart = chart
    }
}

/// What the figures of one run are drawn from.
package struct FigureContext: Sendable {
    package var run: RunRecord
    package var theory: TheoryCurve?
    /// The source, for subtitles; "" when it is not known.
    package var source: String
    /// What errors by view are drawn against.
    package var levels: [ErrorLevel]

    package init(run: RunRecord, theory: TheoryCurve?, source: String? = nil, levels: [ErrorLevel] = []) {
        self.run = run
        self.theory = theory
        self.levels = levels
        self.source = source ?? run.source ?? ""
    }

    /// The subtitle of a figure: the source, then remarks.
    func subtitle(_ remarks: String...) -> [String] { ([source] + remarks).filter { !$0.isEmpty } }

    /// Where several evaluations hold a metric: the one whose last record is the most precise.
    func mostPrecise(_ metric: String) -> [MetricRecord] {
        best(metric) { records in
            let errors = (records.last?.standardErrors?.first ?? []).filter(\.isFinite)
            return errors.isEmpty ? -.infinity : -errors.reduce(0, +) / Double(errors.count)
        }
    }

    /// Where several evaluations hold a metric: the one that looked most often.
    func mostFrequent(_ metric: String) -> [MetricRecord] { best(metric) { Double($0.count) } }

    private func best(_ metric: String, _ score: ([MetricRecord]) -> Double) -> [MetricRecord] {
        var best: [MetricRecord] = []
        var highest = -Double.infinity
        for evaluation in run.evaluations(with: metric) {
            let records = run.records(of: metric, in: evaluation)
            let value = score(records)
            if best.isEmpty || value > highest { (best, highest) = (records, value) }
        }
        return best
    }
}

/// At most `count` of a list's places: the first, the last, and others between them in about equal ratios of `value`.
func spread<Element>(_ list: [Element], count: Int, value: (Element) -> Double) -> [Element] {
    guard list.count > count, count > 1, let first = list.first, let last = list.last else { return list }
    let low = max(value(first), 1)
    let ratio = max(value(last), low) / low
    var chosen: [Int] = []
    for place in 0..<count {
        let aim = low * power(ratio, Double(place) / Double(count - 1))
        let nearest = list.indices.min { abs(value(list[$0]) - aim) < abs(value(list[$1]) - aim) } ?? 0
        if chosen.last.map({ nearest > $0 }) ?? true { chosen.append(nearest) }
    }
    if chosen.last != list.count - 1 { chosen.append(list.count - 1) }
    return chosen.map { list[$0] }
}
