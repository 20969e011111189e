// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Neighbouring samples of an evaluation, and what the evaluators made of them.
final class EvaluationChunk: @unchecked Sendable {
    let first: Int
    let count: Int
    /// By index of the evaluator, in the order of the sweep's consumers.
    var accumulators: [(Int, any EvaluationAccumulator)] = []
    private(set) var failure: PluginFailure?

    init(first: Int, count: Int) {
        self.first = first
        self.count = count
    }

    /// Runs the sweep over the chunk's samples.
    func run(
        _ slot: EvaluationSlot, _ sweep: EvaluationPlan.Sweep, _ evaluators: [any Evaluator], worker: Int, step: UInt64,
        seed: UInt64
    ) {
        do throws(PluginFailure) {
            var mine: [(Int, any EvaluationAccumulator)] = []
            for consumer in sweep.consumers where !mine.contains(where: { $0.0 == consumer.evaluator }) {
                mine.append((consumer.evaluator, try evaluators[consumer.evaluator].begin()))
            }
            try slot.run(first: UInt64(first), worker: worker, step: step, seed: seed) {
                (index, batch) throws(PluginFailure) in
                let evaluator = sweep.consumers[index].evaluator
                for (owner, accumulator) in mine where owner == evaluator { try accumulator.consume(batch) }
            }
            accumulators = mine
        } catch {
            failure = error
        }
    }
}
