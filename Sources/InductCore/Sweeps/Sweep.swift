// SPDX-License-Identifier: Apache-2.0

/// What the key `sweep` of a recipe says: a grid of changes, each point under several seeds, and what to make of it.
///
///     sweep:
///       seeds: 3
///       grid:
///         source.sigma: [0.2, 0.4]
///         model:                                  # a name of its own: settings that move together
///           - {label: small, architecture.width: 32, training.steps: 2000}
///           - {label: large, architecture.width: 64, training.steps: 1000}
///       scales: {smoke: {seeds: 1, grid: {source.sigma: [0.2]}, set: {training.steps: 100}}}
package struct Sweep: Equatable, Sendable {
    package var axes: [Axis] = []
    package var seeds = 1
    package var figures: [Figure] = []
    package var claims: [Claim] = []

    package init(axes: [Axis] = [], seeds: Int = 1) {
        self.axes = axes
        self.seeds = seeds
    }

    /// Largest number of points and of seeds.
    package static let limit = 100_000

    /// Points of the grid: the product of the axes' sizes; 1 without axes.
    package var pointCount: Int {
        axes.reduce(1) { count, axis in
            let (product, overflow) = count.multipliedReportingOverflow(by: axis.values.count)
            return overflow ? .max : product
        }
    }

    /// One of the grid's directions.
    package struct Axis: Equatable, Sendable {
        /// A path such as source.sigma, or a name for several that move together.
        package var name: String
        package var values: [Value]

        package init(name: String, values: [Value]) {
            self.name = name
            self.values = values
        }
    }

    /// One place on an axis: what it changes, and what it is called.
    package struct Value: Equatable, Sendable {
        package var label: String
        /// Its place on an axis of a figure; nil for what is no number.
        package var number: Double?
        package var settings: [Setting]

        package init(label: String, number: Double? = nil, settings: [Setting]) {
            self.label = label
            self.number = number
            self.settings = settings
        }
    }

    /// A change to a recipe.
    package struct Setting: Equatable, Sendable {
        package var path: String
        package var value: DocumentValue
    }

    /// A point of the grid: an index into each axis.
    package struct Point: Equatable, Sendable {
        package var indices: [Int]

        package init(_ indices: [Int]) { self.indices = indices }
    }

    /// All points, the last axis moving fastest.
    package var points: [Point] {
        axes.reduce([Point([])]) { points, axis in
            points.flatMap { point in axis.values.indices.map { Point(point.indices + [$0]) } }
        }
    }

    /// The axis as it is called in names and tables: the last part of its path where that tells it from the others.
    package func shortName(_ axis: Int) -> String {
        func last(_ name: String) -> Substring { name.split(separator: ".").last ?? name[...] }
        let short = last(axes[axis].name)
        return axes.count { last($0.name) == short } == 1 ? String(short) : axes[axis].name
    }

    /// The axis with this name, short or long.
    package func axis(named name: String) -> Int? {
        axes.indices.first { axes[$0].name == name } ?? axes.indices.first { shortName($0) == name }
    }

    /// "sigma=0.2, width=32"; "" without axes.
    package func title(of point: Point) -> String {
        point.indices.enumerated().map { "\(shortName($0))=\(axes[$0].values[$1].label)" }.joined(separator: ", ")
    }

    /// The title as a name for a directory; "point" without axes.
    ///
    /// Where the title holds other characters than a name may, or is too long, a digest of it is added, so that two points
    /// never share a name.
    package func directoryName(of point: Point) -> String {
        guard !axes.isEmpty else { return "point" }
        let title = point.indices.enumerated().map { "\(shortName($0))=\(axes[$0].values[$1].label)" }
            .joined(separator: ",")
        let plain = String(
            title.unicodeScalars.map { scalar -> Character in
                let isPlain = scalar.isASCII && scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                return isPlain || "._+-=,".unicodeScalars.contains(scalar) ? Character(scalar) : "-"
            }
        )
        guard plain != title || title.utf8.count > Self.longestName || title.hasPrefix(".") else { return title }
        let start = plain.drop { $0 == "." }.prefix(Self.longestName - 9)
        return "\(start)-\(Digest.of(title.utf8).prefix(8))"
    }

    private static let longestName = 160
}
