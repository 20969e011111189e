// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductLab
import Testing

@Suite struct TrainedModelTests {
    @Test func predictionsAreThoseOfTheTrainedTable() throws {
        try Workbench.inDirectory { directory in
            try RunTests.start(try RunTests.recipe(), RunTests.options(directory))
            let run = try Run.open(directory)
            #expect(run.checkpoints == [40, 60])
            let model = try run.model(opener: FakeOpener(), kernels: ScalarKernels(), threads: 1)
            #expect(model.step == 60)
            let laws = try model.predict([0, 1, 2, 0])
            #expect(laws.count == 4)
            for law in laws { #expect(abs(law.reduce(0, +) - 1) < 1e-12) }
            #expect(laws[0] == laws[3])
            for (token, law) in [0, 1, 2].enumerated() {
                let powers = (0..<3).map { x in
                    Numbers.exp(Double(model.parameters[0][token * 3 + x] + model.parameters[1][x]))
                }
                for x in 0..<3 { #expect(abs(laws[law][x] - powers[x] / powers.reduce(0, +)) < 1e-6) }
            }
        }
    }

    @Test func evaluatingAgainGivesTheRunsOwnMetrics() throws {
        try Workbench.inDirectory { directory in
            let recipe = try RunTests.recipe()
            try RunTests.start(recipe, RunTests.options(directory))
            let model = try Run.open(directory).model(
                checkpoint: 60, opener: FakeOpener(), kernels: ScalarKernels(), threads: 2)
            let metrics = try #require(try model.evaluate(recipe.evaluate[0]))
            let text = try String(decoding: Workbench.bytes(directory + "/metrics.jsonl"), as: UTF8.self)
            for metric in metrics { #expect(text.contains(metric.line(step: 60, evaluation: "fresh").text)) }
        }
    }

    @Test(arguments: [[], [3], [-1], Array(repeating: 0, count: 8)] as [[Int32]])
    func tokensTheModelCannotReadAreRefused(tokens: [Int32]) throws {
        try Workbench.inDirectory { directory in
            try RunTests.start(try RunTests.recipe(), RunTests.options(directory))
            let model = try Run.open(directory).model(opener: FakeOpener(), kernels: ScalarKernels(), threads: 1)
            #expect(throws: SpecError.self) { try model.predict(tokens) }
        }
    }

    @Test func benchmarkCountsItsRepetitions() throws {
        let result = try TrainingBenchmark.measure(
            try Workbench.recipe(steps: 5), opener: FakeOpener(), kernels: ScalarKernels(), threads: 1, repetitions: 3)
        #expect(result.repetitions.count == 3)
        #expect(result.repetitions.sorted()[1] == result.stepsPerSecond)
        #expect(result.tokensPerSecond == result.stepsPerSecond * 84)
    }
}
