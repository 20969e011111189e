// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductCore

/// An evaluator with made-up samples of everything that it may ask for, points and parameters of a model excepted.
struct EvaluatorTrial {
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

    let count: Int
    private static let experts = 3
    private static let beliefSize = 3

    /// Makes up `count` samples.
    init(_ subject: Subject, count: Int = 12) throws {
        self.count = count
        (evaluator, task) = try subject.evaluator()
        if evaluator.needs.contains(where: { !$0.points.isEmpty || $0.items.contains(.parameters) }) {
            throw CheckSkipped("it looks inside a model, and there is none here")
        }
        var words = subject.words(0x60)
        let (positions, width) = (task.positions, task.schema.width)
        batch = task.batch(count: count, words: &words)
        let laws = Tensor(.float32, [count, positions, width])
        let oracle = Tensor(.float64, [count, positions, width])
        for row in 0..<count * positions {
            let isLaw = task.schema.task != .regression
            let law = Self.law(width, &words)
            let other = Self.law(width, &words)
            for k in 0..<width {
                laws.floats[row * width + k] = isLaw ? Float(Glibc.log(law[k])) : Float(law[k])
                oracle.doubles[row * width + k] = other[k]
            }
        }
        let losses = Tensor(.float32, [count, positions])
        for i in losses.floats.indices { losses.floats[i] = 1 + words.centred() }
        let gate = Tensor(.float32, [count, positions, Self.experts])
        let expertLosses = Tensor(.float32, gate.shape)
        for i in expertLosses.floats.indices { expertLosses.floats[i] = 1 + words.centred() }
        let belief = Tensor(.float64, [count, positions, Self.beliefSize])
        for row in 0..<count * positions {
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
