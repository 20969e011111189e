// SPDX-License-Identifier: Apache-2.0

import InductCore

extension Recipe {
    /// The recipe with every parameter of what it names, defaults included, and its paths absolute: what a run does whatever
    /// the defaults will be later.
    ///
    /// - Throws: `SpecError` for names and parameters that are wrong.
    func resolved(by opener: any PluginOpener) throws -> Recipe {
        try check()
        var recipe = self
        recipe.source = try opener.resolved(source, as: .source)
        recipe.architecture = try Self.resolved(architecture, by: opener)
        recipe.training.shards = training.shardCount
        recipe.training.optimizer = try OptimizerSettings(training.optimizer).resolved
        recipe.training.schedule = try Schedule.resolved(training.schedule)
        recipe.evaluate = try evaluate.map { evaluation in
            var evaluation = evaluation
            evaluation.evaluators = try evaluation.evaluators.map { try opener.resolved($0, as: .evaluator) }
            evaluation.source = try evaluation.source.map { try opener.resolved($0, as: .source) }
            return evaluation
        }
        recipe.initialise = initialise.map(FileSystem.absolute)
        return recipe
    }

    private static func resolved(_ architecture: PluginSpec, by opener: any PluginOpener) throws -> PluginSpec {
        guard architecture.name == GatedSpec.name else { return try opener.resolved(architecture, as: .architecture) }
        let gated = try GatedSpec(architecture)
        return PluginSpec(
            name: GatedSpec.name, children: try gated.experts.map { try resolved($0, by: opener) },
            arguments: [
                .init(key: "gate", value: .spec(try opener.resolved(gated.gate, as: .gate))),
                .init(key: "training", value: .string(gated.training.rawValue)),
            ])
    }
}
