// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore

/// What to run: a recipe, changes to it, or everything by options.
struct RecipeOptions: ParsableArguments {
    @Argument(help: "A recipe, or the directory of a run to resume.")
    var recipe: String?

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Change a value of the recipe, as in training.steps=2000; may be repeated.", valueName: "path=value"))
    var settings: [String] = []

    @Option(help: "The source.")
    var source: String?

    @Option(help: "The architecture, or gated(...).")
    var architecture: String?

    @Option(
        name: .customLong("evaluate"), parsing: .singleValue,
        help: ArgumentHelp("An evaluator; may be repeated; replaces those of the recipe.", valueName: "spec"))
    var evaluators: [String] = []

    @Option(help: "Predicted positions.")
    var length: Int?

    @Option(help: "Training steps.")
    var steps: Int?

    @Option(help: "Samples of a training step.")
    var batch: Int?

    @Option(help: "The optimizer's learning rate.")
    var learningRate: Double?

    @Option(help: ArgumentHelp("The optimizer, as in adamw(decay=0.1).", valueName: "spec"))
    var optimizer: String?

    @Option(help: ArgumentHelp("The learning rate's schedule, as in cosine(warmup=100).", valueName: "spec"))
    var schedule: String?

    @Option(help: "Rounds in which a step's gradients are computed: a larger batch in the same memory.")
    var accumulate: Int?

    @Option(help: "Share of every target's weight that is spread over the classes, from 0 to .999.")
    var labelSmoothing: Double?

    @Option(help: "Largest norm of the gradient.")
    var clip: Double?

    @Option(help: "Start from the parameters of a run, a checkpoint or a safetensors file.")
    var initialise: String?

    @Option(help: "Fixes initialisation, dropout and data.")
    var seed: UInt64?

    /// Without a recipe: what the options leave open.
    private static let defaults = """
        training: {length: 100, batch: 64, steps: 1000, optimizer: adam(learning_rate=1e-3)}
        """

    /// Whether any option says what to run.
    var isEmpty: Bool {
        source == nil && architecture == nil && evaluators.isEmpty && length == nil && steps == nil && batch == nil
            && learningRate == nil && seed == nil && settings.isEmpty && optimizer == nil && schedule == nil
            && accumulate == nil && labelSmoothing == nil && clip == nil && initialise == nil
    }

    /// Whether they say all that a run needs without a recipe.
    var namesParts: Bool { source != nil && architecture != nil }

    /// Reads the recipe; options come before `--set`.
    func load(_ path: String?) throws -> Recipe {
        let (yaml, overrides) = try document(path)
        return try Recipe(yaml: yaml, file: path, overrides: overrides)
    }

    /// The text of the recipe, and the changes to it.
    func document(_ path: String?) throws -> (yaml: String, overrides: [String]) {
        let yaml = try path.map { try TextFile.read($0, limit: 1 << 20) } ?? Self.defaults
        if path == nil && !namesParts {
            throw UsageError("say what to run: a recipe, or --source SPEC and --architecture SPEC")
        }
        return (yaml, try overrides(hasRecipe: path != nil) + settings)
    }

    private func overrides(hasRecipe: Bool) throws -> [String] {
        var overrides: [String] = []
        func quoted(_ text: String) throws -> String { JSON.string(try PluginSpec(parsing: text).description).text }
        if let source { overrides.append("source=\(try quoted(source))") }
        if let architecture { overrides.append("architecture=\(try quoted(architecture))") }
        if let length { overrides.append("training.length=\(length)") }
        if let batch { overrides.append("training.batch=\(batch)") }
        if let steps { overrides.append("training.steps=\(steps)") }
        if let optimizer { overrides.append("training.optimizer=\(try quoted(optimizer))") }
        if let schedule { overrides.append("training.schedule=\(try quoted(schedule))") }
        if let accumulate { overrides.append("training.accumulate=\(accumulate)") }
        if let labelSmoothing { overrides.append("training.label_smoothing=\(labelSmoothing)") }
        if let clip { overrides.append("training.clip=\(clip)") }
        if let initialise { overrides.append("initialise=\(JSON.string(initialise).text)") }
        if let learningRate { overrides.append("training.optimizer.learning_rate=\(learningRate)") }
        if let seed { overrides.append("seed=\(seed)") }
        if !evaluators.isEmpty || !hasRecipe {
            let specs = try evaluators.isEmpty ? ["position-loss"] : evaluators.map(quoted)
            overrides.append("evaluate=[{logarithmic: 4, evaluators: [\(specs.joined(separator: ", "))]}]")
        }
        return overrides
    }
}
