// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductLab
import Testing

@Suite struct EvaluationTests {
    static func recipe(_ evaluators: [String], view: String = "test", samples: Int = 700) throws -> Recipe {
        var recipe = try Workbench.recipe(steps: 6)
        recipe.evaluate = [
            Recipe.Evaluation(
                name: "e", when: .at([]), evaluators: try evaluators.map { try PluginSpec(parsing: $0) }, view: view,
                samples: samples)
        ]
        return recipe
    }

    static func metrics(_ recipe: Recipe, _ opener: FakeOpener, threads: Int = 1) throws -> [Metric] {
        let experiment = try Experiment(recipe, opener: opener, kernels: ScalarKernels(), threads: threads)
        return try #require(try experiment.evaluations[0].run(step: 0))
    }

    @Test(arguments: [1, 2, 3])
    func metricsDoNotDependOnThreads(threads: Int) throws {
        let recipe = try Self.recipe(["loss"])
        let lone = try Self.metrics(recipe, FakeOpener())
        #expect(try Self.metrics(recipe, FakeOpener(), threads: threads) == lone)
        #expect(lone[1].values == [700])
    }

    @Test func oracleBelongsToItsPosition() throws {
        let opener = FakeOpener()
        let need = EvaluationNeed(stream: .view, view: nil, items: [.oracle, .belief, .predictions], points: [])
        let chain = ChainSource(vocabulary: 3)
        opener.evaluators["oracle"] = PositionMean("oracle", [need]) { batch, sample, position in
            let tokens = batch.tensors[0]?.data.assumingMemoryBound(to: Int32.self)
            let targets = batch.tensors[2]?.data.assumingMemoryBound(to: Int32.self)
            let ages = batch.tensors[1]?.data.assumingMemoryBound(to: Int32.self)
            let place = sample * batch.positions + position
            guard let tokens, let targets, let ages, let oracle = batch.oracle, let belief = batch.belief,
                let predictions = batch.predictions
            else { return .nan }
            let law = (0..<3).map { oracle[place * 3 + $0] }
            let model = (0..<3).map { Numbers.exp(Double(predictions[place * 3 + $0])) }
            let isAligned =
                law == chain.law(after: Int(tokens[place])) && belief[place] == Double(position + 1)
                && ages[place] == Int32(position + 1) && abs(model.reduce(0, +) - 1) < 1e-5
                && (position + 1 == batch.positions || targets[place] == tokens[place + 1])
            return isAligned ? 1 : 0
        }
        let metrics = try Self.metrics(try Self.recipe(["oracle"]), opener)
        #expect(metrics[0].values == Array(repeating: 1, count: 7))
    }

