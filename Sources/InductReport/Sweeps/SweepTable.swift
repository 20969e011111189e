// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// The finished runs of a sweep, by point of its grid.
package struct SweepTable: Sendable {
    package let sweep: Sweep
    package let name: String
    package let points: [Point]

    package struct Point: Sendable {
        package var point: Sweep.Point
        package var directory: String
        /// Of the seeds that are finished, in their order.
        package var runs: [RunRecord]
        package let spread: Spread

        package init(_ point: Sweep.Point, directory: String, runs: [RunRecord]) {
            self.point = point
            self.directory = directory
            self.runs = runs
            spread = Spread(runs)
        }
    }

    package init(_ sweep: Sweep, name: String, points: [Point]) {
        self.sweep = sweep
        self.name = name
        self.points = points
    }

    /// Scalar metrics of evaluations, in the order in which the runs report them.
    package var scalars: [String] {
        var names: [String] = []
        for item in points.flatMap(\.spread.items) where item.entries.isEmpty && !names.contains(item.metric) {
            names.append(item.metric)
        }
        return names
    }

    /// The points whose values on some axes have these labels.
    func points(at place: [Sweep.Claim.Cell.Coordinate]) -> [Point] {
        points.filter { point in
            place.allSatisfy { coordinate in
                guard let axis = sweep.axis(named: coordinate.axis) else { return false }
                return label(of: point, axis) == coordinate.label
            }
        }
    }

    func label(of point: Point, _ axis: Int) -> String { sweep.axes[axis].values[point.point.indices[axis]].label }
}

extension RunRecord {
    /// The records of a scalar, by its name, or by its evaluation and name as in "final/error", by step.
    func records(ofScalar name: String) -> [MetricRecord] {
        let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
        let found = parts.count == 2 ? records(of: parts[1], in: parts[0]) : records(of: name)
        return found.filter { $0.scalar != nil }
    }

    /// The last value of a scalar, named as in `records(ofScalar:)`; nil when there is none.
    package func last(scalar name: String) -> Double? { records(ofScalar: name).last?.scalar }

    /// The seed; nil when run.json does not say it.
    package var seed: Int? { recipe["seed"]?.int }
}
