// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductLab
import Testing

@Suite struct TrainingOptionTests {
    /// The samples of a training step of labelled vectors.
    private static func samples(_ step: Int, batch: Int) throws -> (inputs: [Double], labels: [Int]) {
        let source = VectorSource(positions: 1)
        let room = Batch(schema: source.schema, count: batch, length: 1)
        try source.fill(
            room, rows: 0..<batch, view: 0, seed: Seed.derive(1, Seed.dataSalt), first: UInt64(step * batch))
        return (
            try #require(room["inputs"]).floats.map(Double.init), try #require(room["targets"]).integers.map(Int.init)
        )
    }

    @Test(arguments: [
        (smoothing: 0.0, clip: nil as Double?, factor: 1.0, decay: nil as Double?),
        (0.1, nil, 1, nil), (0.5, 0.01, 1, nil), (0, 0.02, 0.25, nil), (0.2, nil, 3, 0.7), (0, nil, 0, 0.3),
    ])
    func stepsFollowTheReferenceInDouble(smoothing: Double, clip: Double?, factor: Double, decay: Double?) throws {
        var recipe = try Workbench.recipe(
            source: "vectors", architecture: "linear", length: 1, batch: 12, shards: 3,
            optimizer: "adamw(learning_rate=0.05, decay=0.2)", clip: clip)
        recipe.training.labelSmoothing = smoothing
        if factor != 1 || decay != nil {
            recipe.training.groups = [.init(patterns: ["b?as"], learningRateFactor: factor, decay: decay)]
        }
        let trainer = try Workbench.trainer(recipe)
        let isBiasDecayed = try #require(trainer.model.parameters.last).isDecayed
        var reference = LinearReference(
            weight: trainer.parameters[0].map(Double.init), bias: trainer.parameters[1].map(Double.init))
        for step in 0..<8 {
            let (inputs, labels) = try Self.samples(step, batch: 12)
            let loss = reference.advance(
                inputs: inputs, labels: labels, smoothing: smoothing, clip: clip,
                (
                    .init(rate: 0.05, decay: 0.2),
                    .init(rate: 0.05 * factor, decay: decay ?? (isBiasDecayed ? 0.2 : 0))
                ))
            #expect(abs(try trainer.advance() - loss) < 1e-5)
        }
        for (found, expected) in zip(trainer.parameters[0], reference.weight) {
            #expect(abs(Double(found) - expected) < 2e-5)
        }
        for (found, expected) in zip(trainer.parameters[1], reference.bias) {
            #expect(abs(Double(found) - expected) < 2e-5)
        }
    }

    @Test(arguments: [
        ("chain(vocabulary=3)", "bigram", 7), ("vectors(weighted=1, positions=4)", "linear", 1),
        ("vectors", "gated(linear, counting, gate=hedge)", 1),
    ])
    func accumulationChangesNoBit(source: String, architecture: String, length: Int) throws {
        func bits(accumulate: Int, threads: Int) throws -> [UInt32] {
            var recipe = try Workbench.recipe(
                source: source, architecture: architecture, length: length, batch: 13, shards: 7, clip: 0.05)
            recipe.training.accumulate = accumulate
            let trainer = try Workbench.trainer(recipe, threads: threads)
            for _ in 0..<10 { _ = try trainer.advance() }
            return Workbench.bits(trainer.parameters)
        }
        let whole = try bits(accumulate: 1, threads: 1)
        for accumulate in [2, 3, 4, 7] {
            #expect(try bits(accumulate: accumulate, threads: accumulate % 3 + 1) == whole)
        }
    }

