// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// The memory that a training takes, in bytes, computed before any of it is allocated.
///
/// With p bytes of parameters, s buffers of gradients (`GradientTree`), and t threads: p for the parameters, s p for the
/// gradients, 2 p for the moments of Adam, t times the workspace of the largest shard, batches and outputs for the rows held
/// at a time, and a finite training set where it is kept; of plugins in processes of their own, t times the largest workspace
/// there, as far as they say. What a process takes besides (its code, the plugins' tables, an interpreter, the reading of a
/// checkpoint) is not in it.
package struct MemoryEstimate: Equatable, Sendable {
    package internal(set) var parameters = 0
    package internal(set) var gradients = 0
    package internal(set) var optimizer = 0
    package internal(set) var workspaces = 0
    /// Workspaces in the processes of isolated plugins.
    package internal(set) var workers = 0
    package internal(set) var batches = 0
    /// Of a training set that is kept where there is room, and drawn again and again where there is not.
    package internal(set) var samples = 0
    package internal(set) var evaluation = 0
    /// Architectures and gates that do not say what a pass takes in their own process, which is in none of the parts.
    package internal(set) var unstated: [String] = []

    package var total: Int {
        ByteCount.sum(parts.map(\.bytes))
    }

    /// Without what can be done without.
    private var needed: MemoryEstimate {
        var needed = self
        needed.samples = 0
        return needed
    }

    /// Whether there is room for the training set as well; nil = unknown, and taken for room.
    func keepsSamples(available: Int?) -> Bool { available.map { total <= $0 } ?? true }

    /// Every part by name.
    package var parts: [(name: String, bytes: Int)] {
        [
            ("parameters", parameters), ("gradients", gradients), ("optimizer", optimizer),
            ("workspaces", workspaces), ("workers", workers), ("batches", batches), ("samples", samples),
            ("evaluation", evaluation),
        ]
    }

    init() {}

    /// The estimate of a training whose batches are observed as a whole, or not.
    ///
    /// - Throws: `SpecError` for an optimiser that is wrong.
    init(
        model: Model, source: any Source, training: Recipe.Training, threads: Int, isObserved: Bool
    ) throws {
        parameters = ByteCount.product([max(model.layout.count, 1), MemoryLayout<Float>.stride])
        gradients = ByteCount.product([parameters, GradientTree(rounds: training.rounds).bufferCount])
        optimizer = ByteCount.product([parameters, try OptimizerSettings(training.optimizer).momentCount])
        let rows = training.shardRows.map(\.count).max() ?? 0
        var plan = MemoryPlan()
        model.root.reserve(model, rows: rows, length: model.length, mode: .train, &plan)
        workspaces = ByteCount.product([plan.bytes, threads])
        workers = ByteCount.product([
            model.root.remoteBytes(rows: rows, length: model.length, mode: .train), threads,
        ])
        unstated = model.leaves.filter { $0.hidesWorkspace(length: model.length) }.map(\.architecture.spec)
        let held = training.heldSamples(all: isObserved).map(\.count).max() ?? 0
        batches = ByteCount.sum([
            ModelBatch.byteCount(
                source: source, count: held, length: model.length, wanted: ModelBatch.wantedRoles(isObserved)),
            model.root.bufferBytes(model, count: held, length: model.length, isTraining: true, hasLosses: true),
        ])
        samples = ByteCount.product([
            training.keptSamples(source, length: model.length, isObserved: isObserved),
            SampleStore.sampleBytes(
                source.schema, length: source.schema.sourceLength(for: model.length),
                wanted: ModelBatch.wantedRoles(isObserved)),
        ])
    }

    /// The same in one line: "1.2 GiB: parameters 96 MiB, gradients 768 MiB, ...".
    package var text: String {
        let parts = parts.filter { $0.bytes > 0 }.map { "\($0.name) \(ByteCount.text($0.bytes))" }
        let beside = unstated.isEmpty ? "" : ", and what \(unstated.joined(separator: ", ")) takes and does not state"
        return "\(ByteCount.text(total)): \(parts.joined(separator: ", "))\(beside)"
    }

    /// - Throws: `SpecError` when that much cannot be had, with the figure and what would lessen it.
    package func check(available: Int?) throws(SpecError) {
        let needed = needed
        guard let available, needed.total > available else { return }
        let largest = needed.parts.max { $0.bytes < $1.bytes }?.name ?? ""
        throw SpecError(
            "the training needs about \(needed.text), and \(ByteCount.text(available)) of memory are available: "
                + (Self.remedies[largest] ?? "make the model smaller"))
    }

    /// What lessens each part.
    private static let remedies = [
        "parameters": "make the model smaller",
        "gradients": "take fewer shards (training.shards), or compute them in more rounds (training.accumulate)",
        "optimizer": "make the model smaller, or take sgd",
        "workspaces": "take more shards (training.shards), fewer threads, or a shorter training.length",
        "workers": "take more shards (training.shards), fewer threads, or a shorter training.length",
        "batches": "take a smaller training.batch, or compute it in more rounds (training.accumulate)",
        "evaluation": "take fewer threads, or evaluators that read less",
    ]
}

extension OptimizerSettings {
    /// Numbers remembered for each parameter.
    var momentCount: Int {
        switch rule {
        case .adam: 2
        case .sgd(let momentum, _): momentum > 0 ? 1 : 0
        }
    }
}
