// SPDX-License-Identifier: Apache-2.0

extension Chart.Axis {
    /// Whether places lie more evenly on a logarithmic axis than on a linear one.
    ///
    /// The largest is at least 20 times the smallest, and ratios of neighbours differ less than their distances do. Places at
    /// and below 0 are left out.
    ///
    /// - Complexity: O(n log n).
    static func isLogarithmic(_ places: some Sequence<Double>) -> Bool {
        let places = Set(places.filter { $0 > 0 && $0.isFinite }).sorted()
        guard let first = places.first, let last = places.last, last >= 20 * first else { return false }
        return unevenness(places.map(naturalLogarithm)) <= unevenness(places)
    }

    /// The standard deviation of the distances between neighbours, over their mean.
    private static func unevenness(_ places: [Double]) -> Double {
        let steps = zip(places, places.dropFirst()).map { $1 - $0 }
        let mean = steps.reduce(0, +) / Double(steps.count)
        let squares = steps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(steps.count)).squareRoot() / mean
    }

    /// The training step: logarithmic where the lines' steps are so spaced, with room for step 0 where it is among them.
    static func trainingStep(_ series: [Chart.Series]) -> Chart.Axis {
        let steps = series.filter { $0.role == .model }.flatMap { $0.points.map(\.x) }
        guard let last = steps.max(), isLogarithmic(steps) else {
            return .init(title: "training step", field: "step", scale: .linearFromZero)
        }
        let first = steps.filter { $0 > 0 }.min() ?? 1
        let hasZero = steps.contains(0)
        return .init(
            title: "training step (logarithmic)", field: "step",
            scale: hasZero ? .symmetricLogarithmic(constant: first) : .logarithmic,
            ticks: (hasZero ? [0] : []) + ticks(from: first, to: last))
    }

    /// Powers of ten within two places above 0, with twice and five times each where there are few.
    private static func ticks(from first: Double, to last: Double) -> [Double] {
        let factors: [Double] = last > 2_000 * first ? [1] : [1, 2, 5]
        return (-20...20).flatMap { exponent in factors.map { $0 * power(10, Double(exponent)) } }
            .filter { (first...last).contains($0) }
    }

    /// The number of tokens that the lines' predictions have read.
    static func tokensRead(_ series: [Chart.Series]) -> Chart.Axis {
        position("tokens read", field: "tokens_read", upTo: series.flatMap { $0.points.map(\.x) }.max() ?? 0)
    }

    /// A position in a sequence, up to `last`: logarithmic where sequences are long, for most happens early.
    static func position(_ title: String, field: String, upTo last: Double) -> Chart.Axis {
        let isLong = last > 20
        return .init(
            title: title + (isLong ? " (logarithmic)" : ""), field: field, scale: isLong ? .logarithmic : .linear,
            ticks: isLong ? [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1_000, 2_000, 5_000, 10_000] : nil)
    }
}
