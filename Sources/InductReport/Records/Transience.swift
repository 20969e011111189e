// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// When something learned appeared in training, and when it went again: an error that falls below a level, is least, and
/// rises to the level once more.
///
/// For the error of a view whose labels were replaced, where copying from the context is right and remembering is wrong, this
/// is the emergence and the transience of in-context learning. Source: Singh, Chan, Moskovitz, Grant, Saxe, Hill 2023, The
/// transient nature of emergent in-context learning in transformers (arXiv 2311.08360).
package struct Transience: Equatable, Sendable {
    /// A metric that is a scalar.
    package let metric: String
    package let level: Double
    /// The first evaluated step below the level; nil when there was none.
    package let emerged: Int?
    /// The least value, the first of equal ones, and its step.
    package let least: Double
    package let leastStep: Int
    /// The first evaluated step after the least value that is at the level or above; nil when there was none, or nothing
    /// had emerged.
    package let lost: Int?
    /// Where the curve falls up to the least value, and where it rises from there on; nil where it shows no such thing.
    package let fall: ChangePoint?
    package let rise: ChangePoint?

    /// Half of all predictions.
    package static let usualLevel = 0.5

    /// Looks at the evaluation that holds the metric most often.
    ///
    /// - Returns: nil when the run holds the metric at fewer than two steps.
    package init?(of metric: String, level: Double = usualLevel, in run: RunRecord) {
        let curves = run.evaluations(with: metric).map { evaluation in
            run.records(of: metric, in: evaluation).compactMap { record in
                record.scalar.flatMap { $0.isFinite ? (step: record.step, value: $0) : nil }
            }
        }
        guard let curve = curves.max(by: { $0.count < $1.count }), curve.count > 1,
            let place = curve.indices.min(by: { curve[$0].value < curve[$1].value })
        else { return nil }
        self.metric = metric
        self.level = level
        let emerged = curve.first { $0.value < level }?.step
        self.emerged = emerged
        (leastStep, least) = curve[place]
        lost = emerged == nil ? nil : curve[place...].first { $0.value >= level }?.step
        func change(_ part: ArraySlice<(step: Int, value: Double)>) -> ChangePoint? {
            ChangePoint(steps: part.map { Double($0.step) }, values: part.map(\.value))
        }
        fall = change(curve[...place]).flatMap { $0.after < $0.before ? $0 : nil }
        rise = change(curve[place...]).flatMap { $0.after > $0.before ? $0 : nil }
    }

    /// For programs.
    package var json: JSON {
        func step(_ value: Int?) -> JSON { value.map { .integer(Int64($0)) } ?? .null }
        func interval(_ point: ChangePoint?) -> JSON {
            point.map { .numbers([$0.interval.lowerBound, $0.interval.upperBound]) } ?? .null
        }
        return [
            "metric": .string(metric), "level": .number(level), "first_step_below": step(emerged),
            "least": .number(least), "least_step": step(leastStep), "first_step_above_again": step(lost),
            "fall": .optional(fall?.step), "fall_interval": interval(fall), "rise": .optional(rise?.step),
            "rise_interval": interval(rise),
        ]
    }
}

extension RunRecord {
    /// The errors of views whose labels were replaced, in the order of their first lines.
    package var shiftedErrors: [String] {
        var names: [String] = []
        for record in metrics
        where record.scalar != nil && record.metric.hasPrefix(MetricName.viewError)
            && record.metric.hasSuffix(MetricName.shiftedView) && !names.contains(record.metric)
        {
            names.append(record.metric)
        }
        return names
    }
}
