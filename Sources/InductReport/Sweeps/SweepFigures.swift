// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// The figures of a sweep: metrics along one axis of its grid, bands of one standard error over the seeds.
package struct SweepFigures {
    let table: SweepTable
    private let verdicts: [ClaimVerdict]
    /// Of a source, for figures that ask for theory; nil where there is none.
    let prediction: (PluginSpec) -> SwitchPrediction?

    package init(
        _ table: SweepTable, verdicts: [ClaimVerdict] = [],
        prediction: @escaping (PluginSpec) -> SwitchPrediction? = { _ in nil }
    ) {
        self.table = table
        self.verdicts = verdicts
        self.prediction = prediction
    }

    /// Those that the recipe asks for, else every scalar along the axis with the most numbers.
    package var all: [Figure] {
        let wanted = table.sweep.figures.isEmpty ? Self.standard(table) : table.sweep.figures
        return wanted.flatMap(panels).filter(\.chart.hasData)
    }

    /// A figure for each of the first metrics; none for a grid without numbers.
    package static func standard(_ table: SweepTable, metrics: [String] = []) -> [Sweep.Figure] {
        let axes = table.sweep.axes
        let numeric = axes.indices.filter {
            axes[$0].values.count > 1 && axes[$0].values.allSatisfy { $0.number != nil }
        }
        guard let x = numeric.max(by: { axes[$0].values.count < axes[$1].values.count }) else { return [] }
        let line = axes.indices.filter { $0 != x && axes[$0].values.count > 1 }
            .max { axes[$0].values.count < axes[$1].values.count }
        return (metrics.isEmpty ? Array(table.scalars.prefix(mostFigures)) : metrics).map { metric in
            Sweep.Figure(
                name: kebab("\(metric)-by-\(table.sweep.shortName(x))"),
                metrics: [.init(label: metric, metric: metric)],
                x: axes[x].name, lines: line.map { [axes[$0].name] } ?? [])
        }
    }

    private static let mostFigures = 12

    /// Letters, digits and dashes alone.
    static func kebab(_ text: String) -> String {
        let parts = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".")) }
        return parts.joined(separator: "-")
    }

    /// A chart for every combination of values on the axes that the figure does not name.
    package func panels(of figure: Sweep.Figure) -> [Figure] {
        let sweep = table.sweep
        let x = figure.x == Sweep.Figure.step ? nil : sweep.axis(named: figure.x)
        let lines = figure.lines.compactMap(sweep.axis(named:))
        let panelAxes = sweep.axes.indices.filter { axis in
            axis != x && !lines.contains(axis) && sweep.axes[axis].values.count > 1
        }
        var panels: [(labels: [String], points: [SweepTable.Point])] = []
        for point in table.points {
            let labels = panelAxes.map { table.label(of: point, $0) }
            if let i = panels.firstIndex(where: { $0.labels == labels }) {
                panels[i].points.append(point)
            } else {
                panels.append((labels, [point]))
            }
        }
        return panels.map { labels, points in
            let place = zip(panelAxes, labels).map { "\(sweep.shortName($0))=\($1)" }
            let groups = groups(of: points, along: lines)
            return Figure(
                name: Self.kebab(([figure.name] + place).joined(separator: "-")),
                chart: chart(
                    figure, place: place, x: x, series: series(figure, x: x, groups),
                    theory: theory(figure, x: x, lines: groups),
                    remarks: remarks(figure, at: zip(panelAxes, labels).map { (sweep.axes[$0].name, $1) })))
        }
    }

    /// A panel's points by their values on the axes that make lines, with the names of these values.
    private func groups(
        of points: [SweepTable.Point], along lines: [Int]
    ) -> [(names: [String], points: [SweepTable.Point])] {
        var groups: [(names: [String], points: [SweepTable.Point])] = []
        for point in points {
            let names = lines.map { axis in
                let label = table.label(of: point, axis)
                return Double(label) == nil ? label : "\(table.sweep.shortName(axis)) \(label)"
            }
            if let i = groups.firstIndex(where: { $0.names == names }) {
                groups[i].points.append(point)
            } else {
                groups.append((names, [point]))
            }
        }
        return groups
    }

    private func series(
        _ figure: Sweep.Figure, x: Int?, _ groups: [(names: [String], points: [SweepTable.Point])]
    ) -> [Chart.Series] {
        let wanted = groups.flatMap { group in figure.metrics.map { (group, $0) } }
        let colours = wanted.count <= Palette.categories.count ? Palette.categories : Palette.sequence(wanted.count)
        return zip(wanted, colours).map { wanted, colour in
            let (group, metric) = wanted
            let isNamed = figure.metrics.count > 1 || group.names.isEmpty
            return Chart.Series(
                label: (group.names + (isNamed ? [metric.label] : [])).joined(separator: ", "), colour: colour,
                points: x.map { along($0, metric.metric, group.points) } ?? bySteps(metric.metric, group.points))
        }
        .filter { !$0.points.isEmpty }
    }

    /// The mean over the seeds at every place on an axis, with its standard error.
    private func along(_ axis: Int, _ metric: String, _ points: [SweepTable.Point]) -> [Chart.Point] {
        let scale = AxisScale(table.sweep.axes[axis])
        return points.compactMap { point -> Chart.Point? in
            let values = point.runs.compactMap { $0.last(scalar: metric) }.filter(\.isFinite)
            guard !values.isEmpty else { return nil }
            let statistics = Spread.Statistics(values: values)
            return Chart.Point(
                x: scale.place(point.point.indices[axis]), y: statistics.mean, error: statistics.standardError)
        }
        .sorted { $0.x < $1.x }
    }

    /// The mean over the seeds at every step that all of a line's runs were evaluated at.
    private func bySteps(_ metric: String, _ points: [SweepTable.Point]) -> [Chart.Point] {
        let curves = points.flatMap(\.runs).map { run in
            Dictionary(
                run.records(ofScalar: metric).compactMap { record in record.scalar.map { (record.step, $0) } }
            ) { $1 }
        }
        return (curves.first ?? [:]).keys.sorted().compactMap { step in
            let values = curves.compactMap { $0[step] }.filter(\.isFinite)
            guard values.count == curves.count else { return nil }
            let statistics = Spread.Statistics(values: values)
            return Chart.Point(x: Double(step), y: statistics.mean, error: statistics.standardError)
        }
    }

    private func chart(
        _ figure: Sweep.Figure, place: [String], x: Int?, series: [Chart.Series], theory: PanelTheory,
        remarks: [String]
    ) -> Chart {
        let seeds = Set(table.points.map(\.runs.count)).sorted().map(String.init).joined(separator: " to ")
        let horizontal =
            x.map { AxisScale(table.sweep.axes[$0]).axis(table.sweep.shortName($0)) }
            ?? .trainingStep(series)
        let labels = figure.y ?? (figure.metrics.count == 1 ? figure.metrics[0].label : "value")
        let what = figure.title ?? figure.metrics.map(\.label).joined(separator: ", ")
        return Chart(
            title: ([what] + place).joined(separator: ", "),
            subtitle: ["\(table.name), seeds: \(seeds); band: one standard error over the seeds"]
                + ((theory.spans.isEmpty ? [] : [PanelTheory.remark]) + remarks).flatMap { Self.wrapped($0, at: 100) },
            x: horizontal, y: .init(title: labels, field: "value", scale: .linearFromZero),
            series: series + theory.levels, spans: theory.spans, marksPoints: x != nil, bandWidth: 1)
    }

    /// What the figure has to say about claims that its runs do not support.
    private func remarks(_ figure: Sweep.Figure, at place: [(axis: String, label: String)]) -> [String] {
        verdicts.compactMap { verdict in
            guard verdict.claim.figure == figure.name, verdict.outcome == .notSupported, let found = verdict.statistics,
                place.allSatisfy({ here in
                    verdict.claim.value.place.allSatisfy { $0.axis != here.axis || $0.label == here.label }
                })
            else { return nil }
            let error = found.standardError.map { " ± \(decimal($0, digits: 2))" } ?? ""
            return "Not supported: \(verdict.claim.text) (found \(decimal(found.mean, digits: 2))\(error))"
                + (verdict.claim.known.map { ": \($0)" } ?? "")
        }
    }

    /// Lines of at most `width` characters, where words allow it.
    private static func wrapped(_ text: String, at width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}

