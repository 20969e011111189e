// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductHost
import Testing

/// A transformer over examples, and the plain one with the same options.
struct ExamplesCase: CustomTestStringConvertible, Sendable {
    var options: String
    var plain = PlainTransformer()
    var items = 3
    var features = 12
    /// Values in the place of labels.
    var isRegression = false
    /// Something is predicted at every input.
    var predictsAll = false

    init(_ options: String, _ change: (inout ExamplesCase) -> Void = { _ in }) {
        self.options = options
        change(&self)
    }

    var testDescription: String {
        "\(isRegression ? "values" : "labels"), \(items) items of \(features): \(options)"
    }

    static let classes = 5
    static let count = 3
    /// Numbers that are predicted for one sample.
    var outputs: Int { (predictsAll ? items : 1) * (isRegression ? 1 : Self.classes) }

    static let all: [ExamplesCase] = [
        ExamplesCase("input_embedding=identity, positions=sinusoidal, position_base=30") {
            $0.plain.positions = "sinusoidal"
            $0.plain.base = 30
        },
        ExamplesCase("positions=learned") { $0.features = 4 },
        ExamplesCase("positions=rotary, head_size=4, block=post-norm, biases=false") {
            $0.features = 7
            $0.items = 5
            $0.plain.positions = "rotary"
            $0.plain.headSize = 4
            $0.plain.block = "post-norm"
        },
        ExamplesCase("positions=t5, dropout=0.3, block=parallel") {
            $0.features = 2
            $0.plain.positions = "t5"
            $0.plain.dropout = 0.3
            $0.plain.block = "parallel"
        },
        ExamplesCase("positions=none, attention_only=true") {
            $0.items = 1
            $0.plain.positions = "none"
            $0.plain.isAttentionOnly = true
        },
        ExamplesCase("positions=learned") {
            $0.isRegression = true
            $0.predictsAll = true
            $0.features = 3
            $0.items = 4
        },
        ExamplesCase("positions=none, biases=false, block=post-norm") {
            $0.isRegression = true
            $0.plain.positions = "none"
            $0.plain.block = "post-norm"
        },
        ExamplesCase("positions=rotary, head_size=4, dropout=0.2") {
            $0.isRegression = true
            $0.predictsAll = true
            $0.plain.positions = "rotary"
            $0.plain.headSize = 4
            $0.plain.dropout = 0.2
        },
    ]

    func driver(_ host: PluginHost) throws -> ModelDriver {
        let schema =
            isRegression
            ? TestHost.regression(items: items, size: features, predictsAll: predictsAll)
            : TestHost.examples(items: items, size: features, classes: Self.classes)
        let spec = try PluginSpec(parsing: "transformer(layers=2, width=12, heads=4, \(options))")
        return ModelDriver(
            try host.architecture(spec, schema: schema, length: items), schema: schema, count: Self.count,
            length: items, width: isRegression ? 1 : Self.classes, seed: 5)
    }

    /// The plain transformer's outputs for one row of the driver's batch.
    func outputs(_ driver: ModelDriver, row: Int, _ values: PlainTransformer.Values, trains: Bool) -> [Double] {
        guard let inputs = driver.inputs[0], let given = driver.inputs[1] else { return [] }
        let mask = PlainDropout(seed: driver.dropoutSeed, step: driver.step, row: UInt64(row))
        let examples = (0..<items).map { item in
            (0..<features).map { Double(inputs.floats[(row * items + item) * features + $0]) }
        }
        let answers = (0..<items - 1).map { pair -> PlainTransformer.Answer in
            let place = row * (items - 1) + pair
            return isRegression ? .value(Double(given.floats[place])) : .label(Int(given.integers[place]))
        }
        let all = plain.predictions(inputs: examples, answers: answers, values, trains ? mask : nil)
        return predictsAll ? Array(all.joined()) : all.last ?? []
    }
}

@Suite struct TransformerExamplesTests {
    let host: PluginHost

    init() throws { host = try TestHost.make() }

