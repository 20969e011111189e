// SPDX-License-Identifier: Apache-2.0

import Glibc
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
    Check("evaluate-repeats", .evaluator, "the same samples give the same metrics, and finish changes nothing") {
        subject in
        let trial = try EvaluatorTrial(subject)
        let seen = try trial.consumed([0..<12])
        let once = try seen.finish()
        try agree(try seen.finish(), once, within: 0, "finishing twice")
        try agree(try trial.consumed([0..<12]).finish(), once, within: 0, "evaluating twice")
    },
]

/// An evaluator with made-up samples of everything that it may ask for, points and parameters of a model excepted.
private struct EvaluatorTrial {
    let evaluator: any Evaluator
    let task: MadeUpTask
    private let batch: Batch
    private let laws: Tensor
    private let losses: Tensor
    private let oracle: Tensor
    private let gate: Tensor
    private let expertLosses: Tensor
    /// Doubles as the posterior.
    private let belief: Tensor

    private static let count = 12
    private static let experts = 3
    private static let beliefSize = 3

    init(_ subject: Subject) throws {
        (evaluator, task) = try subject.evaluator()
        if evaluator.needs.contains(where: { !$0.points.isEmpty || $0.items.contains(.parameters) }) {
            throw CheckSkipped("it looks inside a model, and there is none here")
        }
        var words = subject.words(0x60)
        let (positions, width) = (task.positions, task.schema.width)
        batch = task.batch(count: Self.count, words: &words)
        let laws = Tensor(.float32, [Self.count, positions, width])
        let oracle = Tensor(.float64, [Self.count, positions, width])
        for row in 0..<Self.count * positions {
            let isLaw = task.schema.task != .regression
            let law = Self.law(width, &words)
            let other = Self.law(width, &words)
            for k in 0..<width {
                laws.floats[row * width + k] = isLaw ? Float(Glibc.log(law[k])) : Float(law[k])
                oracle.doubles[row * width + k] = other[k]
            }
        }
        let losses = Tensor(.float32, [Self.count, positions])
        for i in losses.floats.indices { losses.floats[i] = 1 + words.centred() }
        let gate = Tensor(.float32, [Self.count, positions, Self.experts])
        let expertLosses = Tensor(.float32, gate.shape)
        for i in expertLosses.floats.indices { expertLosses.floats[i] = 1 + words.centred() }
        let belief = Tensor(.float64, [Self.count, positions, Self.beliefSize])
        for row in 0..<Self.count * positions {
            for (k, weight) in Self.law(Self.experts, &words).enumerated() {
                gate.floats[row * Self.experts + k] = Float(weight)
            }
            for (k, weight) in Self.law(Self.beliefSize, &words).enumerated() {
                belief.doubles[row * Self.beliefSize + k] = weight
            }
        }
        (self.laws, self.losses, self.oracle, self.gate, self.belief) = (laws, losses, oracle, gate, belief)
        self.expertLosses = expertLosses
    }

    private static func law(_ width: Int, _ words: inout RandomWords) -> [Double] {
        let numbers = (0..<width).map { _ in Glibc.exp(Double(words.centred())) }
        let sum = numbers.reduce(0, +)
        return numbers.map { $0 / sum }
    }

    /// An accumulator that has seen these samples, every need in turn.
    func consumed(_ parts: [Range<Int>]) throws -> any EvaluationAccumulator {
        let accumulator = try evaluator.begin()
        for need in evaluator.needs.indices {
            for part in parts { try accumulator.consume(samples(part, need: need)) }
        }
        return accumulator
    }

    private func samples(_ rows: Range<Int>, need: Int) -> EvaluationBatch {
        let items = evaluator.needs[need].items
        let (positions, width) = (task.positions, task.schema.width)
        func floats(_ tensor: Tensor, _ wanted: EvaluationItems, _ row: Int) -> UnsafePointer<Float>? {
            items.contains(wanted)
                ? UnsafePointer(tensor.data.assumingMemoryBound(to: Float.self) + rows.lowerBound * row) : nil
        }
        func doubles(_ tensor: Tensor, _ wanted: EvaluationItems, _ row: Int) -> UnsafePointer<Double>? {
            items.contains(wanted)
                ? UnsafePointer(tensor.data.assumingMemoryBound(to: Double.self) + rows.lowerBound * row) : nil
        }
        var result = EvaluationBatch()
        result.need = need
        result.step = 10
        result.first = UInt64(rows.lowerBound)
        result.count = rows.count
        result.length = task.length
        result.positions = positions
        result.classes = width
        result.tensors = batch.tensors.map { $0?.rows(rows.lowerBound, rows.count) }
        result.predictions = floats(laws, .predictions, positions * width)
        result.losses = floats(losses, .losses, positions)
        result.oracle = doubles(oracle, .oracle, positions * width)
        result.belief = doubles(belief, .belief, positions * Self.beliefSize)
        result.posterior = doubles(belief, .posterior, positions * Self.beliefSize)
        result.beliefSize = items.contains(.belief) ? Self.beliefSize : 0
        result.componentCount = items.contains(.posterior) ? Self.beliefSize : 0
        result.gate = floats(gate, .gate, positions * Self.experts)
        result.expertLosses = floats(expertLosses, .expertLosses, positions * Self.experts)
        result.expertCount = items.isDisjoint(with: [.gate, .expertLosses]) ? 0 : Self.experts
        return result
    }
}

/// Metrics are the same up to a share of their size; NaN is like NaN.
private func agree(_ a: [Metric], _ b: [Metric], within tolerance: Double, _ what: String) throws(CheckFailure) {
    try require(a.map(\.name) == b.map(\.name), "\(what): other metrics come out")
    for (one, other) in zip(a, b) {
        try require(one.values.count == other.values.count, "\(what): '\(one.name)' has another size")
        for (x, y) in zip(one.values, other.values) where !(x.isNaN && y.isNaN) && x != y {
            try require(
                abs(x - y) <= tolerance * max(1, abs(x), abs(y)), "\(what): '\(one.name)' is \(x) against \(y)")
        }
    }
}
