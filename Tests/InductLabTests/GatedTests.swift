// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductLab
import Testing

@Suite struct GatedTests {
    static let rate = 1.0

    /// The gradient of the first step, by one step of gradient descent at rate 1.
    static func gradient(_ recipe: Recipe) throws -> (Trainer, start: [Float], gradient: [Float]) {
        let trainer = try Workbench.trainer(recipe)
        let start = values(trainer)
        _ = try trainer.advance()
        return (trainer, start, zip(start, values(trainer)).map { $0 - $1 })
    }

    static func values(_ trainer: Trainer) -> [Float] {
        Array(UnsafeBufferPointer(start: trainer.parameters.data, count: trainer.parameters.layout.count))
    }

    /// The first batch's loss with other parameters.
    static func loss(_ recipe: Recipe, _ parameters: [Float]) throws -> Double {
        let trainer = try Workbench.trainer(recipe)
        for (i, value) in parameters.enumerated() { trainer.parameters.data[i] = value }
        return try trainer.advance()
    }

    static func recipe(_ architecture: String, source: String = "vectors(positions=2)") throws -> Recipe {
        try Workbench.recipe(
            source: source, architecture: architecture, length: 1, batch: 10, steps: 5,
            optimizer: "sgd(learning_rate=1)")
    }

