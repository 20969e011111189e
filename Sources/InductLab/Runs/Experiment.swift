// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// A recipe with everything it names opened: ready to be trained and evaluated.
package final class Experiment {
    package let recipe: Recipe
    package let source: any Source
    package let trainer: Trainer
    package let evaluations: [EvaluationRunner]

    /// - Throws: `SpecError` for whatever in the recipe is wrong or does not fit together, `PluginFailure`.
    package init(_ recipe: Recipe, opener: any PluginOpener, kernels: any TrainingKernels, threads: Int) throws {
        try recipe.check()
        let source = try opener.source(recipe.source)
        let model = try ModelBuilder(opener: opener).build(
            recipe.architecture, source: source, length: recipe.training.length)
        let pool = WorkerPool(threads: threads)
        let evaluators = try recipe.evaluate.map { evaluation in
            try evaluation.evaluators.map {
                try opener.evaluator($0, schema: model.schema, length: model.length)
            }
        }
        let isWatched = evaluators.joined().contains { $0.needs.contains { $0.stream == .training } }
        let trainer = try Trainer(
            model: model, source: source, training: recipe.training, seed: recipe.seed, kernels: kernels, pool: pool,
            observesAll: isWatched)
        evaluations = try zip(recipe.evaluate, evaluators).map { evaluation, evaluators in
            try EvaluationRunner(
                evaluation, evaluators, model: model, source: try evaluation.source.map(opener.source) ?? source,
                parameters: trainer.parameters, seed: recipe.seed, kernels: kernels, pool: pool)
        }
        self.recipe = recipe
        self.source = source
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
