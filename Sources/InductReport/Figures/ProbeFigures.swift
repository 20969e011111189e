// SPDX-License-Identifier: Apache-2.0

/// Figures of what activations hold of the oracle's knowledge; trained in solid lines, untrained dashed.
extension FigureContext {
    /// R^2 of the belief by position, one line for each point of the model, at the last step.
    package func probeByPosition() -> Figure {
        let last = mostFrequent(MetricName.probeR2ByPosition("belief")).last
        var series: [Chart.Series] = []
        if let last {
            let pooled = beside(last, MetricName.probeR2("belief"))?.rows.first ?? []
            for (index, lines) in pairs(last).enumerated() {
                let label =
                    pooled.indices.contains(index) ? "\(lines.name): \(decimal(pooled[index], digits: 3))" : lines.name
                series += solidAndDashed(lines, label: label, shift: 1)
            }
        }
        return Figure(
            name: "belief-r2-by-position",
            chart: Chart(
                title: "Beliefs read off the activations",
                subtitle: subtitle(
                    "Held-out R² of a linear regression on the exact belief, step \(last?.step ?? 0); in the legend over all positions",
                    "Dashed: the untrained model"),
                x: .tokensRead(series), y: .init(title: "R²", field: "r2"),
                series: series, marksPoints: true))
    }

    /// R^2 of the belief against the training step, one line for each point.
    package func probeByStep() -> Figure {
        let records = mostFrequent(MetricName.probeR2("belief")).filter(\.isCurve)
        var series: [Chart.Series] = []
        for (index, colour) in zip(records.last?.rows.first?.indices ?? 0..<0, Self.colours) {
            let name = records.last?.columnNames?[index] ?? "point \(index)"
            let points = records.compactMap { record -> Chart.Point? in
                guard let row = record.rows.first, index < row.count, row[index].isFinite else { return nil }
                return .init(x: Double(record.step), y: row[index], error: record.standardErrors?[0][index])
            }
            series.append(Chart.Series(label: name, colour: colour, points: points))
            guard let record = records.last, let first = records.first,
                let level = beside(record, MetricName.probeR2("belief") + MetricName.untrained)?.rows.first?[index],
                level.isFinite
            else { continue }
            series.append(
                Chart.Series(
                    label: "untrained, \(name)", role: .reference, colour: colour,
                    points: [first.step, record.step].map { .init(x: Double($0), y: level) }, isInLegend: false))
        }
        return Figure(
            name: "belief-r2-by-step",
            chart: Chart(
                title: "When the activations come to hold the belief",
                subtitle: subtitle("Held-out R² over all positions; dashed: the untrained model", bandRemark(series)),
                x: .trainingStep(series),
                y: .init(title: "R²", field: "r2"), series: series, marksPoints: true))
    }

    /// Shares of the variance by principal component.
    package func activationSpectrum() -> Figure {
        let last = mostFrequent(MetricName.activationSpectrum).last
        var series = last.map { pairs($0).flatMap { solidAndDashed($0, label: $0.name, shift: 0) } } ?? []
        for index in series.indices { series[index].points.removeAll { $0.y < Self.leastShare } }
        return Figure(
            name: "activation-spectrum",
            chart: Chart(
                title: "Principal components of the activations",
                subtitle: subtitle("Step \(last?.step ?? 0); dashed: the untrained model"),
                x: .init(title: "principal component", field: "component", scale: .logarithmic, ticks: Self.counts),
                y: .init(title: "share of the variance", field: "share", scale: .logarithmic), series: series))
    }

    /// Principal angles between the components' subspaces at the last point.
    package func componentAngles() -> Figure {
        let last = mostFrequent(MetricName.componentAngles).last
        let all = last.map(pairs) ?? []
        // Rows are named "point: a, b".
        func point(_ name: String) -> Substring { name.split(separator: ":").first ?? "" }
        let shown = all.filter { point($0.name) == all.last.map { point($0.name) } }
        var series: [Chart.Series] = []
        for (lines, colour) in zip(shown, Self.colours) {
            var lines = lines
            lines.colour = colour
            let pair = String(lines.name.dropFirst(point(lines.name).count + 2))
            series += solidAndDashed(lines, label: "components \(pair)", shift: 0)
        }
        return Figure(
            name: "component-angles",
            chart: Chart(
                title: "Angles between the components' subspaces",
                subtitle: subtitle(
                    "\(shown.last.map { String(point($0.name)) } ?? ""), step \(last?.step ?? 0); dashed: the untrained model"
                ),
                x: .init(title: "principal angle, the smallest first", field: "angle", ticks: Self.counts),
                y: .init(title: "degrees", field: "degrees", scale: .linearFromZero), series: series,
                marksPoints: true))
    }

    /// The gap to the oracle by position, one line for each component of the source.
    package func gapByComponent() -> Figure {
        let last = mostPrecise(MetricName.oracleGapByComponent).last
        let series = (last.map(pairs) ?? []).map {
            Chart.Series(
                label: $0.name, colour: $0.colour,
                points: $0.points.map { .init(x: $0.x + 1, y: $0.y, error: $0.error) })
        }
        return Figure(
            name: "oracle-gap-by-component",
            chart: Chart(
                title: "Excess over the Bayes-optimal predictor by component",
                subtitle: subtitle("Step \(last?.step ?? 0)", bandRemark(series)),
                x: .tokensRead(series),
                y: .init(title: run.gapTitle, field: "gap", scale: .linearFromZero), series: series))
    }

    /// Shares below are rounding, or nearly.
    private static let leastShare = 1e-7
    private static var colours: [String] { Palette.categories + Palette.sequence(12) }
    private static var counts: [Double] { [1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 40, 60] }

    /// A row of a table, and the same of the untrained model.
    private struct Lines {
        var name: String
        var colour: String
        var points: [Chart.Point]
        var untrained: [Chart.Point]
    }

    /// The rows of a table, those of the untrained model beside them.
    private func pairs(_ record: MetricRecord) -> [Lines] {
        let other = beside(record, record.metric + MetricName.untrained)
        return zip(record.rows.indices, Self.colours).map { row, colour in
            let name = record.rowNames?[row] ?? "row \(row)"
            let same = other?.rowNames?.firstIndex(of: name)
            return Lines(
                name: name, colour: colour, points: record.points(row: row),
                untrained: same.flatMap { index in other?.points(row: index) } ?? [])
        }
    }

    private func solidAndDashed(_ lines: Lines, label: String, shift: Double) -> [Chart.Series] {
        func shifted(_ points: [Chart.Point]) -> [Chart.Point] {
            points.map { .init(x: $0.x + shift, y: $0.y) }
        }
        return [
            Chart.Series(label: label, colour: lines.colour, points: shifted(lines.points)),
            Chart.Series(
                label: "untrained, \(lines.name)", role: .reference, colour: lines.colour,
                points: shifted(lines.untrained), isInLegend: false),
        ]
    }

    /// Another metric of the same evaluation and step.
    private func beside(_ record: MetricRecord, _ metric: String) -> MetricRecord? {
        run.records(of: metric, in: record.evaluation).last { $0.step == record.step }
    }
}
