// SPDX-License-Identifier: Apache-2.0

/// Figures of the loss at chosen target tokens, by how often the token was seen before in its sequence.
extension FigureContext {
    /// Along x how often it was seen; one line a step; the oracle's where the evaluator gives it.
    package func labelLossByTimesSeen() -> Figure {
        let all = mostPrecise(MetricName.labelLoss).filter(\.isCurve)
        let records = spread(all.filter { $0.step > 0 }, count: 6) { Double($0.step) }
        var series = zip(records, Palette.sequence(records.count)).map { record, colour in
            Chart.Series(label: "step \(record.step)", colour: colour, points: record.points)
        }
        if let exact = oracle(beside: records.last) {
            series.append(
                Chart.Series(
                    label: "Bayes-optimal", role: .theory, colour: Palette.theory,
                    points: exact.points.map { .init(x: $0.x, y: $0.y) }))
        }
        return Figure(
            name: "label-loss-by-times-seen",
            chart: Chart(
                title: "Loss of predicting a label by how often it was seen",
                subtitle: subtitle(bandRemark(series)),
                x: .init(title: "times the label was seen before (the last: as often or more)", field: "times_seen"),
                y: .init(title: "loss at the label (nats)", field: "loss", scale: .linearFromZero), series: series,
                marksPoints: true))
    }

    /// Along x the step; one line for each count of earlier sightings: where the model begins to copy.
    package func labelLossByStep() -> Figure {
        let records = mostFrequent(MetricName.labelLoss).filter(\.isCurve)
        let counts = Array((records.last?.points ?? []).prefix(4).map(\.x))
        var series = zip(counts, Palette.categories).map { count, colour in
            let points = records.compactMap { record in
                record.points.first { $0.x == count }.map {
                    Chart.Point(x: Double(record.step), y: $0.y, error: $0.error)
                }
            }
            return Chart.Series(label: sightings(count), colour: colour, points: points)
        }
        if let exact = oracle(beside: records.last), let start = records.first, let end = records.last {
            for (count, colour) in zip(counts, Palette.categories) {
                guard let level = exact.points.first(where: { $0.x == count })?.y else { continue }
                series.append(
                    Chart.Series(
                        label: "optimal, \(sightings(count))", role: .reference, colour: colour,
                        points: [start.step, end.step].map { .init(x: Double($0), y: level) }, isInLegend: false))
            }
            series.append(
                Chart.Series(label: "Bayes-optimal", role: .reference, colour: Palette.theory, points: []))
        }
        var remark = ""
        if let transition = Transition(in: run), let threshold = transition.threshold {
            if let first = records.first?.step, let last = records.last?.step {
                series.append(
                    Chart.Series(
                        label: "half the cost of guessing", role: .reference, colour: Palette.reference,
                        points: [first, last].map { .init(x: Double($0), y: threshold) }))
            }
            let found = transition.step.map { "first at step \($0)" } ?? "not yet"
            remark = "Mean loss at labels seen before below \(decimal(threshold)) nats: \(found)"
        }
        return Figure(
            name: "label-loss-by-step",
            chart: Chart(
                title: "When the model begins to copy labels",
                subtitle: subtitle(remark, bandRemark(series)),
                x: .trainingStep(series),
                y: .init(title: "loss at the label (nats)", field: "loss", scale: .linearFromZero), series: series))
    }

    private func sightings(_ count: Double) -> String {
        switch count {
        case 0: "not seen before"
        case 1: "seen once"
        case 2: "seen twice"
        default: "seen \(decimal(count)) times"
        }
    }

    /// The oracle's curve: the one of the same evaluation, or else the most precise there is.
    private func oracle(beside record: MetricRecord?) -> MetricRecord? {
        guard let record else { return nil }
        return run.records(of: MetricName.labelLossOracle, in: record.evaluation).last
            ?? mostPrecise(MetricName.labelLossOracle).last
    }
}
