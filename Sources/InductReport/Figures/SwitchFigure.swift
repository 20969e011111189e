// SPDX-License-Identifier: Apache-2.0

/// The loss of learning in the weights against the size of the training set, with what the context would cost, and where
/// the one falls below the other.
package struct SwitchFigure: Sendable {
    /// Classes that are alike.
    package struct Line: Sendable {
        package var name: String
        /// Training set and loss.
        package var points: [(count: Double, loss: Double)]
        /// Training sets, by kind of context, at which the loss falls below that of the context.
        package var switches: [(setting: String, count: Double)]

        package init(
            name: String, points: [(count: Double, loss: Double)], switches: [(setting: String, count: Double)]
        ) {
            self.name = name
            self.points = points
            self.switches = switches
        }
    }

    /// What the context costs.
    package struct Level: Sendable {
        package var name: String
        package var loss: Double

        package init(name: String, loss: Double) {
            self.name = name
            self.loss = loss
        }
    }

    private let lines: [Line]
    private let levels: [Level]
    private let source: String

    /// - Parameters:
    ///   - lines: the rarest or the most frequent first; beyond six a spread of them is drawn
    ///   - levels: of the context
    ///   - source: the source in the user's words, for the subtitle
    package init(_ lines: [Line], levels: [Level], source: String) {
        self.lines = spread(Array(lines.enumerated()), count: Palette.categories.count) { Double($0.offset + 1) }
            .map(\.element)
        self.levels = levels.filter { $0.loss.isFinite && $0.loss > 0 }
        self.source = source
    }

    package var chart: Chart {
        let coloured = Array(zip(lines, Palette.categories))
        let losses = lines.flatMap { $0.points.map(\.loss) } + levels.map(\.loss)
        let bottom = losses.filter { $0 > 0 }.min() ?? 1e-3
        let counts = lines.flatMap { $0.points.map(\.count) }
        let ends = [counts.min() ?? 1, counts.max() ?? 2]
        let curves = coloured.map { line, colour in
            Chart.Series(
                label: "in weights, \(line.name)", colour: colour,
                points: line.points.map { .init(x: $0.count, y: $0.loss) })
        }
        let bounds = levels.map { level in
            Chart.Series(
                label: level.name, role: .reference, colour: Palette.reference,
                points: ends.map { .init(x: $0, y: level.loss) })
        }
        let marks = coloured.flatMap { line, colour in
            line.switches.filter { (ends[0]...ends[1]).contains($0.count) }.map { mark in
                Chart.Series(
                    label: "switch, \(line.name), \(mark.setting) contexts", role: .reference, colour: colour,
                    points: [bottom, losses.max() ?? 1].map { .init(x: mark.count, y: $0) }, isInLegend: false)
            }
        }
        return Chart(
            title: "When the weights become the better guide", subtitle: [source].filter { !$0.isEmpty },
            x: .init(
                title: "sequences in the training set (logarithmic)", field: "training_count", scale: .logarithmic,
                ticks: (0...12).map { power(2, Double(2 * $0)) }.filter { (ends[0]...ends[1]).contains($0) }),
            y: .init(title: "loss (nats, logarithmic)", field: "loss", scale: .logarithmic),
            series: curves + bounds + marks)
    }
}
