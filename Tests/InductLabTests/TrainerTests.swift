// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductLab
import Testing

@Suite struct TrainerTests {
    @Test func trainingLearnsTheChain() throws {
        let trainer = try Workbench.trainer(
            try Workbench.recipe(batch: 32, steps: 300, optimizer: "adam(learning_rate=0.05)"))
        let first = try trainer.advance()
        var last = 0.0
        for _ in 1..<300 { last = try trainer.advance() }
        // Entropy of (.8, .1, .1) is .639 nats.
        #expect(first > 1)
        #expect(abs(last - 0.639) < 0.12)
    }

    @Test(arguments: [("bigram", "chain", 7), ("linear", "vectors", 1), ("linear", "regression(positions=2)", 1)])
    func bitsDoNotDependOnThreads(architecture: String, source: String, length: Int) throws {
        let recipe = try Workbench.recipe(
            source: source, architecture: architecture, length: length, batch: 13, shards: 5, clip: 0.05)
        var results: [[UInt32]] = []
        for threads in [1, 2, 5] {
            let trainer = try Workbench.trainer(recipe, threads: threads)
            for _ in 0..<30 { _ = try trainer.advance() }
            results.append(Workbench.bits(trainer.parameters))
        }
        #expect(results[0] == results[1])
        #expect(results[0] == results[2])
    }

    @Test(arguments: [1, 2, 3, 8, 12])
    func shardsChangeRoundingOnly(shards: Int) throws {
        let whole = try Workbench.trainer(try Workbench.recipe(shards: 1, optimizer: "sgd(learning_rate=0.5)"))
        let cut = try Workbench.trainer(try Workbench.recipe(shards: shards, optimizer: "sgd(learning_rate=0.5)"))
        for _ in 0..<20 {
            #expect(abs(try whole.advance() - cut.advance()) < 1e-5)
        }
    }

    @Test func shardsFollowFromTheBatchAlone() throws {
        #expect(try Workbench.recipe(length: 3, batch: 32).training.shardCount == 2)
        #expect(try Workbench.recipe(length: 64, batch: 16).training.shardCount == 4)
        #expect(try Workbench.recipe(length: 100, batch: 512).training.shardCount == 64)
        #expect(try Workbench.recipe(length: 64, batch: 128).training.shardCount == 10)
        #expect(try Workbench.recipe(length: 10_000, batch: 16).training.shardCount == 16)
        #expect(try Workbench.recipe(length: 100, batch: 1).training.shardCount == 1)
        let rows = try Workbench.recipe(batch: 13, shards: 5).training.shardRows
        #expect(rows.flatMap { Array($0) } == Array(0..<13))
    }

    @Test func nonFiniteLossStopsBeforeTheUpdate() throws {
        let trainer = try Workbench.trainer(
            try Workbench.recipe(
                source: "regression", architecture: "linear", length: 1, optimizer: "sgd(learning_rate=1e30)"))
        #expect(throws: LabError.self) {
            for _ in 0..<10 { _ = try trainer.advance() }
        }
        #expect(trainer.step < 10)
    }

    @Test func weightsMakeTheLossTheMeanOverWeightedPositions() throws {
        let recipe = try Workbench.recipe(
            source: "vectors(weighted=1, positions=4)", architecture: "linear", length: 1, batch: 6)
        let trainer = try Workbench.trainer(recipe)
        let source = VectorSource(isWeighted: true, positions: 4)
        let batch = Batch(schema: source.schema, count: 6, length: 1)
        try source.fill(batch, rows: 0..<6, view: 0, seed: Seed.derive(1, Seed.dataSalt), first: 0)
        let weights = try #require(batch["weight"]).floats
        let inputs = try #require(batch["inputs"]).floats
        let targets = try #require(batch["targets"]).integers
        var sum = 0.0
        for row in 0..<24 {
            let logits = (0..<3).map { c in
                (0..<3).reduce(trainer.parameters[1][c]) {
                    $0 + trainer.parameters[0][c * 3 + $1] * inputs[row * 3 + $1]
                }
            }
            var loss: Float = 0
            var target = targets[row]
            ScalarKernels().crossEntropy(
                rows: 1, classes: 3, logits: logits, targets: &target, weights: nil, scale: 1, losses: &loss,
                logProbabilities: nil, gradients: nil)
            sum += Double(loss * weights[row])
        }
        let expected = sum / weights.reduce(0) { $0 + Double($1) }
        #expect(abs(try trainer.advance() - expected) < 1e-6)
    }

    @Test func decayLeavesUndecayedParametersAlone() throws {
        let decayed = try Workbench.trainer(
            try Workbench.recipe(optimizer: "adamw(learning_rate=0, decay=0.5)"))
        let before = Workbench.bits(decayed.parameters)
        _ = try decayed.advance()
        #expect(Workbench.bits(decayed.parameters) == before)
        let plain = try Workbench.trainer(try Workbench.recipe(optimizer: "adam(learning_rate=0.01)"))
        let apart = try Workbench.trainer(try Workbench.recipe(optimizer: "adamw(learning_rate=0.01, decay=0.5)"))
        _ = try plain.advance()
        _ = try apart.advance()
        #expect(Array(plain.parameters[1]) == Array(apart.parameters[1]))
        #expect(Array(plain.parameters[0]) != Array(apart.parameters[0]))
    }

    @Test func clippingBoundsTheStepOfGradientDescent() throws {
        let trainer = try Workbench.trainer(
            try Workbench.recipe(optimizer: "sgd(learning_rate=1)", clip: 0.001))
        let before = Array(UnsafeBufferPointer(start: trainer.parameters.data, count: trainer.parameters.layout.count))
        _ = try trainer.advance()
        let squares = before.indices.reduce(0.0) { sum, i in
            let difference = Double(trainer.parameters.data[i]) - Double(before[i])
            return sum + difference * difference
        }
        #expect(abs(squares.squareRoot() - 0.001) < 1e-6)
    }

    @Test func failingSourceNamesItself() throws {
        let trainer = try Workbench.trainer(try Workbench.recipe(source: "chain(fails_at=30)"))
        #expect(throws: PluginFailure(plugin: "chain", call: "fill", status: 13, message: "no sample 30")) {
            for _ in 0..<5 { _ = try trainer.advance() }
        }
    }
}
