// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// Trains a model, step by step.
///
/// A batch is cut into shards, whose number follows from the recipe. Every shard has gradients of its own, which are added
/// up in a fixed tree; which thread computes what changes nothing. With accumulation the shards are computed in rounds that
/// share the memory for batches, outputs and gradients. A step allocates nothing and takes no lock.
package final class Trainer: @unchecked Sendable {
    package let model: Model
    package let source: any Source
    package let kernels: any TrainingKernels
    package let pool: WorkerPool
    package let parameters: ParameterArena
    package let optimizer: Optimizer
    package let schedule: Schedule
    /// Steps done.
    package internal(set) var step = 0
    /// Whether parameters and optimizer are those after `step` steps: not while a step changes them, nor after one that failed
    /// while it did.
    private(set) var isWhole = true

    let training: Recipe.Training
    let batch: ModelBatch
    let buffers: NodeBuffers
    private let shards: [ShardPass]
    private let rounds: [Range<Int>]
    private let tree: GradientTree
    /// The buffers of the tree.
    private let gradients: [ParameterArena]
    private let memories: [TensorMemory]
    /// Of each worker.
    private let workspaceBytes: Int
    private let phases: UpdatePhases
    /// That of the step being computed.
    private var plan: UpdatePlan
    /// Sums of squares of the gradients, by item.
    private let squares: Tensor
    private let observers: [Observer]
    private let order: SampleOrder
    private let dataSeed: UInt64

    private var call: PassCall
    /// The round being computed.
    private var round = 0
    private var update = Optimizer.Step(rate: 0, gradientScale: 1)
    private var shardWork: WorkerPool.Work = { _, _ in }
    private var sumWork: WorkerPool.Work = { _, _ in }
    private var updateWork: WorkerPool.Work = { _, _ in }

    /// Builds everything a step needs and initialises the parameters.
    ///
    /// With `observesAll` somebody looks at the training batches, so that `info` tensors are filled as well. `keepsSamples`:
    /// whether there is room for a finite training set; without it the same samples are drawn again and again.
    ///
    /// - Throws: `SpecError` for settings that are wrong.
    package init(
        model: Model, source: any Source, training: Recipe.Training, seed: UInt64, kernels: any TrainingKernels,
        pool: WorkerPool, observesAll: Bool = false, keepsSamples: Bool = true
    ) throws {
        try training.check()
        guard training.labelSmoothing == 0 || model.schema.task != .regression else {
            throw SpecError("training.label_smoothing spreads targets over classes, and \(source.spec) has values")
        }
        self.model = model
        self.source = source
        self.training = training
        self.kernels = kernels
        self.pool = pool
        optimizer = Optimizer(try OptimizerSettings(training.optimizer), layout: model.layout, kernels: kernels)
        schedule = try Schedule(training.schedule, steps: training.steps)
        parameters = ParameterArena(model.layout, for: .parameters)
        parameters.initialise(seed: Seed.derive(seed, Seed.initialisationSalt), kernels: kernels)
        let dropoutSeed = Seed.derive(seed, Seed.dropoutSalt)
        dataSeed = Seed.derive(seed, Seed.dataSalt)
        guard let view = source.views.first else { throw SpecError("\(source.spec) has no views to train on") }
        order = SampleOrder(runSeed: seed, count: view.count)
        // Whoever looks at a whole batch needs all of it in memory.
        let isObserved = observesAll || model.isOnline
        rounds = training.rounds
        let held = training.heldSamples(all: isObserved)
        let count = held.map(\.count).max() ?? 0
        batch = try ModelBatch(
            source: source, schema: model.schema, count: count, length: model.length,
            wanted: ModelBatch.wantedRoles(isObserved))
        let kept = keepsSamples ? training.keptSamples(source, length: model.length, isObserved: isObserved) : 0
        try batch.keep(kept, view: 0, seed: dataSeed)
        buffers = NodeBuffers(
            model.root, model: model, count: count, length: model.length, isTraining: true, hasLosses: true)
        tree = GradientTree(rounds: rounds)
        let rows = training.shardRows
        let gradients = (0..<tree.bufferCount).map { _ in ParameterArena(model.layout) }
        self.gradients = gradients
        var shards: [ShardPass] = []
        for (round, held) in zip(rounds, held) {
            for shard in round {
                let first = held.lowerBound
                let setting = PassSetting(
                    model: model, kernels: kernels, mode: .train,
                    rows: rows[shard].lowerBound - first..<rows[shard].upperBound - first, length: model.length,
                    tensors: batch.tensors, parameters: parameters, gradients: gradients[tree.buffers[shard]],
                    labelSmoothing: training.labelSmoothing)
                shards.append(ShardPass(setting, buffers, firstSample: first))
            }
        }
        self.shards = shards
        let bytes = shards.map(\.memoryBytes).max() ?? 0
        workspaceBytes = bytes
        let memories = (0..<pool.threads).map { _ in TensorMemory(byteCount: bytes) }
        self.memories = memories
        call = PassCall(slot: 0, memory: memories[0].base, step: 0, seed: dropoutSeed, scale: 0)
        phases = try UpdatePhases(model.layout, optimizer.settings, groups: training.groups)
        plan = phases.plan(at: 1)
        squares = Tensor(.float64, [phases.mostItems])
        observers = Observer.all(model, batch, buffers, parameters)
        shardWork = { [unowned self] item, worker in train(shard: rounds[round].lowerBound + item, worker) }
        sumWork = { [unowned self] item, _ in sumGradients(item: item) }
        updateWork = { [unowned self] item, _ in
            sumGradients(item: item)
            updateParameters(item: item)
        }
        if training.clip != nil { updateWork = { [unowned self] item, _ in updateParameters(item: item) } }
    }

    /// What it has allocated, part by part; evaluation is not its own.
    package var allocated: MemoryEstimate {
        var sizes = MemoryEstimate()
        sizes.parameters = parameters.byteCount
        sizes.gradients = gradients.map(\.byteCount).reduce(0, +)
        sizes.optimizer = [optimizer.firstMoment, optimizer.secondMoment].compactMap { $0?.byteCount }.reduce(0, +)
        sizes.workspaces = workspaceBytes * pool.threads
        sizes.batches = batch.byteCount + buffers.byteCount
        sizes.samples = batch.storedByteCount
        return sizes
    }

    /// One step: batch, loss, gradients, observation, update.
    ///
    /// - Returns: the batch's loss before the update: the weighted mean over its predicted positions.
    /// - Throws: `PluginFailure`; `LabError.diverged` when the loss is not finite, before anything is updated.
    package func advance() throws -> Double {
        let t = step + 1
        let positions = training.batch * model.positions(length: model.length)
        call.step = UInt64(t)
        plan = phases.plan(at: t)
        call.scale = 1 / Float(positions)
        for index in rounds.indices {
            round = index
            pool.run(count: rounds[index].count, shardWork)
            // The sums of the last round are part of the update.
            if index < rounds.count - 1 { pool.run(count: plan.items.count, sumWork) }
        }
        var lossSum = 0.0
        var weightSum = 0.0
        for shard in shards {
            if let failure = shard.failure { throw failure }
            lossSum += shard.lossSum
            weightSum += shard.weightSum
        }
        let loss = weightSum > 0 ? lossSum / weightSum : 0
        guard loss.isFinite else { throw LabError.diverged(step: t, loss: loss) }
        isWhole = false
        for observer in observers { try observer.observe(step: UInt64(t)) }
        // Gradients were scaled by 1 / positions; with weights the mean is over their sum.
        var scale = model.tensors.weight == nil ? 1 : weightSum > 0 ? Double(positions) / weightSum : 0
        if let clip = training.clip {
            pool.run(count: plan.items.count, sumWork)
            let norm = squares.doubles.prefix(plan.items.count).reduce(0, +).squareRoot() * scale
            guard norm.isFinite else { throw LabError.diverged(step: t, loss: norm) }
            if norm > clip { scale *= clip / norm }
        }
        update = optimizer.step(t, factor: schedule.factor(t), gradientScale: scale)
        pool.run(count: plan.items.count, updateWork)
        step = t
        isWhole = true
        return loss
    }

    private func train(shard: Int, _ worker: Int) {
        var call = call
        call.slot = worker
        call.memory = memories[worker].base
        let first = (call.step - 1) * UInt64(training.batch)
        shards[shard].run(call) { (rows, sample) throws(PluginFailure) in
            try batch.fill(rows, view: 0, seed: dataSeed, order: order, first: first + sample)
        }
    }

    /// Adds up the gradients of one item as far as the round completes the tree.
    private func sumGradients(item: Int) {
        let isLast = round == rounds.count - 1
        var sum = 0.0
        for index in plan.items[item] {
            let stretch = plan.stretches[index]
            for addition in tree.additions[round] {
                kernels.add(
                    count: stretch.count, gradients[addition.right].data + stretch.first,
                    to: gradients[addition.left].data + stretch.first)
            }
            if training.clip != nil, isLast {
                sum += kernels.sumOfSquares(count: stretch.count, gradients[tree.root].data + stretch.first)
            }
        }
        if training.clip != nil, isLast { squares.doubles[item] = sum }
    }

    private func updateParameters(item: Int) {
        for index in plan.items[item] {
            let stretch = plan.stretches[index]
            optimizer.update(stretch, parameters, gradients: gradients[tree.root].data + stretch.first, update)
        }
    }
}
