// SPDX-License-Identifier: Apache-2.0

extension Sweep {
    /// A picture of metrics along one axis of the grid, a line for each metric and each value of other axes; of the axes
    /// that it does not name, every combination of values gets a panel of its own.
    package struct Figure: Equatable, Sendable {
        /// Kebab-case, the name of its files.
        package var name: String
        package var title: String?
        /// What the metrics are, for the vertical axis.
        package var y: String?
        /// What is drawn, by the labels of the legend.
        package var metrics: [Series]
        /// The axis along which it is drawn; `Figure.step` is the training step.
        package var x: String
        package var lines: [String]
        /// What theory says about it is drawn as well.
        package var theory: Theory?

        /// What can be known without training, of a source of labelled examples.
        package enum Theory: String, CaseIterable, Sendable {
            /// The sizes of the training set, along x, at which weights become the better guide than contexts; with
            /// errors also chance and the least error there is.
            case switchPoints = "switch"
        }

        package struct Series: Equatable, Sendable {
            package var label: String
            package var metric: String

            package init(label: String, metric: String) {
                self.label = label
                self.metric = metric
            }
        }

        /// The name of the axis along which a run itself moves.
        package static let step = "step"

        package init(name: String, title: String? = nil, metrics: [Series], x: String, lines: [String]) {
            self.name = name
            self.title = title
            self.metrics = metrics
            self.x = x
            self.lines = lines
        }
    }
}

extension Sweep.Figure {
    init(_ value: DocumentValue, _ path: String, sweep: Sweep, taken: [String]) throws(SpecError) {
        let reader = try MappingReader(value, path, keys: ["name", "title", "metrics", "x", "y", "lines", "theory"])
        guard let name = try reader.word("name"), SpecName.isName(name) else {
            throw value.wrong("\(path).name is missing or no name in kebab-case, such as error-by-width")
        }
        guard !taken.contains(name) else {
            throw (reader.optional("name") ?? value).wrong("\(path).name '\(name)' is taken by a figure before it")
        }
        let x = try reader.required("x")
        guard case .string(let axis) = x.content else { throw x.wrong("\(path).x must name an axis, not \(x.kind)") }
        self.init(
            name: name, title: try reader.word("title"), metrics: try Self.series(reader),
            x: axis == Self.step ? axis : try sweep.checked(axis, x, "\(path).x"), lines: [])
        y = try reader.word("y")
        for (i, line) in (reader.list("lines") ?? []).enumerated() {
            guard case .string(let name) = line.content else {
                throw line.wrong("\(path).lines.\(i) must name an axis, not \(line.kind)")
            }
            lines.append(try sweep.checked(name, line, "\(path).lines.\(i)"))
        }
        theory = try Self.theory(reader, path, isAlongAxis: self.x != Self.step)
    }

    private static func theory(
        _ reader: MappingReader, _ path: String, isAlongAxis: Bool
    ) throws(SpecError) -> Theory? {
        guard let value = reader.optional("theory"), let word = try reader.word("theory") else { return nil }
        guard let theory = Theory(rawValue: word) else {
            let names = Theory.allCases.map(\.rawValue)
            throw value.wrong(
                "\(path).theory: there is no theory '\(word.prefix(80))'"
                    + (suggestion(for: word, among: names).nonEmpty ?? "; it can be \(names.joined(separator: ", "))"))
        }
        guard isAlongAxis else { throw value.wrong("\(path).theory needs an axis of the grid as x, not \(step)") }
        return theory
    }

    /// `{label: metric, ...}`, a list of metrics, or one.
    private static func series(_ reader: MappingReader) throws(SpecError) -> [Series] {
        let value = try reader.required("metrics")
        var series: [Series] = []
        func metric(_ value: DocumentValue, _ path: String) throws(SpecError) -> String {
            guard case .string(let name) = value.content, !name.isEmpty else {
                throw value.wrong("\(path) must name a metric, not \(value.kind)")
            }
            return name
        }
        if let entries = value.entries {
            for entry in entries {
                series.append(
                    Series(label: entry.key, metric: try metric(entry.value, "\(reader.name("metrics")).\(entry.key)")))
            }
        } else {
            for (i, value) in (reader.list("metrics") ?? []).enumerated() {
                let name = try metric(value, "\(reader.name("metrics")).\(i)")
                series.append(Series(label: name, metric: name))
            }
        }
        guard !series.isEmpty else { throw value.wrong("\(reader.name("metrics")) is empty") }
        return series
    }
}

extension Sweep {
    /// The full name of the axis called `name` at `value`.
    func checked(_ name: String, _ value: DocumentValue, _ path: String) throws(SpecError) -> String {
        guard let axis = axis(named: name) else {
            let names = axes.indices.map(shortName)
            throw value.wrong(
                "\(path): the grid has no axis '\(name.prefix(80))'"
                    + (suggestion(for: name, among: names + axes.map(\.name)).nonEmpty
                        ?? "; it has \(names.joined(separator: ", ").nonEmpty ?? "none")"))
        }
        return axes[axis].name
    }
}
