// SPDX-License-Identifier: Apache-2.0

/// The error of a predictor that is known, to be drawn as a level: chance, or the best there is.
package struct ErrorLevel: Equatable, Sendable {
    package var name: String
    package var error: Double

    package init(name: String, error: Double) {
        self.name = name
        self.error = error
    }
}

/// Errors by view against the training step: views with the labels of training, or those with replaced ones.
extension FigureContext {
    /// The views whose labels are those of training.
    package func errorByView() -> Figure { ErrorFigure(run, isShifted: false).figure(errorCurve, levels, subtitle()) }

    /// The views whose labels were replaced: small where labels are copied from the context, large where they are
    /// remembered.
    package func errorByShiftedView() -> Figure {
        ErrorFigure(run, isShifted: true).figure(errorCurve, levels, subtitle())
    }

    /// A metric by step, with its standard errors.
    func errorCurve(_ metric: String) -> [Chart.Point] {
        mostFrequent(metric).filter { $0.scalar?.isFinite ?? false }.map { record in
            Chart.Point(
                x: Double(record.step), y: record.rows[0][0],
                error: record.standardErrors.flatMap { $0[0][0].isFinite ? $0[0][0] : nil })
        }
    }
}

/// Which errors by view a run holds, and how they are drawn.
struct ErrorFigure {
    private let isShifted: Bool
    /// The metrics of `view-error` for named views.
    private let metrics: [String]

    init(_ run: RunRecord, isShifted: Bool) {
        var names: [String] = []
        for record in run.metrics
        where record.scalar != nil && record.metric.hasPrefix(MetricName.viewError)
            && record.metric.hasSuffix(MetricName.shiftedView) == isShifted && !names.contains(record.metric)
        {
            names.append(record.metric)
        }
        metrics = names
        self.isShifted = isShifted
    }

    /// A line for each view that was looked at more than once, against known errors.
    func figure(_ curve: (String) -> [Chart.Point], _ levels: [ErrorLevel], _ subtitle: [String]) -> Figure {
        let curves = metrics.map { (metric: $0, points: curve($0)) }.filter { $0.points.count > 1 }
        let colours = curves.count <= Palette.categories.count ? Palette.categories : Palette.sequence(curves.count)
        var series = zip(curves, colours).map { curve, colour in
            Chart.Series(
                label: curve.metric.dropFirst(MetricName.viewError.count).split(separator: "_").joined(separator: " "),
                colour: colour, points: curve.points)
        }
        let steps = curves.flatMap { $0.points.map(\.x) }
        if let first = steps.min(), let last = steps.max() {
            for level in levels {
                series.append(
                    Chart.Series(
                        label: "\(level.name) (\(decimal(level.error)))", role: .reference, colour: Palette.reference,
                        points: [first, last].map { .init(x: $0, y: level.error) }))
            }
        }
        return Figure(
            name: isShifted ? "error-by-shifted-view" : "error-by-view",
            chart: Chart(
                title: isShifted
                    ? "Error on replaced labels against the training step" : "Error by view against the training step",
                subtitle: subtitle + [bandRemark(series)].filter { !$0.isEmpty },
                x: .trainingStep(series),
                y: .init(title: "error", field: "error", scale: .linearFromZero), series: series))
    }
}
