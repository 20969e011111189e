// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// A run's directory, opened for reading.
package struct SavedRun: Sendable {
    package let paths: RunPaths
    package let record: RunRecord

    /// Reads a run's record.
    ///
    /// - Throws: `LabError` where there is none, `SpecError` for a recipe that cannot be read.
    package init(_ directory: String) throws {
        paths = RunPaths(directory)
        guard FileSystem.exists(paths.run) else {
            throw LabError.damaged(path: directory, reason: "it holds no run: there is no run.json in it")
        }
        record = try RunRecord(path: paths.run)
    }

    /// The steps there are checkpoints of, the oldest first.
    package var checkpoints: [Int] { CheckpointStore(paths: paths).steps }

    /// The model as it was at a checkpoint.
    ///
    /// `checkpoint` is its step; nil = the newest that is in order. `warn` is told of damaged ones passed over.
    ///
    /// - Throws: `LabError`, `SpecError`, `PluginFailure`.
    package func model(
        checkpoint: Int? = nil, opener: any PluginOpener, kernels: any TrainingKernels, threads: Int,
        warn: (String) -> Void = { _ in }
    ) throws -> TrainedModel {
        let store = CheckpointStore(paths: paths)
        let loaded: CheckpointStore.Loaded
        if let checkpoint {
            loaded = try store.read(checkpoint)
        } else if let newest = store.newest(passing: warn) {
            loaded = newest
        } else {
            throw LabError.damaged(path: paths.directory, reason: "it has no checkpoint in order")
        }
        let source = try opener.source(record.recipe.source)
        let model = try ModelBuilder(opener: opener).build(
            record.recipe.architecture, source: source, length: record.recipe.training.length)
        let parameters = ParameterArena(model.layout, for: .parameters)
        try parameters.load(loaded.model)
        for parameter in model.parameters where parameter.isTrained {
            if let entry = loaded.model.entry(parameter.name) { try loaded.model.checkFinite(entry) }
        }
        return TrainedModel(
            recipe: record.recipe, step: loaded.state.step, model: model, source: source, parameters: parameters,
            opener: opener, kernels: kernels, threads: threads)
    }
}

extension Run {
    /// Opens a run's directory for reading.
    package static func open(_ directory: String) throws -> SavedRun { try SavedRun(directory) }
}
