// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// A recipe with everything it names opened, before anything large is allocated.
package struct ExperimentPlan {
    package let recipe: Recipe
    package let source: any Source
    package let model: Model
    package let threads: Int
    package let memory: MemoryEstimate
    let evaluations: [(source: any Source, evaluators: [any Evaluator])]
    /// Whether somebody looks at the training batches.
    let isWatched: Bool

    /// - Throws: `SpecError` for whatever in the recipe is wrong or does not fit together, `PluginFailure`.
    package init(_ recipe: Recipe, opener: any PluginOpener, threads: Int) throws {
        try recipe.check()
        let source = try opener.source(recipe.source)
        let model = try ModelBuilder(opener: opener).build(
            recipe.architecture, source: source, length: recipe.training.length)
        evaluations = try recipe.evaluate.map { evaluation in
            let evaluators = try evaluation.evaluators.map {
                try opener.evaluator($0, schema: model.schema, length: model.length)
            }
            return (try evaluation.source.map(opener.source) ?? source, evaluators)
        }
        isWatched = evaluations.flatMap(\.evaluators).contains { $0.watchesTraining }
        var memory = try MemoryEstimate(
            model: model, source: source, training: recipe.training, threads: threads,
            isObserved: isWatched || model.isOnline)
        for (evaluation, opened) in zip(recipe.evaluate, evaluations) {
            try model.checkFit(opened.source)
            let plan = try EvaluationPlan(
                opened.evaluators, view: evaluation.view, source: opened.source, model: model)
            let bytes = EvaluationRunner.byteCount(
                plan, evaluation, model: model, source: opened.source, threads: threads)
            memory.evaluation = ByteCount.sum([memory.evaluation, bytes])
            // A slot's workspace serves training and evaluations, one after the other.
            let remote = EvaluationRunner.remoteBytes(plan, evaluation, model: model, source: opened.source)
            memory.workers = max(memory.workers, ByteCount.product([remote, threads]))
        }
        self.memory = memory
        self.recipe = recipe
        self.source = source
        self.model = model
        self.threads = threads
    }

    /// Holds the file that the parameters are to come from to the model.
    ///
    /// - Throws: `LabError.damaged`, naming what does not fit.
    package func checkInitialParameters() throws(LabError) {
        guard let place = recipe.initialise else { return }
        try InitialParameters(place, layout: model.layout).check(model.layout)
    }
}

/// A recipe with everything it names opened and allocated: ready to be trained and evaluated.
package final class Experiment {
    package let recipe: Recipe
    package let source: any Source
    package let trainer: Trainer
    package let evaluations: [EvaluationRunner]

    /// - Throws: as `ExperimentPlan`; `SpecError` when there is not enough memory.
    package convenience init(
        _ recipe: Recipe, opener: any PluginOpener, kernels: any TrainingKernels, threads: Int
    ) throws {
        try self.init(try ExperimentPlan(recipe, opener: opener, threads: threads), kernels: kernels)
    }

    /// Allocates what a plan needs; refuses what does not fit into `available` bytes, nil = unknown.
    package init(
        _ plan: ExperimentPlan, kernels: any TrainingKernels, available: Int? = AvailableMemory().bytes
    ) throws {
        try plan.memory.check(available: available)
        let recipe = plan.recipe
        let pool = WorkerPool(threads: plan.threads)
        let trainer = try Trainer(
            model: plan.model, source: plan.source, training: recipe.training, seed: recipe.seed, kernels: kernels,
            pool: pool, observesAll: plan.isWatched, keepsSamples: plan.memory.keepsSamples(available: available))
        evaluations = try zip(recipe.evaluate, plan.evaluations).map { evaluation, opened in
            try EvaluationRunner(
                evaluation, opened.evaluators, model: plan.model, source: opened.source,
                parameters: trainer.parameters, seed: recipe.seed, kernels: kernels, pool: pool)
        }
        self.recipe = recipe
        source = plan.source
        self.trainer = trainer
    }

    /// Whether anybody holds something of training batches that no metric tells of.
    var holdsTraining: Bool { evaluations.contains(where: \.holdsTraining) }
}

extension Recipe {
    /// - Throws: `SpecError` for numbers that no run can have.
    package func check() throws(SpecError) {
        try training.check()
        for evaluation in evaluate { try evaluation.when.check(evaluation.name) }
        let names = evaluate.map(\.name)
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw SpecError("two evaluations are named '\(twice)': give each a name of its own")
        }
        if let every = checkpoints.every, every < 1 {
            throw SpecError("checkpoints come every \(every) steps: it must be at least 1")
        }
        if checkpoints.keep < 1 {
            throw SpecError("checkpoints.keep is \(checkpoints.keep): at least the last one is kept")
        }
    }
}
