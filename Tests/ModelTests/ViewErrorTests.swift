// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductHost
import Testing

@Suite("Error and loss by view")
struct ViewErrorTests {
    private func driver(_ spec: String, _ views: [[ViewDriver.Sample]], classes: Int = 3) throws -> ViewDriver {
        let schema = TestHost.examples(items: 2, size: 4, classes: classes)
        return ViewDriver(
            evaluator: try TestHost.make().evaluator(PluginSpec(parsing: spec), schema: schema, length: 1),
            schema: schema, views: views)
    }

    /// Samples of random targets, laws and losses.
    private static func samples(_ count: Int, _ random: inout Randomness) -> [ViewDriver.Sample] {
        (0..<count).map { _ in
            ViewDriver.Sample(
                integers: ["targets": [Int32(random.integer(below: 3))]],
                predictions: (0..<3).map { _ in Float(random.integer(below: 1000)) / -100 },
                loss: Float(random.integer(below: 1000)) / 100)
        }
    }

    @Test("each view has its own error and loss, with binomial and sample errors", arguments: [1, 7, 1000])
    func viewsAreApart(partSize: Int) throws {
        var random = Randomness(seed: 5)
        let names = ["train", "irrelevant-rare-oobd", "held-out"]
        let views = [40, 25, 64].map { Self.samples($0, &random) }
        let metrics = try driver("view-error(views=[\(names.joined(separator: ", "))])", views)
            .metrics(partSize: partSize)
        #expect(metrics.count == 6)
        for (name, samples) in zip(["train", "irrelevant_rare_oobd", "held_out"], views) {
            let count = Double(samples.count)
            let wrong = samples.count { sample in
                let largest = sample.predictions.max() ?? 0
                return sample.predictions.firstIndex(of: largest) != Int(sample.integers["targets"]?[0] ?? -1)
            }
            let share = Double(wrong) / count
            let error = try #require(metrics["error_\(name)"])
            #expect(error.unit == "fraction" && abs(error.values[0] - share) < 1e-12)
            #expect(
                abs(try #require(error.standardErrors)[0] - (share * (1 - share) / (count - 1)).squareRoot()) < 1e-12)
            let losses = samples.map { Double($0.loss) }
            let mean = losses.reduce(0, +) / count
            let scatter = losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let loss = try #require(metrics["loss_\(name)"])
            #expect(loss.unit == "nats" && abs(loss.values[0] - mean) < 1e-12)
            #expect(
                abs(try #require(loss.standardErrors)[0] - (scatter / (count - 1) / count).squareRoot()) < 1e-12)
        }
    }

    @Test("without names the evaluation's own view is measured")
    func ownViewIsTheDefault() throws {
        var random = Randomness(seed: 6)
        let driver = try driver("view-error", [Self.samples(10, &random)])
        #expect(driver.evaluator.needs.map(\.view) == [nil])
        #expect(try driver.metrics().keys.sorted() == ["error", "loss"])
    }

    @Test("a view without samples has no error, and no other's")
    func emptyViewsAreNotNumbers() throws {
        var random = Randomness(seed: 7)
        let metrics = try driver("view-error(views=[train, test])", [Self.samples(10, &random), []]).metrics()
        #expect(metrics["error_test"]?.values[0].isNaN == true)
        #expect(metrics["error_train"]?.values[0].isNaN == false)
    }

    @Test("a regression source has a loss alone")
    func regressionHasNoError() throws {
        let schema = Schema(
            task: .regression, loss: .squaredError,
            tensors: [
                TensorSchema(
                    name: "inputs", type: .float32, role: .input, shape: [.batch, .constant(2), .constant(1)]),
                TensorSchema(name: "targets", type: .float32, role: .target, shape: [.batch, .constant(1)]),
            ],
            classes: 0, outputs: 1, positions: .constant(1))
        let evaluator = try TestHost.make().evaluator(
            PluginSpec(parsing: "view-error(views=[test])"), schema: schema, length: 1)
        #expect(evaluator.needs.map(\.items) == [.losses])
        let metrics = try ViewDriver(
            evaluator: evaluator, schema: schema,
            views: [[1, 3].map { ViewDriver.Sample(integers: [:], predictions: [0], loss: $0) }]
        )
        .metrics()
        #expect(metrics.keys.sorted() == ["loss_test"] && metrics["loss_test"]?.values == [2])
        #expect(metrics["loss_test"]?.unit == "squared error")
    }

    @Test(
        "a view that is named twice, or has no name, is refused",
        arguments: ["view-error(views=[test, test])", "view-error(views=[\"\"])", "view-error(views=[])"])
    func wrongNamesAreRefused(spec: String) throws {
        #expect(throws: SpecError.self) { try driver(spec, []) }
    }
}
