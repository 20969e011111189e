// SPDX-License-Identifier: Apache-2.0

import InductCore

/// What evaluators see of a pass, computed from the model's outputs and the source's oracle.
final class ItemBuffers: @unchecked Sendable {
    private let model: Model
    private let kernels: any TrainingKernels
    private let oracle: (any SourceOracle)?
    private let items: EvaluationItems
    private let output: OutputKind
    private let length: Int
    /// Of which component each entry of a belief is a state; nil: not known, or there is one.
    private let componentOfBelief: [UInt32]?
    /// Log-probabilities, `[count, P, width]`; nil for values, which are the outputs themselves.
    private let logProbabilities: Tensor?
    /// Losses, `[count, P]`.
    private let losses: Tensor?
    /// Losses of the experts of the outermost gate, `[count, P, K]`, and those of one of them, `[count, P]`.
    private let expertLosses: (all: Tensor, one: Tensor)?
    /// As the oracle writes them, one row a prefix.
    private let results: OracleResults
    /// One row a position.
    private let aligned: OracleResults

    init(
        _ items: EvaluationItems, model: Model, source: any Source, kernels: any TrainingKernels, count: Int,
        length: Int
    ) {
        self.model = model
        self.kernels = kernels
        self.items = items
        self.length = length
        output = model.root.output(task: model.schema.task)
        oracle = items.isDisjoint(with: [.oracle, .belief, .posterior]) ? nil : source.oracle
        componentOfBelief = items.contains(.belief) ? source.componentOfBelief : nil
        let positions = model.positions(length: length)
        let isLaw = items.contains(.predictions) && output != .values
        logProbabilities = isLaw ? Tensor(.float32, [count, positions, model.width]) : nil
        losses = items.contains(.losses) ? Tensor(.float32, [count, positions]) : nil
        if items.contains(.expertLosses), case .gated(let experts, _, _) = model.root {
            expertLosses = (
                Tensor(.float32, [count, positions, experts.count]), Tensor(.float32, [count, positions])
            )
        } else {
            expertLosses = nil
        }
        let prefixes = model.schema.task == .nextToken ? length + 2 : positions
        let widths = (model.width, oracle?.beliefSize ?? 0, oracle?.componentCount ?? 0)
        let results = Self.room(items, [count, prefixes], widths)
        self.results = results
        aligned = prefixes == positions ? results : Self.room(items, [count, positions], widths)
    }

    private static func room(
        _ items: EvaluationItems, _ rows: [Int], _ widths: (law: Int, belief: Int, components: Int)
    ) -> OracleResults {
        func tensor(_ item: EvaluationItems, _ width: Int) -> Tensor? {
            items.contains(item) ? Tensor(.float64, rows + [width]) : nil
        }
        return OracleResults(
            predictive: tensor(.oracle, widths.law), belief: tensor(.belief, widths.belief),
            posterior: tensor(.posterior, widths.components))
    }

    /// Bytes of the items of `count` samples.
    static func byteCount(
        _ items: EvaluationItems, model: Model, source: any Source, count: Int, length: Int
    ) -> Int {
        let rows = ByteCount.product([count, model.positions(length: length)])
        let prefixes = ByteCount.product([count, length + 2])
        var sizes: [Int] = []
        if items.contains(.predictions) { sizes.append(ByteCount.product([rows, model.width, 4])) }
        if items.contains(.losses) { sizes.append(ByteCount.product([rows, 4])) }
        if items.contains(.expertLosses), case .gated(let experts, _, _) = model.root {
            sizes.append(ByteCount.product([rows, experts.count + 1, 4]))
        }
        for (item, width) in [
            (EvaluationItems.oracle, model.width), (.belief, source.oracle?.beliefSize ?? 0),
            (.posterior, source.oracle?.componentCount ?? 0),
        ] where items.contains(item) {
            sizes += [ByteCount.product([rows, width, 8]), ByteCount.product([prefixes, width, 8])]
        }
        return ByteCount.sum(sizes)
    }

    /// Computes all items for the whole batch.
    ///
    /// The buffers are those of the model's pass; nil when it did not run.
    func compute(_ batch: ModelBatch, view: Int, seed: UInt64, _ buffers: NodeBuffers?) throws(PluginFailure) {
        if let buffers {
            computePredictions(batch, buffers.outputs.floats)
            computeExpertLosses(batch, buffers)
        }
        guard let oracle else { return }
        try oracle.evaluate(batch.raw, view: view, seed: seed, into: results)
        for (from, to) in [
            (results.predictive, aligned.predictive), (results.belief, aligned.belief),
            (results.posterior, aligned.posterior),
        ] {
            if let from, let to, from !== to { Self.align(from, to) }
        }
    }

