// SPDX-License-Identifier: Apache-2.0

/// Figures with the training step along x.
extension FigureContext {
    /// L_l / h_mu - 1 against the step, one line for each of some positions; dashed in the same colour the exact
    /// h_l / h_mu - 1 that the line falls to.
    package func relativeLoss() -> Figure {
        let records = mostFrequent(MetricName.positionLoss).filter(\.isCurve)
        var series: [Chart.Series] = []
        if let rate = theory?.rate, rate > 0, let last = records.last {
            let positions = spread(last.points.map { Int($0.x) }, count: 6) { Double($0 + 1) }
            let end = Double(last.step)
            let start = Double(records.first?.step ?? 0)
            for (position, colour) in zip(positions, Palette.sequence(positions.count)) {
                let label = position == 0 ? "1 token read" : "\(position + 1) tokens read"
                let points = records.compactMap { record in
                    record.points.first { $0.x == Double(position) }.map {
                        Chart.Point(x: Double(record.step), y: $0.y / rate - 1, error: $0.error.map { $0 / rate })
                    }
                }
                series.append(Chart.Series(label: label, colour: colour, points: points))
                guard let floor = theory?.floor(at: position) else { continue }
                series.append(
                    Chart.Series(
                        label: "exact, " + label, role: .reference, colour: colour,
                        points: [start, end].map { Chart.Point(x: $0, y: floor / rate - 1) }, isInLegend: false))
            }
            series.append(
                Chart.Series(
                    label: "exact h_l / h_μ − 1", role: .reference, colour: Palette.theory, points: []))
        }
        return Figure(
            name: "relative-loss-by-step",
            chart: Chart(
                title: "Relative loss by position against the training step",
                subtitle: subtitle(bandRemark(series)), x: .trainingStep(series),
                y: .init(title: "loss / h_μ − 1", field: "relative_loss"), series: series))
    }

    /// The loss of training batches, over the least mean loss that any predictor can have.
    package func trainingLoss() -> Figure {
        let records = run.records(of: MetricName.trainingLoss, in: MetricName.training).filter {
            $0.scalar?.isFinite ?? false
        }
        let points = thinned(records.map { Chart.Point(x: Double($0.step), y: $0.rows[0][0]) }, to: 1_000)
        var series = [Chart.Series(label: "training loss", colour: Palette.categories[0], points: points)]
        if let theory, let first = points.first, let last = points.last {
            func level(_ label: String, _ role: Chart.Series.Role, _ value: Double?, colour: String) {
                guard let value else { return }
                let ends = [first.x, last.x].map { Chart.Point(x: $0, y: value) }
                series.append(Chart.Series(label: label, role: role, colour: colour, points: ends))
            }
            level(
                "exact floor (mean h_l)", .theory, theory.meanFloor(positions: theory.entropy.count - 1),
                colour: Palette.theory)
            level("entropy rate h_μ", .reference, theory.rate, colour: Palette.reference)
        }
        return Figure(
            name: "training-loss",
            chart: Chart(
                title: "Training loss against the exact floor", subtitle: subtitle(), x: .trainingStep(series),
                y: .init(title: run.lossTitle, field: "loss"), series: series))
    }

    /// At most `count` points: means of neighbours.
    private func thinned(_ points: [Chart.Point], to count: Int) -> [Chart.Point] {
        guard points.count > count else { return points }
        return (0..<count).map { place in
            let group = points[place * points.count / count..<(place + 1) * points.count / count]
            let size = Double(group.count)
            return Chart.Point(
                x: group.reduce(0) { $0 + $1.x } / size, y: group.reduce(0) { $0 + $1.y } / size)
        }
    }
}
