// SPDX-License-Identifier: Apache-2.0

/// Figures with the place in the sequence along x. The prediction at 0-based position i has read i + 1 tokens.
extension FigureContext {
    /// Loss by position at several steps, over the exact h_l.
    package func lossByPosition() -> Figure {
        let records = steps(mostPrecise(MetricName.positionLoss))
        var series = lines(records, along: shifted)
        let positions = Set(series.flatMap { $0.points.map(\.x) })
        if let theory {
            let exact = theory.entropy.indices.dropFirst().filter { positions.contains(Double($0)) }.map {
                Chart.Point(x: Double($0), y: theory.entropy[$0], error: theory.standardErrors?[$0])
            }
            series.append(Chart.Series(label: "exact h_l", role: .theory, colour: Palette.theory, points: exact))
            if let rate = theory.rate, let first = positions.min(), let last = positions.max() {
                series.append(
                    Chart.Series(
                        label: "entropy rate h_μ", role: .reference, colour: Palette.reference,
                        points: [Chart.Point(x: first, y: rate), Chart.Point(x: last, y: rate)]))
            }
        }
        return Figure(
            name: "loss-by-position",
            chart: Chart(
                title: "Loss by position against the exact entropy",
                subtitle: subtitle(bandRemark(series)),
                x: .tokensRead(series), y: .init(title: run.lossTitle, field: "loss"), series: series))
    }

    /// E KL(oracle || model), or a regression's distance from the posterior mean, by position at several steps; the theory's line is 0.
    package func gapByPosition() -> Figure {
        let records = steps(mostPrecise(MetricName.oracleGap))
        var series = lines(records, along: shifted)
        let positions = Set(series.flatMap { $0.points.map(\.x) })
        if let first = positions.min(), let last = positions.max() {
            series.append(
                Chart.Series(
                    label: "optimal: 0", role: .theory, colour: Palette.theory,
                    points: [Chart.Point(x: first, y: 0), Chart.Point(x: last, y: 0)]))
        }
        return Figure(
            name: "oracle-gap-by-position",
            chart: Chart(
                title: "Excess over the Bayes-optimal predictor by position",
                subtitle: subtitle(bandRemark(series)),
                x: .tokensRead(series),
                y: .init(
                    title: run.gapTitle, field: "gap", scale: .symmetricLogarithmic(constant: 0.003),
                    ticks: [0, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3]),
                series: series))
    }

    /// From the 0-based position to the number of tokens read.
    func shifted(_ point: Chart.Point) -> Chart.Point { .init(x: point.x + 1, y: point.y, error: point.error) }
}

/// What a figure says about its bands; empty where it has none.
func bandRemark(_ series: [Chart.Series]) -> String {
    series.contains { $0.points.contains { $0.error != nil } } ? "Bands: two standard errors to either side" : ""
}
