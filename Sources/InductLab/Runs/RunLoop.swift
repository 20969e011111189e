// SPDX-License-Identifier: Apache-2.0

import InductCore

/// One run from its first step, or from a checkpoint, to its end.
final class RunLoop {
    private let experiment: Experiment
    private let trainer: Trainer
    private var record: RunRecord
    private let paths: RunPaths
    private let options: RunOptions
    private let store: CheckpointStore
    private let log: MetricsLog
    private var blocks: LossBlocks
    private var clock: RunClock
    private var loss: Double?
    /// The step of the newest checkpoint in place.
    private var saved: Int?
    private var isEvaluated: Bool
    /// Whether the evaluations that watch the training have seen every step.
    private var isWatched = true

    private var steps: Int { experiment.recipe.training.steps }

    init(
        _ experiment: Experiment, _ record: RunRecord, _ paths: RunPaths, _ options: RunOptions,
        from checkpoint: CheckpointStore.Loaded?
    ) throws(LabError) {
        self.experiment = experiment
        trainer = experiment.trainer
        self.record = record
        self.paths = paths
        self.options = options
        store = CheckpointStore(paths: paths)
        clock = RunClock()
        let state = checkpoint?.state
        log = try MetricsLog(path: paths.metrics, size: state?.metricsBytes ?? 0)
        blocks = LossBlocks(
            steps: experiment.recipe.training.steps, sum: state?.lossSum ?? 0, count: state?.lossCount ?? 0)
        isEvaluated = state?.isEvaluated ?? false
        if let checkpoint {
            try trainer.parameters.load(checkpoint.model)
            try trainer.optimizer.load(checkpoint.optimizer)
            trainer.step = checkpoint.state.step
            saved = checkpoint.state.step
        }
    }

    /// Trains, evaluates and saves until the last step or until asked to stop.
    func run() throws -> RunResult {
        do {
            let ending = try go()
            try log.synchronize()
            return try end(ending)
        } catch {
            if error is PluginFailure { try? rescue() }
            try? log.synchronize()
            record.status = .failed
            record.ended = RunRecord.now()
            record.step = trainer.step
            try? record.write(to: paths.run)
            throw error
        }
    }

    /// Saves what was reached when a plugin failed: the last whole step.
    private func rescue() throws {
        guard isOrderly, trainer.step > 0, saved != trainer.step else { return }
        try save()
    }

    /// Whether the last step is whole, and seen by all who watch: a run can go on from here.
    private var isOrderly: Bool { trainer.isWhole && isWatched }

    private func go() throws -> RunResult.Ending {
        while true {
            if !isEvaluated {
                guard try unlessCancelled(evaluate) == true else { return try stop() }
                isEvaluated = true
            }
            if trainer.step == steps {
                if saved != steps { try save() }
                return .finished
            }
            if let every = experiment.recipe.checkpoints.every, trainer.step > 0, trainer.step % every == 0,
                saved != trainer.step
            {
                try save()
            }
            if options.isCancelled() { return try stop() }
            guard try unlessCancelled(advance) != nil else { return try stop() }
        }
    }

    /// What `body` gives; nil when a plugin gave up because the user asked to stop.
    private func unlessCancelled<Result>(_ body: () throws -> Result) throws -> Result? {
        do {
            return try body()
        } catch let failure as PluginFailure where failure.isCancellation && options.isCancelled() {
            return nil
        }
    }

    private func advance() throws {
        clock.start()
        let loss = try trainer.advance()
        clock.stop()
        self.loss = loss
        isEvaluated = false
        let step = trainer.step
        if let mean = blocks.add(loss, step: step) {
            log.append([
                "step": .integer(Int64(step)), "metric": "loss", "evaluation": "training", "value": .number(mean),
            ])
        }
        isWatched = false
        for evaluation in experiment.evaluations where evaluation.watchesTraining { try evaluation.watch(trainer) }
        isWatched = true
        if clock.isTimeToReport {
            try log.flush()
            report(.training)
        }
    }

    /// Makes the evaluations of this step; false when asked to stop before all were made.
    private func evaluate() throws -> Bool {
        var lines: [JSON] = []
        let due = experiment.evaluations.filter { $0.evaluation.when.contains(trainer.step, lastStep: steps) }
        for evaluation in due {
            report(.evaluating(evaluation.evaluation.name))
            guard let metrics = try evaluation.run(step: trainer.step, isCancelled: options.isCancelled) else {
                return false
            }
            lines += metrics.map { $0.line(step: trainer.step, evaluation: evaluation.evaluation.name) }
        }
        for line in lines { log.append(line) }
        for evaluation in due { evaluation.forget() }
        if !lines.isEmpty { try log.flush() }
        return true
    }

    private func stop() throws -> RunResult.Ending {
        if isOrderly, saved != trainer.step || !isEvaluated { try save() }
        return .interrupted
    }

    private func save() throws {
        report(.saving)
        try log.synchronize()
        let state = CheckpointState(
            step: trainer.step, metricsBytes: log.byteCount, lossSum: blocks.sum, lossCount: blocks.count,
            isEvaluated: isEvaluated, isResumable: !experiment.holdsTraining)
        try store.write(state, trainer.parameters, trainer.optimizer)
        saved = trainer.step
        // While the newest one cannot be resumed from, an older one still has to be there.
        if state.isResumable { try store.keep(newest: experiment.recipe.checkpoints.keep) }
    }

    private func end(_ ending: RunResult.Ending) throws -> RunResult {
        record.status = ending == .finished ? .finished : .interrupted
        record.ended = RunRecord.now()
        record.step = trainer.step
        try record.write(to: paths.run)
        report(.training)
        return RunResult(
            ending: ending, directory: options.directory, step: trainer.step, steps: steps, loss: loss,
            stepsPerSecond: clock.stepsPerSecond)
    }

    private func report(_ phase: RunProgress.Phase) {
        options.progress(
            RunProgress(
                phase: phase, step: trainer.step, steps: steps, loss: loss, stepsPerSecond: clock.stepsPerSecond))
    }
}
