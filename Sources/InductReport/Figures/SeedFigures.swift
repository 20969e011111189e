// SPDX-License-Identifier: Apache-2.0

/// Figures of runs that differ in their seed alone.
package struct SeedFigures: Sendable {
    private let runs: [RunRecord]
    private let theory: TheoryCurve?

    package init(runs: [RunRecord], theory: TheoryCurve?) {
        self.runs = runs
        self.theory = theory
    }

    /// The training loss against the step: its mean over the seeds, with a band of two standard deviations.
    func trainingLoss() -> Figure {
        var points = mean(
            curves: runs.map { run in
                run.records(of: MetricName.trainingLoss, in: MetricName.training).compactMap { record in
                    record.scalar.map { Chart.Point(x: Double(record.step), y: $0) }
                }
            })
        let most = 1_000
        if points.count > most { points = (0..<most).map { points[$0 * points.count / most] } }
        var series = [Chart.Series(label: label, colour: Palette.categories[0], points: points)]
        if let theory, let floor = theory.meanFloor(positions: theory.entropy.count - 1), let first = points.first,
            let last = points.last
        {
            series.append(
                Chart.Series(
                    label: "exact floor (mean h_l)", role: .theory, colour: Palette.theory,
                    points: [first.x, last.x].map { Chart.Point(x: $0, y: floor) }))
        }
        return Figure(
            name: "training-loss-by-seed",
            chart: Chart(
                title: "Training loss over \(runs.count) seeds", subtitle: subtitle,
                x: .trainingStep(series),
                y: .init(title: lossTitle, field: "loss"), series: series))
    }

    /// The last loss by position: its mean over the seeds, with a band of two standard deviations, and the exact h_l.
    func lossByPosition() -> Figure {
        let curves = runs.map { run in
            FigureContext(run: run, theory: theory).mostPrecise(MetricName.positionLoss).last?.points ?? []
        }
        let points = mean(curves: curves).map { Chart.Point(x: $0.x + 1, y: $0.y, error: $0.error) }
        var series = [Chart.Series(label: label, colour: Palette.categories[0], points: points)]
        let exact = points.compactMap { point in
            theory?.floor(at: Int(point.x) - 1).map { Chart.Point(x: point.x, y: $0) }
        }
        if !exact.isEmpty {
            series.append(Chart.Series(label: "exact h_l", role: .theory, colour: Palette.theory, points: exact))
        }
        return Figure(
            name: "loss-by-position-by-seed",
            chart: Chart(
                title: "Loss by position over \(runs.count) seeds", subtitle: subtitle,
                x: .tokensRead(series),
                y: .init(title: lossTitle, field: "loss"), series: series, marksPoints: points.count <= 20))
    }

    /// Errors by view against the step: their means over the seeds, with bands of two standard deviations.
    func errorsByView() -> [Figure] {
        guard let first = runs.first else { return [] }
        return [false, true].map { isShifted in
            var figure = ErrorFigure(first, isShifted: isShifted).figure(
                { metric in
                    mean(curves: runs.map { FigureContext(run: $0, theory: nil).errorCurve(metric) })
                }, [], subtitle)
            figure.name += "-by-seed"
            figure.chart.subtitle = subtitle
            return figure
        }
    }

    private var lossTitle: String { runs.first?.lossTitle ?? "loss" }
    private var label: String { "mean of \(runs.count) seeds" }
    private var subtitle: [String] {
        [runs.first?.source ?? "", "Band: two standard deviations over the seeds"].filter { !$0.isEmpty }
    }

    /// The mean at every place that all curves have, and the standard deviation (n - 1) in place of its error.
    private func mean(curves: [[Chart.Point]]) -> [Chart.Point] {
        let tables = curves.map { curve in Dictionary(curve.map { ($0.x, $0.y) }) { $1 } }
        guard let first = curves.first else { return [] }
        return first.compactMap { point in
            let values = tables.compactMap { $0[point.x] }.filter(\.isFinite)
            guard values.count == curves.count, values.count > 1 else { return nil }
            let mean = values.reduce(0, +) / Double(values.count)
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return Chart.Point(x: point.x, y: mean, error: (squares / Double(values.count - 1)).squareRoot())
        }
    }
}

extension Report {
    /// Every figure of runs that differ in their seed alone for which they have data.
    package init(seeds runs: [RunRecord], theory: TheoryCurve?) {
        let figures = SeedFigures(runs: runs, theory: theory)
        self.init(
            figures: ([figures.trainingLoss(), figures.lossByPosition()] + figures.errorsByView())
                .filter(\.chart.hasData))
    }
}
