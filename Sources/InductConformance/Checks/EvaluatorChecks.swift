// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Of evaluators: parts may be consumed apart and merged, in any grouping.
let evaluatorChecks: [Check] = [
    Check("evaluate-empty", .evaluator, "nothing seen is no error, and merging nothing changes nothing") { subject in
        let trial = try EvaluatorTrial(subject)
        _ = try trial.evaluator.begin().finish()
        let seen = try trial.consumed([0..<12])
        let expected = try seen.finish()
        try seen.merge(try trial.evaluator.begin())
        try agree(try seen.finish(), expected, within: 0, "merging an empty accumulator")
        let empty = try trial.evaluator.begin()
        try empty.merge(seen)
        try agree(try empty.finish(), expected, within: 1e-12, "merging into an empty accumulator")
    },
    Check("evaluate-merges", .evaluator, "parts that are merged give what the whole gives, in any grouping") {
        subject in
        let trial = try EvaluatorTrial(subject)
        let whole = try trial.consumed([0..<12]).finish()
        let left = try trial.consumed([0..<5])
        try left.merge(try trial.consumed([5..<8]))
        try left.merge(try trial.consumed([8..<12]))
        let tail = try trial.consumed([5..<8])
        try tail.merge(try trial.consumed([8..<12]))
        let right = try trial.consumed([0..<5])
        try right.merge(tail)
        try agree(try left.finish(), try right.finish(), within: 1e-9, "(a + b) + c against a + (b + c)")
        try agree(try left.finish(), whole, within: 1e-6, "parts against the whole")
        try agree(try trial.consumed([0..<5, 5..<12]).finish(), whole, within: 1e-6, "two batches against one")
    },
    .betweenProcesses("evaluate-processes", .evaluator, "another process, in another locale, gives the same metrics") {
        subject in
        Digest.of(try subject.exercise(.evaluator))
    },
    Check("evaluate-reads-only", .evaluator, "what it is shown stays as it was") { subject in
        _ = try EvaluatorTrial(subject).consumed([0..<12])
        if let text = subject.border.violation(.memory) { throw CheckFailure(text) }
    },
    Check("evaluate-large", .evaluator, "one sample and thousands are taken, at once or in parts") { subject in
        let trial = try EvaluatorTrial(subject, count: 3_000)
        let whole = try trial.consumed([0..<3_000]).finish()
        let parts = try trial.consumed([0..<1, 1..<1, 1..<3_000]).finish()
        try agree(parts, whole, within: 1e-6, "one sample, none and the rest against all at once")
        try agree(try trial.consumed([0..<1]).finish(), try trial.consumed([0..<1]).finish(), within: 0, "one sample")
    },
    Check("evaluate-repeats", .evaluator, "the same samples give the same metrics, and finish changes nothing") {
        subject in
        let trial = try EvaluatorTrial(subject)
        let seen = try trial.consumed([0..<12])
        let once = try seen.finish()
        try agree(try seen.finish(), once, within: 0, "finishing twice")
        try agree(try trial.consumed([0..<12]).finish(), once, within: 0, "evaluating twice")
    },
]

/// Metrics are the same up to a share of their size; NaN is like NaN.
func agree(_ a: [Metric], _ b: [Metric], within tolerance: Double, _ what: String) throws(CheckFailure) {
    try require(a.map(\.name) == b.map(\.name), "\(what): other metrics come out")
    for (one, other) in zip(a, b) {
        try require(one.values.count == other.values.count, "\(what): '\(one.name)' has another size")
        for (x, y) in zip(one.values, other.values) where !(x.isNaN && y.isNaN) && x != y {
            try require(
                abs(x - y) <= tolerance * max(1, abs(x), abs(y)), "\(what): '\(one.name)' is \(x) against \(y)")
        }
    }
}