    @Test func accumulationHoldsAFewGradientsOnly() throws {
        var training = try Workbench.recipe(batch: 64).training
        training.accumulate = 64
        #expect(training.shardCount == 64)
        let tree = GradientTree(rounds: training.rounds)
        #expect(tree.bufferCount <= 8)
        #expect(tree.additions.joined().count == 63)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 7, 8, 13, 64])
    func theTreeIsThatOfNeighbours(shards: Int) throws {
        /// Level by level, as text: the shape of the sum.
        var level = (0..<shards).map { "\($0)" }
        while level.count > 1 {
            level = stride(from: 0, to: level.count, by: 2).map {
                $0 + 1 < level.count ? "(\(level[$0])+\(level[$0 + 1]))" : level[$0]
            }
        }
        for rounds in 1...shards {
            let ranges = (0..<rounds).map { shards * $0 / rounds..<shards * ($0 + 1) / rounds }
            let tree = GradientTree(rounds: ranges)
            var buffers = [String](repeating: "", count: tree.bufferCount)
            for (round, additions) in zip(ranges, tree.additions) {
                for shard in round { buffers[tree.buffers[shard]] = "\(shard)" }
                for addition in additions {
                    buffers[addition.left] = "(\(buffers[addition.left])+\(buffers[addition.right]))"
                }
            }
            #expect(buffers[tree.root] == level[0])
        }
    }

    @Test func smoothedProbabilitiesFollowFiniteDifferences() throws {
        // A mixture's loss is taken of probabilities.
        var recipe = try Workbench.recipe(
            source: "vectors", architecture: "gated(linear, linear, gate=linear-gate)", length: 1, batch: 6, shards: 1,
            optimizer: "sgd(learning_rate=1)")
        recipe.training.labelSmoothing = 0.3
        let trainer = try Workbench.trainer(recipe)
        let before = (0..<trainer.model.parameters.count).map { Array(trainer.parameters[$0]) }
        _ = try trainer.advance()
        let after = (0..<trainer.model.parameters.count).map { Array(trainer.parameters[$0]) }
        for (parameter, values) in before.enumerated() {
            for index in values.indices {
                func loss(_ shift: Float) throws -> Double {
                    let moved = try Workbench.trainer(recipe)
                    moved.parameters[parameter][index] += shift
                    return try moved.advance()
                }
                let slope = (try loss(0.01) - loss(-0.01)) / 0.02
                #expect(abs(Double(values[index] - after[parameter][index]) - slope) < 1e-4)
            }
        }
    }

    @Test func smoothingIsNotSeenByEvaluators() throws {
        var recipe = try Workbench.recipe(batch: 8)
        recipe.evaluate = [
            Recipe.Evaluation(name: "fresh", when: .every(5), evaluators: [PluginSpec(name: "loss")], samples: 64)
        ]
        func untrained(_ recipe: Recipe) throws -> [Metric]? {
            let experiment = try Experiment(recipe, opener: FakeOpener(), kernels: ScalarKernels(), threads: 1)
            return try experiment.evaluations[0].run(step: 0)
        }
        var smoothed = recipe
        smoothed.training.labelSmoothing = 0.4
        #expect(try untrained(smoothed) == untrained(recipe))
        #expect(try Workbench.trainer(smoothed).advance() != Workbench.trainer(recipe).advance())
    }

    @Test func smoothingOfValuesIsRefused() throws {
        var recipe = try Workbench.recipe(source: "regression", architecture: "linear", length: 1)
        recipe.training.labelSmoothing = 0.1
        let error = #expect(throws: SpecError.self) { try Workbench.trainer(recipe) }
        #expect(error?.message.contains("label_smoothing") == true)
    }

    @Test func theFirstGroupThatMatchesCounts() throws {
        let layout = try Workbench.trainer(try Workbench.recipe()).model.layout
        let settings = try OptimizerSettings(try PluginSpec(parsing: "adamw(decay=0.5)"))
        let found = try UpdateTreatment.all(
            of: layout, settings,
            groups: [
                .init(patterns: ["t*e"], learningRateFactor: 2),
                .init(patterns: ["*"], learningRateFactor: 3, decay: 1),
            ])
        #expect(
            found == [UpdateTreatment(rateFactor: 2, decay: 0.5), UpdateTreatment(rateFactor: 3, decay: 1)])
    }

    /// The first group holds from the fourth step on, the second from the third to the fifth.
    @Test(arguments: [nil, 0.02] as [Double?])
    func groupsHoldForTheirSteps(clip: Double?) throws {
        var recipe = try Workbench.recipe(
            source: "vectors", architecture: "linear", length: 1, batch: 12, shards: 3,
            optimizer: "adamw(learning_rate=0.05, decay=0.2)", clip: clip)
        recipe.training.groups = [
            .init(patterns: ["weight"], learningRateFactor: 0, after: 3),
            .init(patterns: ["*"], learningRateFactor: 3, decay: 0.1, after: 2, until: 5),
        ]
        let trainer = try Workbench.trainer(recipe)
        var reference = LinearReference(
            weight: trainer.parameters[0].map(Double.init), bias: trainer.parameters[1].map(Double.init))
        let special = LinearReference.Treatment(rate: 0.15, decay: 0.1)
        for step in 1...8 {
            let (inputs, labels) = try Self.samples(step - 1, batch: 12)
            let loss = reference.advance(
                inputs: inputs, labels: labels, smoothing: 0, clip: clip,
                (
                    step > 3 ? .init(rate: 0, decay: 0.2) : step == 3 ? special : .init(rate: 0.05, decay: 0.2),
                    3...5 ~= step ? special : .init(rate: 0.05, decay: 0)
                ))
            #expect(abs(try trainer.advance() - loss) < 1e-5)
        }
        let found = Array(trainer.parameters[0]) + trainer.parameters[1]
        for (found, expected) in zip(found, reference.weight + reference.bias) {
            #expect(abs(Double(found) - expected) < 2e-5)
        }
    }

    @Test func aPatternWithoutParametersNamesTheNearest() throws {
        var recipe = try Workbench.recipe()
        recipe.training.groups = [.init(patterns: ["tabel"], learningRateFactor: 0.5)]
        let error = #expect(throws: SpecError.self) { try Workbench.trainer(recipe) }
        #expect(error?.message.contains("'table'") == true)
    }

    @Test(arguments: [
        ("blocks.*.mlp.*", "blocks.10.mlp.input.weight", true), ("*.weight", "a.weights", false), ("*", "", true),
        ("a*b*c", "axxbxxbc", true), ("a*b*c", "axxcxxb", false), ("??", "ab", true), ("??", "a", false),
        ("", "", true), ("", "a", false), ("**a", "bca", true),
    ])
    func patternsMatchWholeNames(pattern: String, name: String, isMatch: Bool) {
        #expect(Recipe.Training.ParameterGroup(patterns: [pattern]).matches(name) == isMatch)
    }
}
