// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// What a figure that asks for theory gets beside its lines.
struct PanelTheory {
    var spans: [Chart.Span] = []
    var levels: [Chart.Series] = []

    static let remark =
        "switch: the training set from which weights (KT) should do better than the context, from a gate that knows the "
        + "class alone to one that sees whether the context helps"
}

extension SweepFigures {
    /// The predictions for a panel's lines, each drawn once; which lines it is for is said where they differ.
    func theory(
        _ figure: Sweep.Figure, x axis: Int?, lines: [(names: [String], points: [SweepTable.Point])]
    ) -> PanelTheory {
        guard figure.theory != nil, let axis, let metric = figure.metrics.first?.metric else { return PanelTheory() }
        var found: [(names: [String], prediction: SwitchPrediction)] = []
        for line in lines {
            guard let run = line.points.lazy.flatMap(\.runs).first, let source = run.source(ofScalar: metric),
                let prediction = prediction(source), !found.contains(where: { $0.prediction == prediction })
            else { continue }
            found.append((line.names, prediction))
        }
        let scale = AxisScale(table.sweep.axes[axis])
        let groups = found.flatMap { found in found.prediction.groups.map { (found.names, $0) } }
        let spans = zip(groups, Palette.spans(groups.count)).map { named, colour in
            let (names, group) = named
            let whose = (found.count > 1 ? names : []) + [group.name]
            let range =
                group.early == group.late
                ? Self.count(group.early) : "\(Self.count(group.early)) to \(Self.count(group.late))"
            return Chart.Span(
                label: "switch, \(whose.joined(separator: ", ")): N = \(range)", colour: colour,
                range: scale.place(of: group.early)...scale.place(of: max(group.early, group.late)))
        }
        let places = table.sweep.axes[axis].values.indices.map(scale.place)
        guard figure.metrics.allSatisfy({ $0.isViewError }), let first = places.min(), let last = places.max() else {
            return PanelTheory(spans: spans)
        }
        var levels: [ErrorLevel] = []
        for level in found.flatMap(\.prediction.levels) where !levels.contains(level) { levels.append(level) }
        return PanelTheory(
            spans: spans,
            levels: levels.map { level in
                Chart.Series(
                    label: "\(level.name) (\(decimal(level.error)))", role: .reference, colour: Palette.reference,
                    points: [first, last].map { .init(x: $0, y: level.error) })
            })
    }

    private static func count(_ count: Double) -> String { count.isFinite ? decimal(count, digits: 0) : "never" }
}

extension Sweep.Figure.Series {
    fileprivate var isViewError: Bool {
        (metric.split(separator: "/").last ?? "").hasPrefix(MetricName.viewError)
    }
}

extension RunRecord {
    /// The source that a scalar is measured on: that of its evaluation, or the one trained on.
    ///
    /// The scalar is named as in `records(ofScalar:)`.
    package func source(ofScalar name: String) -> PluginSpec? {
        let evaluation = records(ofScalar: name).last?.evaluation
        let own = recipe["evaluate"]?.array?.first { $0["name"]?.string == evaluation }?["source"]
        return (own ?? recipe["source"]).flatMap { try? PluginSpec(json: $0) }
    }
}