    @Test(arguments: ExamplesCase.all)
    func outputsAgreeWithThePlainTransformer(_ test: ExamplesCase) throws {
        let driver = try test.driver(host)
        for mode in [PassMode.evaluate, .train] {
            let outputs = try driver.forward(mode)
            for row in 0..<ExamplesCase.count {
                let expected = test.outputs(driver, row: row, driver.values, trains: mode == .train)
                for (column, value) in expected.enumerated() {
                    let found = Double(outputs[row * test.outputs + column])
                    #expect((found - value).magnitude <= 4e-6 * max(1, value.magnitude))
                }
            }
            #expect(driver.keptToWorkspace(mode))
        }
    }

    /// As for tokens: central differences in double precision, by the norm over sampled entries.
    @Test(arguments: ExamplesCase.all)
    func gradientsAgreeWithFiniteDifferences(_ test: ExamplesCase) throws {
        let driver = try test.driver(host)
        expectGradients(of: driver, try driver.backward()) { values in
            (0..<ExamplesCase.count).reduce(0) { sum, row in
                test.outputs(driver, row: row, values, trains: true).enumerated().reduce(sum) {
                    $0 + $1.element
                        * Double(driver.outputGradients.floats[row * test.outputs + $1.offset])
                }
            }
        }
    }

    /// A request makes the last block compute every row; without one it computes the query's alone.
    @Test(arguments: [PassMode.evaluate, .train])
    func theQuerysRowComesOutTheSameAlone(_ mode: PassMode) throws {
        let driver = try ExamplesCase.all[0].driver(host)
        let alone = try driver.forward(mode)
        let stream = Tensor(.float32, [driver.count, 5, 12])
        let whole = try driver.forward(
            mode, requests: [PassRequest(action: .read, point: "blocks.1.residual", tensor: stream.slice)])
        #expect(zip(alone, whole).allSatisfy { ($0 - $1).magnitude <= 1e-6 })
        #expect(stream.floats.allSatisfy { $0 != 0 })
    }

    /// Chan et al.'s transformer: LeCun-normal weights as JAX draws them, zero biases, and inputs without a layer.
    @Test func linearLayersAreLeCunNormal() throws {
        let model = try host.architecture(
            PluginSpec(
                parsing: "transformer(layers=2, width=64, heads=1, input_embedding=identity, positions=sinusoidal, "
                    + "position_base=30, initialiser=\"lecun-normal\")"),
            schema: TestHost.examples(items: 2, size: 64, classes: 10), length: 2)
        #expect(!model.parameters.contains { $0.name.hasPrefix("embedding.inputs") })
        for parameter in model.parameters {
            switch parameter.initialiser {
            case .truncatedNormal(let mean, let deviation):
                // One-hot labels go in by the rows of their table.
                let inputs = parameter.name == "embedding.labels" ? parameter.shape[0] : parameter.shape[1]
                #expect(mean == 0 && (deviation * 0.879_625_661 * Double(inputs).squareRoot() - 1).magnitude < 1e-8)
            case .zeros: #expect(parameter.name.hasSuffix("bias"))
            case .constant(let value): #expect(value == 1 && parameter.name.hasSuffix("gain"))
            default: Issue.record("\(parameter.name) is drawn from \(parameter.initialiser)")
            }
        }
    }

    @Test func theLabelsAreSeenAndTheirOrderMatters() throws {
        let driver = try ExamplesCase.all[0].driver(host)
        let labels = try #require(driver.inputs[1])
        (labels.integers[0], labels.integers[1]) = (1, 2)
        let before = try driver.forward(.evaluate)
        (labels.integers[0], labels.integers[1]) = (2, 1)
        let after = try driver.forward(.evaluate)
        let first = 0..<ExamplesCase.classes
        #expect(before[first] != after[first])
        #expect(before[first.upperBound...] == after[first.upperBound...])
    }

    @Test func aLabelOutsideTheClassesIsRefused() throws {
        let driver = try ExamplesCase.all[0].driver(host)
        try #require(driver.inputs[1]).integers[3] = 5
        let failure = #expect(throws: PluginFailure.self) { try driver.forward(.train) }
        #expect(failure?.message.contains("label 5 in row 1 at position 1") == true, "\(failure as Any)")
    }
}
