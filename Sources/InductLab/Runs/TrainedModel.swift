// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// A model with the parameters of a checkpoint, to predict with and to evaluate.
package final class TrainedModel {
    package let recipe: Recipe
    /// Of the checkpoint.
    package let step: Int
    package let model: Model
    /// What it was trained on.
    package let source: any Source
    package let parameters: ParameterArena
    private let opener: any PluginOpener
    private let kernels: any TrainingKernels
    private let pool: WorkerPool

    init(
        recipe: Recipe, step: Int, model: Model, source: any Source, parameters: ParameterArena,
        opener: any PluginOpener, kernels: any TrainingKernels, threads: Int
    ) {
        self.recipe = recipe
        self.step = step
        self.model = model
        self.source = source
        self.parameters = parameters
        self.opener = opener
        self.kernels = kernels
        pool = WorkerPool(threads: threads)
    }

    /// Whether an evaluator watches the training batches, which there are only while a model is trained.
    package func watchesTraining(_ evaluator: PluginSpec) throws -> Bool {
        try opener.evaluator(evaluator, schema: model.schema, length: model.length).watchesTraining
    }

    /// The metrics of an evaluation of this model, on the samples that follow from `seed`; nil: from the run's.
    ///
    /// - Throws: `SpecError` where evaluators, source and model do not fit together, `PluginFailure`; nil when
    ///   `isCancelled` said so before the end.
    package func evaluate(
        _ evaluation: Recipe.Evaluation, seed: UInt64? = nil, isCancelled: () -> Bool = { false }
    ) throws -> [Metric]? {
        let evaluators = try evaluation.evaluators.map {
            try opener.evaluator($0, schema: model.schema, length: model.length)
        }
        if let watcher = evaluators.first(where: { $0.watchesTraining }) {
            throw SpecError(
                "\(watcher.spec) watches the training batches: it works only while a model is trained; name others")
        }
        let runner = try EvaluationRunner(
            evaluation, evaluators, model: model, source: try evaluation.source.map(opener.source) ?? source,
            parameters: parameters, seed: recipe.seed, dataSeed: seed, kernels: kernels, pool: pool)
        return try runner.run(step: step, isCancelled: isCancelled)
    }

    /// The law of the next token after every prefix of `tokens`, the shortest (one token) first.
    ///
    /// - Returns: `[tokens.count][classes]`, each row sums to 1.
    /// - Throws: `SpecError` for tokens that the model cannot read, `PluginFailure`.
    package func predict(_ tokens: [Int32]) throws -> [[Double]] {
        let schema = model.schema
        guard schema.task == .nextToken, let place = schema.index(of: "tokens"), model.tensors.inputs == [place] else {
            throw SpecError("predict takes tokens, and the model has other inputs")
        }
        guard !tokens.isEmpty, tokens.count <= model.length else {
            throw SpecError("the model reads 1 to \(model.length) tokens, not \(tokens.count)")
        }
        let limit = schema.tensors[place].limit ?? schema.classes
        if let stranger = tokens.first(where: { $0 < 0 || Int($0) >= limit }) {
            throw SpecError("\(stranger) is not a token of the model: they are 0 to \(limit - 1)")
        }
        let input = Tensor(.int32, [1, tokens.count])
        for (index, token) in tokens.enumerated() { input.integers[index] = token }
        var tensors: [Tensor?] = schema.tensors.map { _ in nil }
        tensors[place] = input
        // Targets are not looked at: the tokens stand in for them.
        tensors[model.tensors.target] = input
        if let weight = model.tensors.weight { tensors[weight] = Tensor(.float32, [1, tokens.count]) }
        let buffers = NodeBuffers(
            model.root, model: model, count: 1, length: tokens.count, isTraining: false, hasLosses: false)
        var plan = MemoryPlan()
        let setting = PassSetting(
            model: model, kernels: kernels, mode: .evaluate, rows: 0..<1, length: tokens.count, tensors: tensors,
            parameters: parameters)
        let root = model.root.pass(setting, buffers, &plan)
        let memory = TensorMemory(byteCount: plan.bytes)
        try root.forward(PassCall(slot: 0, memory: memory.base, step: UInt64(step), seed: 0, scale: 0))
        let outputs = buffers.outputs.floats.map(Double.init)
        let isLogits = model.root.output(task: schema.task) == .logits
        return (0..<tokens.count).map { position in
            let row = Array(outputs[position * model.width..<(position + 1) * model.width])
            guard isLogits else { return row }
            let largest = row.max() ?? 0
            let powers = row.map { ReproducibleFunctions.exponential($0 - largest) }
            let sum = powers.reduce(0, +)
            return powers.map { $0 / sum }
        }
    }
}
