// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// Carries out recipes in directories of their own.
package enum Run {
    /// Starts a run in a new or empty directory and carries it through.
    ///
    /// - Throws: `SpecError`, `PluginFailure`, `LabError`. Whatever the run had saved stays.
    package static func start(
        _ recipe: Recipe, opener: any PluginOpener, kernels: any TrainingKernels, options: RunOptions
    ) throws -> RunResult {
        let paths = RunPaths(options.directory)
        if FileSystem.exists(paths.run) {
            throw LabError.occupied(
                path: options.directory, reason: "holds a run already: resume it, or choose another directory")
        }
        let resolved = try recipe.resolved(by: opener)
        let experiment = try Experiment(recipe, opener: opener, kernels: kernels, threads: options.threads)
        let origin = try resolved.initialise.map { try InitialParameters($0, layout: experiment.trainer.model.layout) }
        try origin?.load(into: experiment.trainer.parameters)
        try FileSystem.createDirectory(options.directory)
        let lock = try lock(paths)
        defer { withExtendedLifetime(lock) {} }
        var record = RunRecord(
            resolved, written: recipe, kernels: kernels.variant, plugins: options.plugins(),
            hostVersion: options.hostVersion)
        record.origin = origin.map { ($0.path, $0.sha256) }
        record.isolated = options.isolated()
        try record.write(to: paths.run)
        let loop = try RunLoop(experiment, record, paths, options, from: nil)
        return try loop.run()
    }

    /// Takes up the run in a directory at its newest checkpoint in order, and carries it through.
    ///
    /// It ends bit for bit as if it had never stopped, provided kernels and plugins are the same. `recipe` is what the
    /// caller believes to be the run's; nil = whatever it is.
    ///
    /// - Throws: as `start`; `LabError.damaged` for a directory that holds no run.
    package static func resume(
        _ recipe: Recipe? = nil, opener: any PluginOpener, kernels: any TrainingKernels, options: RunOptions
    ) throws -> RunResult {
        let paths = RunPaths(options.directory)
        var record = try RunRecord(path: paths.run)
        if let recipe, recipe.json != record.written.json {
            throw SpecError(
                "the run in \(options.directory) was started with another recipe: resume it without changes, "
                    + "or start a run of its own in another directory")
        }
        if record.kernels != kernels.variant {
            options.warn(
                "the run was started with the kernels \(record.kernels) and goes on with \(kernels.variant): "
                    + "its last bits will differ")
        }
        let lock = try lock(paths)
        defer { withExtendedLifetime(lock) {} }
        let experiment = try Experiment(record.recipe, opener: opener, kernels: kernels, threads: options.threads)
        let plugins = options.plugins()
        if plugins != record.plugins && !plugins.isEmpty {
            options.warn("the run was started with other plugins, or other versions of them: its bits may differ")
        }
        let store = CheckpointStore(paths: paths)
        let checkpoint = store.newest(where: \.isResumable, passing: options.warn)
        if checkpoint == nil, let origin = record.origin {
            let initial = try InitialParameters(origin.path, layout: experiment.trainer.model.layout)
            guard initial.sha256 == origin.sha256 else {
                throw LabError.damaged(
                    path: origin.path, reason: "it has changed since the run in \(options.directory) started from it")
            }
            try initial.load(into: experiment.trainer.parameters)
        }
        if !record.isResolved {
            record.recipe = try record.recipe.resolved(by: opener)
            record.isResolved = true
        }
        record.status = .running
        record.ended = nil
        record.isolated = options.isolated()
        try record.write(to: paths.run)
        let loop = try RunLoop(experiment, record, paths, options, from: checkpoint)
        return try loop.run()
    }

    /// Takes the directory for this process.
    private static func lock(_ paths: RunPaths) throws(LabError) -> LockedFile {
        try LockedFile(paths.lock, directory: paths.directory)
    }
}

/// A file that this process alone holds; given back at the end of its life, however the process ends.
final class LockedFile {
    private let file: File

    init(_ path: String, directory: String) throws(LabError) {
        file = try File(path, .append)
        guard file.lock() else { throw .inUse(path: directory) }
    }

    // Closing alone is not enough while a child that is just being started still has the file open.
    deinit { file.unlock() }
}
