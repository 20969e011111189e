// SPDX-License-Identifier: Apache-2.0

/// Figures of curves that no other figure draws, such as those of a user's own evaluators.
extension FigureContext {
    /// One for each metric along numbers, at several steps, of the first twelve; named METRIC-by-AXIS.
    package func otherCurves() -> [Figure] {
        var metrics: [String] = []
        for record in run.metrics
        where record.isCurve && record.columnNames == nil && !MetricName.drawnCurves.contains(record.metric)
            && !metrics.contains(record.metric)
        {
            metrics.append(record.metric)
        }
        return metrics.prefix(12).map(otherCurve)
    }

    private func otherCurve(_ metric: String) -> Figure {
        let records = steps(mostPrecise(metric))
        let axis = records.last?.axis ?? ""
        let isByPosition = axis == MetricName.position
        let series = lines(records, along: isByPosition ? shifted : { $0 })
        let suffix = "_by_\(axis)"
        let quantity = metric.hasSuffix(suffix) ? String(metric.dropLast(suffix.count)) : metric
        let spoken = quantity.replacing("_", with: " ")
        let unit = records.last?.unit.map { " (\($0))" } ?? ""
        return Figure(
            name: SweepFigures.kebab(quantity + suffix),
            chart: Chart(
                title: "\(spoken.prefix(1).uppercased())\(spoken.dropFirst()) by \(axis.replacing("_", with: " "))",
                subtitle: subtitle(bandRemark(series)),
                x: isByPosition
                    ? .tokensRead(series)
                    : .init(title: axis.replacing("_", with: " "), field: "x"),
                y: .init(title: spoken + unit, field: "value"), series: series))
    }

    /// A line for each record, its points moved along x.
    func lines(_ records: [MetricRecord], along place: (Chart.Point) -> Chart.Point) -> [Chart.Series] {
        zip(records, Palette.sequence(records.count)).map { record, colour in
            Chart.Series(label: "step \(record.step)", colour: colour, points: record.points.map(place))
        }
    }

    /// At most six steps; the untrained model is left out where there are others.
    func steps(_ records: [MetricRecord]) -> [MetricRecord] {
        let trained = records.filter { $0.step > 0 && $0.isCurve }
        return spread(trained.isEmpty ? records.filter(\.isCurve) : trained, count: 6) { Double($0.step) }
    }
}
