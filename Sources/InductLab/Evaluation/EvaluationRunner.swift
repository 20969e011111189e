// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// Evaluates a model on samples of views, and looks on while it is trained.
///
/// Samples are cut into chunks whose size follows from the length alone. Every chunk has accumulators of its own, merged in
/// sample order: the metrics do not depend on the number of threads.
package final class EvaluationRunner: @unchecked Sendable {
    /// Positions of a chunk, about.
    static let chunkPositions = 4096
    /// Chunks between two looks at whether to stop, for each thread.
    private static let chunksPerThread = 4

    package let evaluation: Recipe.Evaluation
    private let evaluators: [any Evaluator]
    private let model: Model
    private let source: any Source
    private let kernels: any TrainingKernels
    private let pool: WorkerPool
    private let parameters: ParameterArena
    private let seed: UInt64
    private let plan: EvaluationPlan
    /// Accumulators of the training stream since the last moment, by evaluator; nil until a batch was seen.
    private var watching: [(any EvaluationAccumulator)?]
    private var watched: ItemBuffers?
    /// By index of the sweep.
    private var rooms: [Int: (slots: [EvaluationSlot], tail: EvaluationSlot?)] = [:]
    /// The parameters as their initialisers fill them from the run's seed, once anybody asked for them.
    private var untrained: ParameterArena?
    private let runSeed: UInt64

    /// Takes the evaluators that the evaluation names, the source it is made on, and the run's seed; with a `dataSeed` the
    /// samples are those of a run with that seed.
    ///
    /// - Throws: `SpecError` where evaluators, source and model do not fit together; `PluginFailure`.
    package init(
        _ evaluation: Recipe.Evaluation, _ evaluators: [any Evaluator], model: Model, source: any Source,
        parameters: ParameterArena, seed: UInt64, dataSeed: UInt64? = nil, kernels: any TrainingKernels,
        pool: WorkerPool
    ) throws {
        guard evaluation.samples >= 1 else {
            throw SpecError(
                "the evaluation '\(evaluation.name)' has \(evaluation.samples) samples: it needs at least 1")
        }
        self.evaluation = evaluation
        self.model = model
        self.kernels = kernels
        self.pool = pool
        self.parameters = parameters
        runSeed = seed
        self.seed = Seed.derive(dataSeed ?? seed, Seed.dataSalt)
        self.evaluators = evaluators
        self.source = source
        try model.checkFit(source)
        plan = try EvaluationPlan(evaluators, view: evaluation.view, source: source, model: model)
        watching = Array(repeating: nil, count: evaluators.count)
        if watchesTraining && evaluation.source != nil {
            throw SpecError("the evaluation '\(evaluation.name)' watches the training stream and names another source")
        }
    }

    /// Whether any evaluator wants to see the training batches.
    package var watchesTraining: Bool { plan.sweeps.contains { $0.view == nil } }

    /// Whether it holds something of training batches that is not in any metric yet.
    package var holdsTraining: Bool { watching.contains { $0 != nil } }

    /// The metrics at `step`; nil when `isCancelled` said so before the end.
    package func run(step: Int, isCancelled: () -> Bool = { false }) throws -> [Metric]? {
        var totals: [any EvaluationAccumulator] = []
        for (index, evaluator) in evaluators.enumerated() {
            let total = try evaluator.begin()
            if let seen = watching[index] { try total.merge(seen) }
            totals.append(total)
        }
        for (index, sweep) in plan.sweeps.enumerated() {
            guard let view = sweep.view else { continue }
            let isComplete = try run(
                sweep, index: index, view: source.views[view], step: step, into: totals, isCancelled)
            guard isComplete else { return nil }
        }
        return try totals.flatMap { try $0.finish() }
    }

    /// Bytes that the evaluation takes on `threads` threads, from its first moment on: rooms for chunks and the last chunk.
    static func byteCount(
        _ plan: EvaluationPlan, _ evaluation: Recipe.Evaluation, model: Model, source: any Source, threads: Int
    ) -> Int {
        // The untrained model's parameters, where anybody asks for them.
        let hasUntrained = plan.sweeps.contains { $0.parameters == .initial }
        let untrained = hasUntrained ? ByteCount.product([model.layout.count, MemoryLayout<Float>.stride]) : 0
        return ByteCount.sum(
            [untrained]
                + plan.sweeps.compactMap { sweep -> Int? in
                    guard let view = sweep.view else { return nil }
                    let samples = sampleCount(evaluation, view: source.views[view])
                    let chunk = chunkSize(samples: samples, length: model.length)
                    let whole = EvaluationSlot.byteCount(sweep, model: model, source: source, count: chunk)
                    let tail = EvaluationSlot.byteCount(sweep, model: model, source: source, count: samples % chunk)
                    return ByteCount.sum([ByteCount.product([whole, threads]), samples % chunk == 0 ? 0 : tail])
                })
    }

    /// Bytes that the largest chunk takes in the processes of isolated plugins, for each thread.
    static func remoteBytes(
        _ plan: EvaluationPlan, _ evaluation: Recipe.Evaluation, model: Model, source: any Source
    ) -> Int {
        plan.sweeps.map { sweep in
            guard let view = sweep.view, sweep.needsForward else { return 0 }
            let chunk = chunkSize(
                samples: sampleCount(evaluation, view: source.views[view]), length: model.length)
            return model.root.remoteBytes(rows: chunk, length: model.length, mode: .evaluate)
        }.max() ?? 0
    }

    /// Samples that are evaluated of a view.
    private static func sampleCount(_ evaluation: Recipe.Evaluation, view: SourceView) -> Int {
        Int(min(UInt64(evaluation.samples), view.count ?? .max))
    }

    /// Samples of a chunk.
    private static func chunkSize(samples: Int, length: Int) -> Int {
        max(1, min(samples, max(1, min(256, chunkPositions / length))))
    }

    /// Drops what was seen of training batches: the metrics of a moment that tell of it are recorded.
    package func forget() { watching = Array(repeating: nil, count: evaluators.count) }

    private func run(
        _ sweep: EvaluationPlan.Sweep, index: Int, view: SourceView, step: Int,
        into totals: [any EvaluationAccumulator], _ isCancelled: () -> Bool
    ) throws -> Bool {
        let samples = Self.sampleCount(evaluation, view: view)
        let chunk = Self.chunkSize(samples: samples, length: model.length)
        let chunks = (0..<(samples + chunk - 1) / chunk).map { index in
            EvaluationChunk(first: index * chunk, count: min(chunk, samples - index * chunk))
        }
        let (slots, tail) = try room(for: sweep, index: index, chunk: chunk, tail: samples % chunk)
        let wave = Self.chunksPerThread * pool.threads
        for start in stride(from: 0, to: chunks.count, by: wave) {
            if isCancelled() { return false }
            let end = min(start + wave, chunks.count)
            pool.run(count: end - start) { [self] item, worker in
                let part = chunks[start + item]
                let slot = part.count == chunk ? slots[worker] : tail ?? slots[worker]
                part.run(slot, sweep, evaluators, worker: worker, step: UInt64(step), seed: seed)
            }
            for part in chunks[start..<end] {
                if let failure = part.failure { throw failure }
                for (index, accumulator) in part.accumulators { try totals[index].merge(accumulator) }
                part.accumulators = []
            }
        }
        return true
    }

    /// Slots for whole chunks, by worker, and one for the last chunk where that is shorter; made once.
    private func room(
        for sweep: EvaluationPlan.Sweep, index: Int, chunk: Int, tail: Int
    ) throws -> (slots: [EvaluationSlot], tail: EvaluationSlot?) {
        if let room = rooms[index] { return room }
        let parameters = sweep.parameters == .current ? self.parameters : untrainedParameters()
        func slot(_ count: Int) throws -> EvaluationSlot {
            try EvaluationSlot(
                sweep, model: model, source: source, kernels: kernels, parameters: parameters, count: count)
        }
        let slots = try (0..<pool.threads).map { _ in try slot(chunk) }
        let room = (slots: slots, tail: tail == 0 ? nil : try slot(tail))
        rooms[index] = room
        return room
    }

    /// The parameters as their initialisers fill them from the run's seed.
    private func untrainedParameters() -> ParameterArena {
        if let untrained { return untrained }
        let arena = ParameterArena(model.layout, for: .parameters)
        arena.initialise(seed: Seed.derive(runSeed, Seed.initialisationSalt), kernels: kernels)
        untrained = arena
        return arena
    }

    /// Shows the batch of the step just made to those who watch.
    func watch(_ trainer: Trainer) throws {
        guard let sweep = plan.sweeps.first(where: { $0.view == nil }) else { return }
        let items =
            watched
            ?? ItemBuffers(
                sweep.items, model: model, source: source, kernels: kernels, count: trainer.batch.count,
                length: model.length)
        watched = items
        let buffers = trainer.buffers
        try items.compute(trainer.batch, view: 0, seed: seed, sweep.needsForward ? buffers : nil)
        let first = UInt64(trainer.step - 1) * UInt64(trainer.batch.count)
        for consumer in sweep.consumers {
            var shown = EvaluationBatch(
                consumer, model: model, batch: trainer.batch, step: UInt64(trainer.step), first: first)
            items.show(consumer.need, in: &shown, buffers)
            if consumer.need.items.contains(.parameters) { shown.show(parameters) }
            let accumulator = try watching[consumer.evaluator] ?? evaluators[consumer.evaluator].begin()
            watching[consumer.evaluator] = accumulator
            try accumulator.consume(shown)
        }
    }
}
