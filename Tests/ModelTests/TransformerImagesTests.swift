// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductHost
import Testing

/// A transformer that reads images through its residual network.
@Suite struct TransformerImagesTests {
    let host: PluginHost

    init() throws { host = try TestHost.make() }

    struct Case: CustomTestStringConvertible, Sendable {
        var height: Int
        var width: Int
        var channels = 1
        var blocks = [1, 2]
        var sizes = [4, 6]

        var testDescription: String { "\(height) x \(width) x \(channels), \(blocks) blocks of \(sizes)" }

        static let items = 2
        static let count = 3
        static let classes = 4

        var network: PlainResidualNetwork { PlainResidualNetwork(blocks: blocks, channels: sizes) }

        var schema: Schema {
            var schema = TestHost.examples(items: Self.items, size: 1, classes: Self.classes)
            let image: [Dimension] = [.constant(height), .constant(width)]
            schema.tensors[0].shape =
                [.batch, .constant(Self.items)] + image + (channels > 1 ? [.constant(channels)] : [])
            return schema
        }

        func driver(_ host: PluginHost) throws -> ModelDriver {
            let spec = try PluginSpec(
                parsing: "transformer(layers=1, width=8, heads=4, positions=none, input_embedding=resnet, "
                    + "resnet_blocks=\(blocks), resnet_channels=\(sizes))")
            let schema = schema
            return ModelDriver(
                try host.architecture(spec, schema: schema, length: Self.items), schema: schema, count: Self.count,
                length: Self.items, width: Self.classes, seed: 11)
        }

        /// The plain model's logits for one row of the driver's batch.
        func logits(_ driver: ModelDriver, row: Int, _ values: PlainTransformer.Values) -> [Double] {
            guard let inputs = driver.inputs[0], let labels = driver.inputs[1] else { return [] }
            let examples = (0..<Self.items).map { item in
                let start = (row * Self.items + item) * height * width * channels
                let image = (0..<height).map { i in
                    (0..<width).map { j in
                        (0..<channels).map { Double(inputs.floats[start + (i * width + j) * channels + $0]) }
                    }
                }
                return network.vector(image, values)
            }
            var plain = PlainTransformer()
            plain.layers = 1
            plain.positions = "none"
            plain.headSize = 2
            (plain.width, plain.mlpSize) = (8, 32)
            let answers = [PlainTransformer.Answer.label(Int(labels.integers[row]))]
            return plain.predictions(inputs: examples, answers: answers, values).last ?? []
        }

        func loss(_ driver: ModelDriver, _ values: PlainTransformer.Values) -> Double {
            (0..<Self.count).reduce(0) { sum, row in
                zip(logits(driver, row: row, values), driver.outputGradients.floats[(row * Self.classes)...])
                    .reduce(sum) { $0 + $1.0 * Double($1.1) }
            }
        }
    }

    static let cases = [
        Case(height: 13, width: 10), Case(height: 5, width: 9, channels: 3, blocks: [2], sizes: [5]),
        Case(height: 1, width: 1, blocks: [1, 1], sizes: [1, 17]),
        Case(height: 21, width: 21, blocks: [1, 1, 1], sizes: [8, 4, 8]),
    ]

    @Test(arguments: cases)
    func logitsAgreeWithThePlainNetwork(_ test: Case) throws {
        let driver = try test.driver(host)
        for mode in [PassMode.evaluate, .train] {
            let logits = try driver.forward(mode)
            for row in 0..<Case.count {
                for (column, expected) in test.logits(driver, row: row, driver.values).enumerated() {
                    let found = Double(logits[row * Case.classes + column])
                    #expect((found - expected).magnitude <= 1e-5 * max(1, expected.magnitude))
                }
            }
            #expect(driver.keptToWorkspace(mode))
        }
    }

    @Test(arguments: cases)
    func gradientsAgreeWithFiniteDifferences(_ test: Case) throws {
        let driver = try test.driver(host)
        expectGradients(of: driver, try driver.backward(), tolerance: 5e-5) { test.loss(driver, $0) }
        #expect(driver.keptToWorkspace(.train))
    }

    @Test func theTrainedSizeIsThatOfThePaper() throws {
        var schema = Self.cases[0].schema
        schema.tensors[0].shape = [.batch, .constant(3), .constant(105), .constant(105)]
        schema.tensors[1].shape = [.batch, .constant(2)]
        let spec = try PluginSpec(parsing: "transformer(layers=2, width=64, heads=1, input_embedding=resnet)")
        let model = try host.architecture(spec, schema: schema, length: 3)
        // Two bottlenecks in each of four groups, each with a gain.
        #expect(model.parameters.count { $0.name.hasSuffix(".gain") && $0.name.contains(".groups.") } == 8)
        #expect(model.parameters.contains { $0.name == "embedding.inputs.weight" && $0.shape == [64, 64] })
    }

    @Test(arguments: [
        ("input_embedding=resnet", "reads images"),
        ("input_embedding=resnet, resnet_blocks=[1]", "reads images"),
    ])
    func vectorsAreNoImages(_ options: String, _ reason: String) throws {
        let schema = TestHost.examples(items: 2, size: 9, classes: 3)
        let failure = #expect(throws: SpecError.self) {
            try host.architecture(PluginSpec(parsing: "transformer(\(options))"), schema: schema, length: 2)
        }
        #expect(failure?.message.contains(reason) == true, "\(failure as Any)")
    }

    @Test func groupsNeedBlocksAndChannels() throws {
        let failure = #expect(throws: SpecError.self) {
            try host.architecture(
                PluginSpec(parsing: "transformer(input_embedding=resnet, resnet_blocks=[1, 2])"),
                schema: Self.cases[0].schema, length: 2)
        }
        #expect(failure?.message.contains("2 groups and resnet_channels 4") == true, "\(failure as Any)")
    }
}
