// SPDX-License-Identifier: Apache-2.0

/// The regret of a gate over the whole run, with the bounds of its rules.
extension FigureContext {
    /// Against the step: overall and over all keys.
    package func regretByStep() -> Figure {
        let regret = RunRegret(in: run)
        let totals = regret?.totals ?? []
        let hasKeys = (totals.last?.regretByKey.count ?? 0) > 1
        func line(
            _ label: String, _ role: Chart.Series.Role, _ colour: Int, _ value: (RunRegret.Total) -> Double
        ) -> Chart.Series {
            Chart.Series(
                label: label, role: role, colour: Palette.categories[colour],
                points: totals.map { .init(x: Double($0.step), y: value($0)) })
        }
        let overall = [
            line("best fixed weights", .model, 0, \.regret), line("bound of one rule", .reference, 0, \.bound),
        ]
        let byKey = [
            line("best fixed weights of every key", .model, 1, \.regretOfKeys),
            line("bound of a rule for every key", .reference, 1, \.boundOfKeys),
        ]
        let series = overall + (hasKeys ? byKey : [])
        return Figure(
            name: "regret-by-step",
            chart: Chart(
                title: "Regret of the mixture against the training step",
                subtitle: subtitle("Bounds are those of a rule tuned to the samples so far"),
                x: .trainingStep(series),
                y: .init(title: "regret (\(regret?.unit ?? ""))", field: "regret", scale: .linearFromZero),
                series: series, marksPoints: totals.count <= 30))
    }

    /// At the last step, by key; without data for a gate that has one key.
    package func regretByKey() -> Figure {
        let regret = RunRegret(in: run)
        let last = regret?.last
        let seen = last?.regretByKey.indices.filter { last?.regretByKey[$0].isFinite ?? false } ?? []
        func points(_ values: [Double]?) -> [Chart.Point] {
            guard let values, values.count > 1 else { return [] }
            return seen.map { .init(x: Double($0), y: values[$0]) }
        }
        return Figure(
            name: "regret-by-key",
            chart: Chart(
                title: "Regret of the mixture by key",
                subtitle: subtitle("Step \(last?.step ?? 0)"),
                x: .init(title: "key", field: "key"),
                y: .init(title: "regret (\(regret?.unit ?? ""))", field: "regret", scale: .linearFromZero),
                series: [
                    .init(
                        label: "best fixed weights", colour: Palette.categories[0],
                        points: points(last?.regretByKey)),
                    .init(
                        label: "bound", role: .reference, colour: Palette.categories[0],
                        points: points(last?.boundByKey)),
                ], marksPoints: true))
    }
}