/// Where the values of an axis stand in a figure: powers of two by their exponent, numbers over a wide range on a
/// logarithmic scale, else as they are.
struct AxisScale {
    private let numbers: [Double]
    private let isBinary: Bool

    init(_ axis: Sweep.Axis) {
        numbers = axis.values.enumerated().map { $1.number ?? Double($0) }
        isBinary = numbers.count > 1 && numbers.allSatisfy { $0 >= 1 && $0.significand == 1 }
    }

    func place(_ index: Int) -> Double { isBinary ? Double(numbers[index].exponent) : numbers[index] }

    /// Of a number that need not be one of the axis's values.
    func place(of number: Double) -> Double { isBinary ? binaryLogarithm(number) : number }

    func axis(_ name: String) -> Chart.Axis {
        let field = name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? String($0) : "_" }.joined()
        if isBinary {
            return .init(title: "log2 \(name)", field: "log2_\(field)", ticks: numbers.indices.map(place).sorted())
        }
        let isLogarithmic = numbers.allSatisfy { $0 > 0 } && Chart.Axis.isLogarithmic(numbers)
        return .init(title: name, field: field, scale: isLogarithmic ? .logarithmic : .linear, ticks: numbers.sorted())
    }
}

extension Report {
    /// Every figure of a sweep for which it has data.
    package init(
        _ table: SweepTable, verdicts: [ClaimVerdict], prediction: @escaping (PluginSpec) -> SwitchPrediction?
    ) {
        self.init(figures: SweepFigures(table, verdicts: verdicts, prediction: prediction).all)
    }

    /// Chosen figures of a sweep.
    package init(_ table: SweepTable, drawing figures: [Sweep.Figure]) {
        let all = SweepFigures(table)
        self.init(figures: figures.flatMap(all.panels).filter(\.chart.hasData))
    }
}
