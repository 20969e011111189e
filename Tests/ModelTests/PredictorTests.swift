// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductHost
import Testing

/// The small predictors against their definitions.
@Suite struct PredictorTests {
    static let count = 6
    static let classes = 4
    static let size = 5

    static func driver(
        _ spec: String, items: Int = 4, keys: Int? = nil, kernels: String? = "reference"
    ) throws -> ModelDriver {
        let schema = TestHost.examples(items: items, size: size, classes: classes, keys: keys)
        let model = try TestHost.make(kernels: kernels).architecture(
            try PluginSpec(parsing: spec), schema: schema, length: items)
        return ModelDriver(model, schema: schema, count: count, length: items, width: classes, seed: 23)
    }

    // MARK: mlp

    struct PerceptronCase: CustomTestStringConvertible, Sendable {
        var hidden: [Int]
        var activation: String
        var input = "query"
        var labels = false

        var testDescription: String { spec }
        var spec: String { "mlp(hidden=\(hidden), activation=\(activation), input=\(input), labels=\(labels))" }

        func features(_ driver: ModelDriver, _ row: Int) -> [Double] {
            let items = driver.items(row)
            guard input == "all" else { return items[items.count - 1] }
            let labels = driver.labels(row).flatMap { label in (0..<classes).map { $0 == label ? 1.0 : 0 } }
            return items.flatMap { $0 } + (self.labels ? labels : [])
        }

        func outputs(_ driver: ModelDriver, _ row: Int, _ values: [String: [Double]]) -> [Double] {
            PlainPredictors.perceptron(
                features(driver, row), hidden: hidden, outputs: classes, activation: activation, values)
        }
    }

    static let perceptrons = [
        PerceptronCase(hidden: [7, 9], activation: "relu"),
        PerceptronCase(hidden: [33], activation: "gelu", input: "all", labels: true),
        PerceptronCase(hidden: [], activation: "relu", input: "all"),
        PerceptronCase(hidden: [6, 5, 4], activation: "tanh"),
        PerceptronCase(hidden: [16], activation: "silu"),
    ]

    @Test(arguments: perceptrons, [nil, "reference"] as [String?])
    func perceptronAgreesWithItsDefinition(_ test: PerceptronCase, _ kernels: String?) throws {
        let driver = try Self.driver(test.spec, kernels: kernels)
        for mode in [PassMode.train, .evaluate] {
            let outputs = try driver.forward(mode)
            for row in 0..<Self.count {
                for (c, value) in test.outputs(driver, row, driver.values).enumerated() {
                    let found = Double(outputs[row * Self.classes + c])
                    #expect((found - value).magnitude <= 4e-6 * max(1, value.magnitude))
                }
            }
            #expect(driver.keptToWorkspace(mode))
        }
        #expect(try driver.gradientError { test.outputs(driver, $0, $1) } <= 2e-5)
    }

    /// A token, or a token and the shares of those before it, through the layers.
    @Test func perceptronReadsTokensWithoutLookingAhead() throws {
        let schema = TestHost.tokens(vocabulary: 3, length: 5)
        for (input, width) in [("query", 3), ("all", 6)] {
            let model = try TestHost.make().architecture(
                try PluginSpec(parsing: "mlp(hidden=[8], input=\(input))"), schema: schema, length: 5)
            #expect(model.parameters[0].shape == [8, width])
            let driver = ModelDriver(model, schema: schema, count: 2, length: 5, width: 3, seed: 3)
            let before = try driver.forward(.evaluate)
            driver.tokens.integers[3] = (driver.tokens.integers[3] + 1) % 3
            let after = try driver.forward(.evaluate)
            #expect(before[..<9] == after[..<9])
            #expect(before[9..<12] != after[9..<12])
            #expect((before[12..<15] == after[12..<15]) == (input == "query"))
            #expect(before[15...] == after[15...])
        }
    }

    // MARK: similarity

    @Test(arguments: [(1, 0.0), (1, 0.01), (3, 0.0), (7, 0.02), (2, 0.25)], [nil, "reference"] as [String?])
    func similarityAgreesWithItsDefinition(_ test: (pairs: Int, floor: Double), _ kernels: String?) throws {
        let driver = try Self.driver(
            "similarity(temperature=0.7, floor=\(test.floor))", items: test.pairs + 1, kernels: kernels)
        #expect(driver.model.parameters.map(\.initialiser) == [.constant(log(0.7))])
        func outputs(_ row: Int, _ values: [String: [Double]]) -> [Double] {
            PlainPredictors.similarity(
                driver.items(row), labels: driver.labels(row), classes: Self.classes,
                logTemperature: values["log_temperature"]?[0] ?? .nan, floor: test.floor)
        }
        for mode in [PassMode.train, .evaluate] {
            let found = try driver.forward(mode)
            for row in 0..<Self.count {
                let expected = outputs(row, driver.values)
                for (c, value) in expected.enumerated() {
                    #expect((Double(found[row * Self.classes + c]) - value).magnitude <= 1e-6)
                }
            }
            #expect(driver.keptToWorkspace(mode))
        }
        #expect(try driver.gradientError(outputs) <= 2e-5)
    }

