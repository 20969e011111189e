// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductHost
import Testing

/// `label-origin` and `gate-weights` against plain counts over samples that the test made.
@Suite("Evaluators of labelled examples")
struct LabelEvaluatorTests {
    private static let classes = 4
    private static let contexts = 3

    /// Labelled examples whose source says classes, group, relevance and a key.
    private static var schema: Schema {
        var schema = TestHost.examples(items: contexts + 1, size: 2, classes: classes)
        func add(_ name: String, _ role: TensorRole, width: Int, limit: Int) {
            schema.tensors.append(
                TensorSchema(name: name, type: .int32, role: role, shape: [.batch, .constant(width)], limit: limit))
        }
        add("key", .key, width: 1, limit: 6)
        add("group", .info, width: 1, limit: 3)
        add("relevance", .info, width: 1, limit: 2)
        add("class", .info, width: 1, limit: 6)
        add("context_classes", .info, width: contexts, limit: 6)
        return schema
    }

    private func driver(_ spec: String, _ views: [[ViewDriver.Sample]], schema: Schema = schema) throws -> ViewDriver {
        ViewDriver(
            evaluator: try TestHost.make().evaluator(PluginSpec(parsing: spec), schema: schema, length: 1),
            schema: schema, views: views)
    }

    /// Classes 4 and 5 are new ones; labels are any.
    private static func samples(_ count: Int, seed: UInt64) -> [ViewDriver.Sample] {
        var random = Randomness(seed: seed)
        return (0..<count).map { _ in
            let query = Int32(random.integer(below: 6))
            let context = (0..<contexts).map { _ in Int32(random.integer(below: 6)) }
            return ViewDriver.Sample(
                integers: [
                    "labels": (0..<contexts).map { _ in Int32(random.integer(below: classes)) },
                    "targets": [Int32(random.integer(below: classes))], "key": [query],
                    "group": [query < 2 ? 0 : 1], "relevance": [context.contains(query) ? 1 : 0], "class": [query],
                    "context_classes": context,
                ],
                predictions: (0..<classes).map { _ in Float(random.number()) },
                gate: {
                    let alpha = Float(random.integer(below: 101)) / 100
                    return [alpha, 1 - alpha]
                }())
        }
    }

    private static func summary(_ values: [Double]) -> (mean: Double, error: Double) {
        let mean = values.reduce(0, +) / Double(values.count)
        let scatter = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, (scatter / Double(values.count - 1) / Double(values.count)).squareRoot())
    }

    private func expect(_ metric: Metric?, _ values: [Double], entry: Int = 0) throws {
        let metric = try #require(metric)
        let expected = Self.summary(values)
        #expect(abs(metric.values[entry] - expected.mean) < 1e-6)
        #expect(abs(try #require(metric.standardErrors)[entry] - expected.error) < 1e-6)
    }

    @Test("predictions are told apart by whose label they are", arguments: [3, 1000])
    func originIsCounted(partSize: Int) throws {
        let views = [Self.samples(60, seed: 1), Self.samples(45, seed: 2)]
        let metrics = try driver("label-origin(views=[test, rare-oobd])", views).metrics(partSize: partSize)
        for (name, samples) in zip(["test", "rare_oobd"], views) {
            var (copied, remembered) = ([Double](), [Double]())
            for sample in samples {
                let guess = Int32(sample.predictions.firstIndex(of: sample.predictions.max() ?? 0) ?? -1)
                let query = sample.integers["class"]?[0] ?? -1
                let shown = zip(sample.integers["context_classes"] ?? [], sample.integers["labels"] ?? [])
                    .filter { $0.0 == query }.map(\.1)
                if !shown.isEmpty { copied.append(shown.contains(guess) ? 1 : 0) }
                if query < 4 { remembered.append(guess == query ? 1 : 0) }
            }
            try expect(metrics["in_context_accuracy_\(name)"], copied)
            try expect(metrics["in_weight_accuracy_\(name)"], remembered)
        }
    }

    @Test("without classes of the context origins cannot be told")
    func originNeedsClasses() throws {
        let error = #expect(throws: SpecError.self) {
            try driver("label-origin", [], schema: TestHost.examples(items: 2, size: 2, classes: 4))
        }
        #expect(error?.message.contains("context_classes") == true)
    }

    @Test("the gate's weight: mean, share, relevance, group and key", arguments: [4, 1000])
    func gateIsCounted(partSize: Int) throws {
        let samples = Self.samples(80, seed: 3)
        let metrics = try driver("gate-weights(views=[test], level=0.7)", [samples]).metrics(partSize: partSize)
        func alphas(_ holds: (ViewDriver.Sample) -> Bool) -> [Double] {
            samples.filter(holds).map { Double($0.gate[0]) }
        }
        func isRelevant(_ sample: ViewDriver.Sample) -> Bool { sample.integers["relevance"] == [1] }
        func high(_ values: [Double]) -> [Double] { values.map { $0 >= Double(Float(0.7)) ? 1 : 0 } }
        try expect(metrics["alpha_mean_test"], alphas { _ in true })
        try expect(metrics["alpha_share_test"], high(alphas { _ in true }))
        try expect(metrics["alpha_mean_relevant_test"], alphas(isRelevant))
        try expect(metrics["alpha_share_relevant_test"], high(alphas(isRelevant)))
        #expect(metrics["alpha_by_group_test"]?.axis == "group")
        for group in 0..<2 {
            try expect(
                metrics["alpha_by_group_test"], alphas { $0.integers["group"] == [Int32(group)] }, entry: group)
        }
        #expect(metrics["alpha_by_group_test"]?.values[2].isNaN == true)
        for key in 0..<6 {
            try expect(metrics["alpha_by_key_test"], alphas { $0.integers["key"] == [Int32(key)] }, entry: key)
        }
    }

    @Test("of a bare source the gate's mean and share alone are given, and another expert's are complementary")
    func expertsAreChosen() throws {
        let schema = TestHost.examples(items: 2, size: 2, classes: 4)
        let samples = Self.samples(20, seed: 4)
        let first = try driver("gate-weights", [samples], schema: schema).metrics()
        let second = try driver("gate-weights(expert=1)", [samples], schema: schema).metrics()
        #expect(first.keys.sorted() == ["alpha_mean", "alpha_share"])
        let sum = try #require(first["alpha_mean"]).values[0] + (try #require(second["alpha_mean"]).values[0])
        #expect(abs(sum - 1) < 1e-6)
        let error = #expect(throws: PluginFailure.self) {
            try driver("gate-weights(expert=2)", [samples], schema: schema).metrics()
        }
        #expect(error?.message.contains("expert=2") == true)
    }
}
