// SPDX-License-Identifier: Apache-2.0

import InductCore

/// What one worker needs for one sweep: room for a chunk of samples, the model's pass over it, and what is seen of it.
final class EvaluationSlot: @unchecked Sendable {
    private let sweep: EvaluationPlan.Sweep
    private let model: Model
    private let batch: ModelBatch
    private let buffers: NodeBuffers
    private let root: any NodePass
    private let memory: TensorMemory
    private let items: ItemBuffers
    private let points: [(name: String, tensor: Tensor)]
    private let parameters: ParameterArena

    init(
        _ sweep: EvaluationPlan.Sweep, model: Model, source: any Source, kernels: any TrainingKernels,
        parameters: ParameterArena, count: Int
    ) throws(SpecError) {
        self.sweep = sweep
        self.model = model
        self.parameters = parameters
        let length = model.length
        batch = try ModelBatch(
            source: source, schema: model.schema, count: count, length: length,
            wanted: [.input, .target, .weight, .key, .info])
        buffers = NodeBuffers(
            model.root, model: model, count: count, length: length, isTraining: false, hasLosses: false)
        let known = model.points
        points = sweep.points.compactMap { name in
            known.first { $0.name == name }.map { point in
                (name, Tensor(.float32, point.shape.map { $0.bound(batch: count, length: length) }))
            }
        }
        var plan = MemoryPlan()
        let setting = PassSetting(
            model: model, kernels: kernels, mode: .evaluate, rows: 0..<count, length: length, tensors: batch.tensors,
            parameters: parameters,
            requests: points.map { PassRequest(action: .read, point: $0.name, tensor: $0.tensor.slice) })
        root = model.root.pass(setting, buffers, &plan)
        memory = TensorMemory(byteCount: plan.bytes)
        items = ItemBuffers(
            sweep.items, model: model, source: source, kernels: kernels, count: count, length: length)
    }

    /// Bytes that a slot for `count` samples takes.
    static func byteCount(_ sweep: EvaluationPlan.Sweep, model: Model, source: any Source, count: Int) -> Int {
        let length = model.length
        var plan = MemoryPlan()
        model.root.reserve(model, rows: count, length: length, mode: .evaluate, &plan)
        let points = model.points.filter { sweep.points.contains($0.name) }.map { point in
            ByteCount.product(
                point.shape.map { $0.bound(batch: count, length: length) } + [MemoryLayout<Float>.stride])
        }
        return ByteCount.sum(
            points + [
                plan.bytes,
                ModelBatch.byteCount(
                    source: source, count: count, length: length, wanted: ModelBatch.wantedRoles(true)),
                model.root.bufferBytes(model, count: count, length: length, isTraining: false, hasLosses: false),
                ItemBuffers.byteCount(sweep.items, model: model, source: source, count: count, length: length),
            ])
    }

    /// Fills the chunk with the samples from `first` on, runs the model and the oracle, and shows the result to the
    /// sweep's consumers.
    func run(
        first: UInt64, worker: Int, step: UInt64, seed: UInt64,
        consume: (Int, EvaluationBatch) throws(PluginFailure) -> Void
    ) throws(PluginFailure) {
        let view = sweep.view ?? 0
        try batch.fill(0..<batch.count, view: view, seed: seed, first: first)
        if sweep.needsForward {
            try root.forward(PassCall(slot: worker, memory: memory.base, step: step, seed: 0, scale: 0))
        }
        try items.compute(batch, view: view, seed: seed, sweep.needsForward ? buffers : nil)
        for (index, consumer) in sweep.consumers.enumerated() {
            var shown = EvaluationBatch(consumer, model: model, batch: batch, step: step, first: first)
            items.show(consumer.need, in: &shown, buffers)
            shown.points = consumer.need.points.compactMap { name in points.first { $0.name == name }?.tensor.slice }
            shown.pointNames = consumer.need.points
            if consumer.need.items.contains(.parameters) { shown.show(parameters) }
            try consume(index, shown)
        }
    }
}

extension EvaluationBatch {
    /// A whole batch for one consumer, without any items.
    init(_ consumer: EvaluationPlan.Consumer, model: Model, batch: ModelBatch, step: UInt64, first: UInt64) {
        self.init()
        need = consumer.needIndex
        self.step = step
        self.first = first
        count = batch.count
        length = batch.length
        positions = model.positions(length: batch.length)
        classes = model.width
        tensors = batch.slices(0..<batch.count)
    }

    mutating func show(_ arena: ParameterArena) {
        parameterDescriptions = arena.layout.parameters
        parameters = arena.pointers.map { UnsafePointer($0) }
    }
}