    /// For one example the weight is 1 whatever the temperature: the label itself, and no gradient.
    @Test func oneExampleLeavesTheTemperatureAlone() throws {
        let driver = try Self.driver("similarity", items: 2)
        let outputs = try driver.forward(.train)
        for row in 0..<Self.count {
            let label = driver.labels(row)[0]
            #expect((0..<Self.classes).allSatisfy { outputs[row * Self.classes + $0] == ($0 == label ? 1 : 1e-7) })
        }
        #expect(try driver.backward() == [[0]])
    }

    // MARK: knn

    @Test(arguments: [1, 2, 5], ["euclidean", "cosine"])
    func nearestNeighboursVote(_ k: Int, _ distance: String) throws {
        let driver = try Self.driver("knn(k=\(k), distance=\(distance), floor=0.01)", items: 6)
        let outputs = try driver.forward(.evaluate)
        for row in 0..<Self.count {
            let items = driver.items(row)
            let query = items[5]
            let distances = items.dropLast().map { item in
                func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
                return distance == "cosine"
                    ? -product(item, query) / product(item, item).squareRoot()
                    : zip(item, query).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            }
            let nearest = distances.indices.sorted { distances[$0] < distances[$1] }.prefix(k)
            var shares = [Double](repeating: 0, count: Self.classes)
            for index in nearest { shares[driver.labels(row)[index]] += 1 / Double(k) }
            for (c, share) in shares.enumerated() {
                let expected = (1 - 0.01 * Double(Self.classes)) * share + 0.01
                #expect((Double(outputs[row * Self.classes + c]) - expected).magnitude <= 1e-6)
            }
        }
    }

    // MARK: tabular

    /// (n_y + 1/2) / (n + C/2) of every key after two batches, and after more observations than a float can count.
    @Test func tabularIsTheEstimatorOfKrichevskyAndTrofimov() throws {
        let driver = try Self.driver("tabular", keys: 3)
        let keys = try #require(driver.inputs.last ?? nil)
        let targets = Tensor(.int32, [Self.count, 1])
        func observe(_ batch: [(key: Int32, target: Int32)]) throws {
            for (row, sample) in batch.enumerated() {
                keys.integers[row] = sample.key
                targets.integers[row] = sample.target
            }
            let tensors = driver.schema.tensors.indices.map { index in
                driver.schema.tensors[index].role == .target ? targets.slice : driver.inputs[index]?.slice
            }
            try driver.model.observe(
                Observation(
                    step: 1, count: Self.count, length: driver.length, tensors: tensors,
                    parameters: driver.parameters.map { $0.data.assumingMemoryBound(to: Float.self) },
                    outputs: UnsafePointer(driver.outputs.data.assumingMemoryBound(to: Float.self)),
                    expertLosses: nil, expertCount: 0))
        }
        for parameter in driver.parameters { for i in parameter.floats.indices { parameter.floats[i] = 0 } }
        try observe([(0, 1), (0, 1), (2, 3), (0, 2), (2, 3), (2, 0)])
        try observe([(1, 0), (0, 1), (2, 3), (0, 1), (2, 3), (2, 3)])
        let counts: [[Double]] = [[0, 4, 1, 0], [1, 0, 0, 0], [1, 0, 0, 5]]
        for (row, key) in [0, 1, 2, 2, 1, 0].enumerated() { keys.integers[row] = Int32(key) }
        let outputs = try driver.forward(.evaluate)
        for (row, key) in [0, 1, 2, 2, 1, 0].enumerated() {
            for c in 0..<4 {
                let expected = (counts[key][c] + 0.5) / (counts[key].reduce(0, +) + 2)
                #expect((Double(outputs[row * 4 + c]) - expected).magnitude <= 1e-7)
            }
        }
        // A float alone stays at 2^24 for ever.
        driver.parameters[0].floats[1] = 16_777_216
        for _ in 0..<3 { try observe(Array(repeating: (0, 1), count: Self.count)) }
        let total = Double(driver.parameters[0].floats[1]) + Double(driver.parameters[1].floats[1])
        #expect(total == 16_777_216 + 18)
    }

    @Test(arguments: [
        ("tabular", "write per_key=false"), ("knn(k=4)", "lower k, or lengthen the context"),
        ("similarity(floor=0.3)", "give at most 0.25"), ("mlp(labels=true)", "use input=all"),
    ])
    func whatDoesNotFitIsRefused(_ spec: String, _ reason: String) throws {
        let failure = #expect(throws: SpecError.self) { try Self.driver(spec) }
        #expect(failure?.message.contains(reason) == true, "\(failure as Any)")
    }

    @Test(arguments: ["similarity", "knn"])
    func tokensAreRefused(_ spec: String) throws {
        let failure = #expect(throws: SpecError.self) {
            try TestHost.make().architecture(
                try PluginSpec(parsing: spec), schema: TestHost.tokens(vocabulary: 3, length: 4), length: 4)
        }
        #expect(failure?.message.contains("use it on a source of labelled examples") == true, "\(failure as Any)")
    }
}