    /// Position i, which has seen i + 1 tokens, takes row i + 1.
    private static func align(_ from: Tensor, _ to: Tensor) {
        let width = to.shape[2]
        let count = to.shape[1] * width
        for sample in 0..<to.shape[0] {
            let source = from.data + (sample * from.shape[1] + 1) * width * from.type.stride
            (to.data + sample * count * to.type.stride).copyMemory(
                from: source, byteCount: count * to.type.stride)
        }
    }

    private func computePredictions(_ batch: ModelBatch, _ outputs: UnsafeMutableBufferPointer<Float>) {
        guard let start = outputs.baseAddress, let targets = batch.tensors[model.tensors.target] else { return }
        let rows = batch.count * model.positions(length: length)
        if output == .logits {
            guard logProbabilities != nil || losses != nil else { return }
            kernels.crossEntropy(
                rows: rows, classes: model.width, logits: start,
                targets: targets.data.assumingMemoryBound(to: Int32.self), weights: nil, scale: 0,
                losses: losses?.floats.baseAddress, logProbabilities: logProbabilities?.floats.baseAddress,
                gradients: nil)
            return
        }
        if let losses {
            LossFunction(kernels: kernels, output: output, width: model.width).evaluate(
                rows: rows, outputs: start, targets: targets.data, weights: nil, scale: 0,
                losses: losses.floats.baseAddress, gradients: nil)
        }
        if let logProbabilities {
            let logs = logProbabilities.floats
            for i in logs.indices {
                logs[i] = Float(
                    ReproducibleFunctions.logarithm(Double(max(start[i], .leastNormalMagnitude))))
            }
        }
    }

    private func computeExpertLosses(_ batch: ModelBatch, _ buffers: NodeBuffers) {
        guard let expertLosses, case .gated(let experts, _, _) = model.root,
            let targets = batch.tensors[model.tensors.target]
        else { return }
        let rows = batch.count * model.positions(length: length)
        let (all, one) = (expertLosses.all.floats, expertLosses.one.floats)
        for (k, (expert, below)) in zip(experts, buffers.experts).enumerated() {
            LossFunction(kernels: kernels, output: expert.output(task: model.schema.task), width: model.width).evaluate(
                rows: rows, outputs: below.outputs.data.assumingMemoryBound(to: Float.self), targets: targets.data,
                weights: nil, scale: 0, losses: one.baseAddress, gradients: nil)
            for row in 0..<rows { all[row * experts.count + k] = one[row] }
        }
    }

    /// Adds what one need asked for to a batch for its evaluator.
    func show(_ need: EvaluationNeed, in batch: inout EvaluationBatch, _ buffers: NodeBuffers) {
        let (outputs, gate) = (buffers.outputs, buffers.gate?.outputs)
        func doubles(_ tensor: Tensor?, _ item: EvaluationItems) -> UnsafePointer<Double>? {
            need.items.contains(item) ? tensor?.doubles.baseAddress.map { UnsafePointer($0) } : nil
        }
        func floats(_ tensor: Tensor?, _ item: EvaluationItems) -> UnsafePointer<Float>? {
            need.items.contains(item) ? tensor?.floats.baseAddress.map { UnsafePointer($0) } : nil
        }
        batch.predictions = floats(output == .values ? outputs : logProbabilities, .predictions)
        batch.losses = floats(losses, .losses)
        batch.oracle = doubles(aligned.predictive, .oracle)
        batch.belief = doubles(aligned.belief, .belief)
        batch.posterior = doubles(aligned.posterior, .posterior)
        batch.beliefSize = oracle?.beliefSize ?? 0
        batch.componentCount = oracle?.componentCount ?? 0
        batch.componentOfBelief = need.items.contains(.belief) ? componentOfBelief : nil
        batch.gate = floats(gate, .gate)
        batch.expertLosses = floats(expertLosses?.all, .expertLosses)
        batch.expertCount = need.items.isDisjoint(with: [.gate, .expertLosses]) ? 0 : gate?.shape.last ?? 0
    }
}