    @Test func itemsNobodyAskedForAreNotShown() throws {
        let opener = FakeOpener()
        func evaluator(_ name: String, _ items: EvaluationItems) {
            opener.evaluators[name] = PositionMean(
                name, [EvaluationNeed(stream: .view, view: nil, items: items, points: [])]
            ) { batch, _, _ in
                let seen: EvaluationItems = [
                    batch.losses == nil ? [] : .losses, batch.predictions == nil ? [] : .predictions,
                    batch.oracle == nil ? [] : .oracle, batch.belief == nil ? [] : .belief,
                    batch.parameters.isEmpty ? [] : .parameters,
                ]
                return seen == items ? 1 : 0
            }
        }
        evaluator("a", .losses)
        evaluator("b", [.oracle, .predictions])
        evaluator("c", [.parameters, .belief])
        let metrics = try Self.metrics(try Self.recipe(["a", "b", "c"]), opener)
        for metric in metrics where metric.kind == .curve { #expect(metric.values == Array(repeating: 1, count: 7)) }
    }

    @Test func equalNeedsShareOnePass() throws {
        /// Counts the samples that pass through.
        final class CountingOpener: PluginOpener {
            let inner = FakeOpener()
            let architecture: CountingBigram
            init() { architecture = CountingBigram() }
            func resolved(_ spec: PluginSpec, as kind: PluginKind) throws -> PluginSpec { spec }
            func source(_ spec: PluginSpec) throws -> any Source { try inner.source(spec) }
            func architecture(_ spec: PluginSpec, schema: Schema, length: Int) throws -> any Architecture {
                architecture
            }
            func gate(_ spec: PluginSpec, schema: Schema, length: Int, experts: Int) throws -> any Architecture {
                try inner.gate(spec, schema: schema, length: length, experts: experts)
            }
            func evaluator(_ spec: PluginSpec, schema: Schema, length: Int) throws -> any Evaluator {
                try inner.evaluator(spec, schema: schema, length: length)
            }
        }
        let opener = CountingOpener()
        for name in ["x", "y"] {
            opener.inner.evaluators[name] = PositionMean(
                name,
                [
                    EvaluationNeed(stream: .view, view: nil, items: .predictions, points: ["table-row"]),
                    EvaluationNeed(stream: .view, view: "train", items: .losses, points: []),
                ]
            ) { _, _, _ in 0 }
        }
        let recipe = try Self.recipe(["x", "y", "loss"], samples: 100)
        let experiment = try Experiment(recipe, opener: opener, kernels: ScalarKernels(), threads: 1)
        let metrics = try #require(try experiment.evaluations[0].run(step: 0))
        // One sweep of each view: 100 samples of test and 100 of train.
        #expect(opener.architecture.rows == 200)
        #expect(metrics.first { $0.name == "x_count" }?.values == [200])
    }

    @Test func pointsAreRead() throws {
        let opener = FakeOpener()
        opener.evaluators["rows"] = PositionMean(
            "rows", [EvaluationNeed(stream: .view, view: nil, items: [.parameters], points: ["table-row"])]
        ) { batch, sample, position in
            guard let point = batch.points.first, let tokens = batch.tensors[0] else { return .nan }
            let place = sample * batch.positions + position
            let token = Int(tokens.data.assumingMemoryBound(to: Int32.self)[place])
            let row = point.data.assumingMemoryBound(to: Float.self) + place * 3
            return (0..<3).allSatisfy { row[$0] == batch.parameters[0][token * 3 + $0] } ? 1 : 0
        }
        #expect(try Self.metrics(try Self.recipe(["rows"]), opener)[0].values == Array(repeating: 1, count: 7))
    }

    /// The model is trained between two looks; what was asked for untrained stays as it was at step 0.
    @Test func theUntrainedModelIsSeenBesideTheTrainedOne() throws {
        let opener = FakeOpener()
        for (name, parameters) in [("now", EvaluationNeed.Parameters.current), ("before", .initial)] {
            opener.evaluators[name] = PositionMean(
                name,
                [EvaluationNeed(stream: .view, view: nil, items: .losses, points: [], parameters: parameters)]
            ) { batch, sample, position in Double(batch.losses?[sample * batch.positions + position] ?? .nan) }
        }
        let recipe = try Self.recipe(["now", "before"], samples: 64)
        let experiment = try Experiment(recipe, opener: opener, kernels: ScalarKernels(), threads: 1)
        func means() throws -> (now: [Double], before: [Double]) {
            let metrics = try #require(try experiment.evaluations[0].run(step: experiment.trainer.step))
            func values(_ name: String) -> [Double] { metrics.first { $0.name == name }?.values ?? [] }
            return (values("now"), values("before"))
        }
        let start = try means()
        #expect(start.now == start.before && start.now.count == 7)
        for _ in 0..<6 { _ = try experiment.trainer.advance() }
        let end = try means()
        #expect(end.before == start.before)
        #expect(end.now != start.now)
    }

    @Test func itemsThatDoNotExistAreNoErrorWhenTheyAreOptional() throws {
        let opener = FakeOpener()
        let need = EvaluationNeed(
            stream: .view, view: nil, items: .losses, points: [], optionalItems: [.posterior, .belief, .gate])
        opener.evaluators["any"] = PositionMean("any", [need]) { batch, _, _ in
            (batch.posterior == nil ? 0 : 1) + (batch.belief == nil ? 0 : 2) + (batch.gate == nil ? 0 : 4)
        }
        // The chain has beliefs and no components.
        let metrics = try Self.metrics(try Self.recipe(["any"]), opener)
        #expect(metrics[0].values == Array(repeating: 2, count: 7))
    }

    @Test(
        "a pattern stands for the activations it fits",
        arguments: [("*", true), ("table*", true), ("*-row", true), ("t*e-*w", true), ("*raw", false), ("", false)])
    func patternsOfPoints(pattern: String, fits: Bool) throws {
        let opener = FakeOpener()
        opener.evaluators["rows"] = PositionMean(
            "rows", [EvaluationNeed(stream: .view, view: nil, items: [], points: [pattern, "table-row"])]
        ) { batch, _, _ in batch.pointNames == ["table-row"] && batch.points.count == 1 ? 1 : 0 }
        guard fits else {
            let error = #expect(throws: SpecError.self) { try Self.metrics(try Self.recipe(["rows"]), opener) }
            #expect(error?.message.contains("table-row") == true)
            return
        }
        #expect(try Self.metrics(try Self.recipe(["rows"]), opener)[0].values == Array(repeating: 1, count: 7))
    }

    @Test func finiteViewsAreNotRunPast() throws {
        var recipe = try Workbench.recipe(source: "vectors", architecture: "linear", length: 1)
        recipe.evaluate = [
            Recipe.Evaluation(name: "e", when: .every(1), evaluators: [PluginSpec(name: "loss")], samples: 4096)
        ]
        #expect(try Self.metrics(recipe, FakeOpener())[1].values == [50])
    }

    @Test func whatIsMissingIsSaid() throws {
        let opener = FakeOpener()
        func add(_ name: String, _ need: EvaluationNeed) {
            opener.evaluators[name] = PositionMean(name, [need]) { _, _, _ in 0 }
        }
        add("posterior", EvaluationNeed(stream: .view, view: nil, items: .posterior, points: []))
        add("gate", EvaluationNeed(stream: .view, view: nil, items: .gate, points: []))
        add("point", EvaluationNeed(stream: .view, view: nil, items: [], points: ["table-raw"]))
        add("view", EvaluationNeed(stream: .view, view: "tset", items: .losses, points: []))
        for (name, word) in [
            ("posterior", "components"), ("gate", "no gate"), ("point", "table-row"), ("view", "'test'"),
        ] {
            let recipe = try Self.recipe([name])
            let error = #expect(throws: SpecError.self) { try Self.metrics(recipe, opener) }
            #expect(error?.message.contains(word) == true, "\(name)")
        }
    }

    @Test func trainingStreamIsSeenBatchByBatchAndSurvivesResume() throws {
        try Workbench.inDirectory { directory in
            var recipe = try RunTests.recipe()
            recipe.evaluate.append(
                Recipe.Evaluation(name: "stream", when: .every(15), evaluators: [PluginSpec(name: "training-loss")]))
            try RunTests.start(recipe, RunTests.options(directory + "/a"))
            let lines = try String(contentsOfFile: directory + "/a/metrics.jsonl", encoding: .utf8)
                .split(separator: "\n").map { try JSON(parsing: String($0)) }
            let counts = lines.filter { $0["metric"]?.string == "training_loss_count" }
            #expect(counts.compactMap { $0["step"]?.int } == [0, 15, 30, 45, 60])
            #expect(counts.compactMap { $0["value"]?.double }.dropFirst() == [180, 180, 180, 180])
            // The mean over positions and steps is that of the training losses.
            let curve = try #require(
                lines.first { $0["metric"]?.string == "training_loss" && $0["step"]?.int == 15 }?["values"]?.array)
            let losses = lines.filter { $0["evaluation"]?.string == "training" }.prefix(15)
                .compactMap { $0["value"]?.double }
            let means = (curve.compactMap(\.double).reduce(0, +) / 7, losses.reduce(0, +) / 15)
            #expect(abs(means.0 - means.1) < 1e-9)
            try RunTests.start(recipe, RunTests.options(directory + "/b", stopAfter: 39))
            try RunTests.resume(RunTests.options(directory + "/b"))
            #expect(try RunTests.outcome(directory + "/a") == RunTests.outcome(directory + "/b"))
        }
    }
}