    @Test(arguments: [
        ("gated(linear, linear, gate=linear-gate)", "vectors(positions=2)"),
        ("gated(linear, softmax, gate=linear-gate)", "vectors(weighted=1, positions=3)"),
        ("gated(linear, linear, linear, gate=linear-gate)", "regression(positions=2)"),
        ("gated(gated(linear, softmax, gate=linear-gate), linear, gate=linear-gate)", "vectors"),
        ("gated(linear, frozen, gate=fixed-gate)", "vectors"),
        ("gated(softmax, counting, gate=linear-gate)", "vectors"),
    ])
    func jointGradientsAreThoseOfTheMixturesLoss(architecture: String, source: String) throws {
        let recipe = try Self.recipe(architecture, source: source)
        let (trainer, start, gradient) = try Self.gradient(recipe)
        let step: Float = 0.005
        for (index, parameter) in trainer.model.parameters.enumerated() where parameter.isTrained {
            let first = trainer.parameters.layout.offsets[index]
            for i in first..<first + parameter.count {
                var moved = start
                moved[i] = start[i] + step
                let above = try Self.loss(recipe, moved)
                moved[i] = start[i] - step
                let below = try Self.loss(recipe, moved)
                let difference = (above - below) / (2 * Double(step))
                #expect(
                    abs(difference - Double(gradient[i])) < 3e-4 + 3e-3 * abs(difference),
                    "\(parameter.name)[\(i - first)]")
            }
        }
        #expect(gradient.contains { abs($0) > 0.01 })
    }

    @Test func frozenAndOnlineParametersStay() throws {
        let recipe = try Self.recipe("gated(linear, frozen, gate=fixed-gate)")
        let (trainer, start, _) = try Self.gradient(recipe)
        let end = Self.values(trainer)
        for (index, parameter) in trainer.model.parameters.enumerated() {
            let range =
                trainer.parameters.layout.offsets[index]..<trainer.parameters.layout.offsets[index] + parameter.count
            #expect((Array(start[range]) == Array(end[range])) == !parameter.isTrained)
        }
    }

    @Test func theGateMayComeAfterItsExperts() throws {
        var recipe = try Self.recipe("gated(linear, linear, gate=linear-gate, training=bilevel)")
        recipe.training.groups = [
            .init(patterns: ["gate.*"], learningRateFactor: 0, until: 3),
            .init(patterns: ["experts.*"], learningRateFactor: 0, after: 3),
        ]
        let trainer = try Workbench.trainer(recipe)
        func bits(_ prefix: String) -> [[UInt32]] {
            trainer.model.parameters.indices.filter { trainer.model.parameters[$0].name.hasPrefix(prefix) }
                .map { trainer.parameters[$0].map(\.bitPattern) }
        }
        let (gate, experts) = (bits("gate."), bits("experts."))
        for _ in 0..<3 { _ = try trainer.advance() }
        #expect(bits("gate.") == gate)
        let learned = bits("experts.")
        #expect(zip(learned, experts).allSatisfy { $0 != $1 })
        for _ in 0..<3 { _ = try trainer.advance() }
        #expect(bits("experts.") == learned)
        #expect(zip(bits("gate."), gate).allSatisfy { $0 != $1 })
    }

    @Test(arguments: ["vectors(positions=2)", "vectors(weighted=1, positions=3)", "regression"])
    func bilevelExpertsLearnAsIfAlone(source: String) throws {
        let pair = try Self.recipe("gated(linear, linear, gate=linear-gate, training=bilevel)", source: source)
        let (trainer, start, gradient) = try Self.gradient(pair)
        for expert in 0..<2 {
            let lone = try Workbench.trainer(try Self.recipe("linear", source: source))
            for index in 0..<2 {
                let from = trainer.parameters.layout.offsets[2 * expert + index]
                for i in lone.parameters[index].indices { lone.parameters[index][i] = start[from + i] }
            }
            let before = Self.values(lone)
            _ = try lone.advance()
            let expected = zip(before, Self.values(lone)).map { $0 - $1 }
            for index in 0..<2 {
                let place = lone.parameters.layout.offsets[index]
                let from = trainer.parameters.layout.offsets[2 * expert + index]
                for i in 0..<lone.parameters[index].count {
                    #expect(abs(expected[place + i] - gradient[from + i]) < 1e-6)
                }
            }
        }
    }

    /// The mean over the first batch of sum_k alpha_k l_k, of two linear experts under a linear gate, in double.
    static func weightedLosses(_ values: [Float], _ layout: ParameterLayout) throws -> Double {
        let source = VectorSource(positions: 2)
        let batch = Batch(schema: source.schema, count: 10, length: 1)
        try source.fill(batch, rows: 0..<10, view: 0, seed: Seed.derive(1, Seed.dataSalt), first: 0)
        let inputs = try #require(batch["inputs"]).floats
        let targets = try #require(batch["targets"]).integers
        func outputs(_ node: Int, _ row: Int, _ count: Int) -> [Double] {
            (0..<count).map { o in
                (0..<3).reduce(Double(values[layout.offsets[2 * node + 1] + o])) {
                    $0 + Double(values[layout.offsets[2 * node] + o * 3 + $1]) * Double(inputs[row * 3 + $1])
                }
            }
        }
        func softmax(_ x: [Double]) -> [Double] {
            let powers = x.map { Numbers.exp($0) }
            return powers.map { $0 / powers.reduce(0, +) }
        }
        return (0..<20).reduce(0.0) { sum, row in
            let alpha = softmax(outputs(2, row, 2))
            let losses = (0..<2).map { -Numbers.log(softmax(outputs($0, row, 3))[Int(targets[row])]) }
            return sum + (alpha[0] * losses[0] + alpha[1] * losses[1]) / 20
        }
    }

    @Test func bilevelGateLearnsFromTheExpertsLosses() throws {
        let recipe = try Self.recipe("gated(linear, linear, gate=linear-gate, training=bilevel)")
        let (trainer, start, gradient) = try Self.gradient(recipe)
        let layout = trainer.parameters.layout
        let step: Float = 0.001
        for index in 4..<6 {
            for i in layout.offsets[index]..<layout.offsets[index] + layout.parameters[index].count {
                var moved = start
                moved[i] = start[i] + step
                let above = try Self.weightedLosses(moved, layout)
                moved[i] = start[i] - step
                let below = try Self.weightedLosses(moved, layout)
                #expect(abs((above - below) / (2 * Double(step)) - Double(gradient[i])) < 2e-5)
            }
        }
        #expect(gradient[layout.offsets[4]..<layout.count].contains { abs($0) > 0.001 })
    }

    @Test func hedgeFollowsTheBetterExpert() throws {
        let recipe = try Workbench.recipe(
            source: "vectors", architecture: "gated(linear, frozen, gate=hedge, training=bilevel)", length: 1,
            batch: 16,
            steps: 80)
        let trainer = try Workbench.trainer(recipe)
        var losses: [Double] = []
        for _ in 0..<80 { losses.append(try trainer.advance()) }
        let cumulative = trainer.parameters[4]
        #expect(trainer.model.parameters[4].name == "gate.losses")
        #expect(cumulative[0] > 0 && cumulative[0] < cumulative[1])
        #expect(losses[79] < losses[0])
    }

    @Test func hedgeSeesTheExpertsLossesUnderJointTrainingToo() throws {
        let recipe = try Self.recipe("gated(linear, frozen, gate=hedge)")
        let trainer = try Workbench.trainer(recipe)
        _ = try trainer.advance()
        #expect(trainer.parameters[4].allSatisfy { $0 > 0 })
    }

    @Test func namesCarryTheirPath() throws {
        let trainer = try Workbench.trainer(
            try Self.recipe("gated(gated(linear, softmax, gate=linear-gate), linear, gate=linear-gate)"))
        #expect(
            trainer.model.parameters.map(\.name) == [
                "experts.0.experts.0.weight", "experts.0.experts.0.bias", "experts.0.experts.1.weight",
                "experts.0.experts.1.bias", "experts.0.gate.weight", "experts.0.gate.bias", "experts.1.weight",
                "experts.1.bias", "gate.weight", "gate.bias",
            ])
    }

    @Test(arguments: [
        "gated(linear, linear)", "gated(gate=linear-gate)", "gated(linear, gate=linear-gate, training=both)",
        "gated(linear, gate=linear-gate, trainin=joint)", "gated(linear, gate=nobody)",
    ])
    func wrongGatedSpecsAreRefused(spec: String) throws {
        let recipe = try Self.recipe(spec)
        #expect(throws: SpecError.self) { try Workbench.trainer(recipe) }
    }
}
