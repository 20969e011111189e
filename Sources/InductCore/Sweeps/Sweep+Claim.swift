// SPDX-License-Identifier: Apache-2.0

extension Sweep {
    /// A statement about the result of a sweep: that a metric at a point, or the difference of two, is large or small
    /// enough on average over the seeds.
    package struct Claim: Equatable, Sendable {
        package var text: String
        package var value: Cell
        /// What is taken off, seed by seed; nil: nothing.
        package var minus: Cell?
        package var bound: Bound
        /// Why it is known not to hold, which is reported and no fault; nil: it is expected to.
        package var known: String?
        /// The figure that says so where the claim is not supported.
        package var figure: String?

        package enum Bound: Equatable, Sendable {
            case atLeast(Double)
            case atMost(Double)

            /// The number that the value is held against.
            package var threshold: Double {
                switch self {
                case .atLeast(let number), .atMost(let number): number
                }
            }

            package func holds(_ value: Double) -> Bool {
                switch self {
                case .atLeast(let number): value >= number
                case .atMost(let number): value <= number
                }
            }
        }

        /// A metric at a point.
        package struct Cell: Equatable, Sendable {
            package var metric: String
            /// Labels of values by the full names of their axes; axes with one value need none.
            package var place: [Coordinate]

            package struct Coordinate: Equatable, Sendable {
                package var axis: String
                package var label: String
            }
        }
    }
}

extension Sweep.Claim {
    private static let keys = ["claim", "value", "minus", "at_least", "at_most", "known", "figure"]

    /// `sweep` has every value that any scale's grid has.
    init(_ value: DocumentValue, _ path: String, sweep: Sweep) throws(SpecError) {
        let reader = try MappingReader(value, path, keys: Self.keys)
        guard let text = try reader.text("claim", longest: 1000) else {
            throw value.wrong("\(path).claim is missing: what is claimed, in words")
        }
        func bound(_ key: String) throws(SpecError) -> Double? {
            try reader.number(key, in: -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude)
        }
        let (least, most) = (try bound("at_least"), try bound("at_most"))
        guard (least == nil) != (most == nil) else {
            throw value.wrong("\(path) needs one of at_least and at_most")
        }
        let cell = try Cell(try reader.required("value"), "\(path).value", sweep: sweep, else: nil)
        self.text = text
        self.value = cell
        if let minus = reader.optional("minus") {
            self.minus = try Cell(minus, "\(path).minus", sweep: sweep, else: cell)
        }
        self.bound = least.map { .atLeast($0) } ?? .atMost(most ?? 0)
        known = try reader.text("known", longest: 1000)
        if let figure = try reader.word("figure") {
            let names = sweep.figures.map(\.name)
            guard names.contains(figure) else {
                throw (reader.optional("figure") ?? value).wrong(
                    "\(path).figure: there is no figure '\(figure)'\(suggestion(for: figure, among: names))")
            }
            self.figure = figure
        }
    }
}

extension Sweep.Claim.Cell {
    /// Reads `{metric: error, sigma: 0.2, ...}`; what it leaves out is as in `other`.
    init(_ value: DocumentValue, _ path: String, sweep: Sweep, else other: Self?) throws(SpecError) {
        guard let entries = value.entries else {
            throw value.wrong("\(path) must be a mapping such as {metric: mean_loss, width: 32}")
        }
        self.init(metric: other?.metric ?? "", place: other?.place ?? [])
        for entry in entries {
            if entry.key == "metric" {
                guard case .string(let name) = entry.value.content, !name.isEmpty else {
                    throw entry.value.wrong("\(path).metric must name a metric, not \(entry.value.kind)")
                }
                metric = name
                continue
            }
            let key = DocumentValue(.null, at: entry.place)
            let axis = try sweep.checked(entry.key, key, path)
            guard let values = sweep.axes.first(where: { $0.name == axis })?.values,
                let found = values.first(where: { $0.isCalled(entry.value) })
            else {
                throw entry.value.wrong("\(path).\(entry.key): no grid of this recipe has \(entry.value.kind) there")
            }
            place.removeAll { $0.axis == axis }
            place.append(Coordinate(axis: axis, label: found.label))
        }
        guard !metric.isEmpty else { throw value.wrong("\(path).metric is missing") }
    }
}

extension Sweep.Value {
    /// Whether a recipe that writes this value means this place: by its label, or by its number.
    func isCalled(_ name: DocumentValue) -> Bool {
        if let number = name.number { return number == self.number }
        return label == Self.label(of: name)
    }
}
