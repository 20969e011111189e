// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductHost
import Testing

/// Architectures and gates in C, through the host.
@Suite struct ArchitectureTests {
    /// A next-token schema of 3 classes, bound to a length of 4.
    private static let schema = Schema(
        task: .nextToken, loss: .crossEntropy,
        tensors: [TensorSchema(name: "tokens", type: .int32, role: .input, shape: [.batch, .length], limit: 3)],
        classes: 3, positions: .length
    ).bound(length: 4)

    /// Memory for passes over 2 rows.
    private final class Bench {
        let tokens = Tensor(.int32, [2, 4])
        let outputs = Tensor(.float32, [2, 4, 3])
        let outputGradients = Tensor(.float32, [2, 4, 3])
        let parameters: [Tensor]
        let gradients: [Tensor]

        init(_ architecture: any Architecture) {
            parameters = architecture.parameters.map { Tensor(.float32, $0.shape) }
            gradients = architecture.parameters.map { Tensor(.float32, $0.shape) }
            for i in 0..<8 { tokens.integers[i] = Int32(i * 5 % 3) }
            for (p, parameter) in parameters.enumerated() {
                for i in 0..<parameter.count { parameter.floats[i] = Float((i * 7 + p * 3) % 11) / 8 - 0.5 }
            }
            for i in 0..<outputGradients.count { outputGradients.floats[i] = Float(i % 5) - 2 }
        }

        func pass(slot: Int = 0, accumulate: Bool = false) -> Pass {
            var pass = Pass()
            pass.slot = slot
            pass.accumulate = accumulate
            pass.count = 2
            pass.length = 4
            pass.tensors = [tokens.slice, nil]
            pass.parameters = parameters.map { UnsafePointer($0.data.assumingMemoryBound(to: Float.self)) }
            pass.outputs = outputs.floats.baseAddress
            pass.outputGradients = UnsafePointer(outputGradients.floats.baseAddress)
            pass.gradients = gradients.map { $0.floats.baseAddress }
            return pass
        }

        /// The sum of outputs * outputGradients.
        var objective: Double {
            zip(outputs.floats, outputGradients.floats).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
    }

    private static func bigram(_ workshop: Workshop) throws -> any Architecture {
        let path = try workshop.compile("bigram.c", to: "libbigram.so")
        return try workshop.host(plugins: [path]).architecture(
            PluginSpec(parsing: "bigram"), schema: schema, length: 4)
    }

    @Test func parametersAreDescribedAsDeclared() throws {
        let workshop = try Workshop()
        let architecture = try Self.bigram(workshop)
        #expect(
            architecture.parameters == [
                ParameterDescription(
                    name: "table", shape: [3, 3], initialiser: .normal(mean: 0, deviation: 0.02)),
                ParameterDescription(name: "bias", shape: [3], initialiser: .zeros, isDecayed: false),
            ])
        #expect(architecture.output == .logits)
        #expect(architecture.isDifferentiable)
        #expect(!architecture.isOnline)
    }

    @Test func gradientsAgreeWithFiniteDifferences() throws {
        let workshop = try Workshop()
        let architecture = try Self.bigram(workshop)
        let bench = Bench(architecture)
        try architecture.forward(bench.pass())
        try architecture.backward(bench.pass())
        for (parameter, gradient) in zip(bench.parameters, bench.gradients) {
            for i in 0..<parameter.count {
                // The outputs are linear in the parameters; 1/8 is exact in float32.
                let value = parameter.floats[i]
                var objectives: [Double] = []
                for step in [Float(0.125), -0.125] {
                    parameter.floats[i] = value + step
                    var pass = bench.pass()
                    pass.mode = .evaluate
                    try architecture.forward(pass)
                    objectives.append(bench.objective)
                }
                parameter.floats[i] = value
                #expect(abs((objectives[0] - objectives[1]) / 0.25 - Double(gradient.floats[i])) < 1e-4)
            }
        }
    }

    @Test func stateOfASlotOutlivesOtherSlotsPasses() throws {
        let workshop = try Workshop()
        let architecture = try Self.bigram(workshop)
        let bench = Bench(architecture)
        try architecture.forward(bench.pass(slot: 5))
        try architecture.backward(bench.pass(slot: 5))
        let alone = bench.gradients.map { Array($0.floats) }
        try architecture.forward(bench.pass(slot: 5))
        let other = Bench(architecture)
        for i in 0..<8 { other.tokens.integers[i] = 2 }
        try architecture.forward(other.pass(slot: 1))
        // Backward must not look at the tokens again: its slot holds them.
        for i in 0..<8 { bench.tokens.integers[i] = 0 }
        try architecture.backward(bench.pass(slot: 5))
        #expect(bench.gradients.map { Array($0.floats) } == alone)
        try architecture.forward(other.pass(slot: 1))
        try architecture.backward(other.pass(slot: 1))
        #expect(other.gradients.map { Array($0.floats) } != alone)
    }

    @Test func accumulatedGradientsAreAddedToWhatIsThere() throws {
        let workshop = try Workshop()
        let architecture = try Self.bigram(workshop)
        let bench = Bench(architecture)
        try architecture.forward(bench.pass())
        try architecture.backward(bench.pass())
        let once = bench.gradients.map { Array($0.floats) }
        try architecture.forward(bench.pass())
        try architecture.backward(bench.pass(accumulate: true))
        #expect(bench.gradients.map { Array($0.floats) } == once.map { $0.map { 2 * $0 } })
    }

    @Test func failureNamesPluginCallAndReason() throws {
        let workshop = try Workshop()
        let architecture = try Self.bigram(workshop)
        let bench = Bench(architecture)
        let failure = try #require(throws: PluginFailure.self) { try architecture.backward(bench.pass(slot: 9)) }
        #expect(failure.plugin == "org.example.bigram/bigram")
        #expect(failure.call == "backward")
        #expect(failure.status == 9)
        #expect(failure.message == "backward without the forward of its slot")
    }

    @Test func sourceThatDoesNotFitIsAnErrorInTheSpec() throws {
        let workshop = try Workshop()
        let path = try workshop.compile("bigram.c", to: "libbigram.so")
        let schema = Schema(
            task: .regression, loss: .squaredError,
            tensors: [TensorSchema(name: "targets", type: .float32, role: .target, shape: [.batch, .constant(1)])],
            classes: 0, outputs: 1, positions: .constant(1))
        let host = try workshop.host(plugins: [path])
        let error = try #require(throws: SpecError.self) {
            try host.architecture(PluginSpec(parsing: "bigram"), schema: schema, length: 4)
        }
        #expect(error.message == "bigram: a bigram predicts tokens; take a source of tokens")
    }

    @Test func onlineGateMovesItsWeightsToTheBetterExpert() throws {
        let workshop = try Workshop()
        let path = try workshop.compile("hedge.c", to: "libhedge.so")
        let gate = try workshop.host(plugins: [path]).gate(
            PluginSpec(parsing: "hedge(rate=2)"), schema: Self.schema, length: 4, experts: 2)
        #expect(gate.isOnline)
        #expect(!gate.isDifferentiable)
        #expect(gate.parameters.first?.isOnline == true)
        let state = Tensor(.float32, [2])
        let outputs = Tensor(.float32, [1, 4, 2])
        let losses = Tensor(.float32, [1, 4, 2])
        for i in 0..<4 { losses.floats[2 * i] = 1 }
        var pass = Pass()
        pass.count = 1
        pass.length = 4
        pass.tensors = [nil, nil]
        pass.parameters = [UnsafePointer(state.data.assumingMemoryBound(to: Float.self))]
        pass.outputs = outputs.floats.baseAddress
        try gate.forward(pass)
        #expect(Array(outputs.floats) == [Float](repeating: 0.5, count: 8))
        let observed = Observation(
            step: 1, count: 1, length: 4, tensors: [nil, nil],
            parameters: [state.data.assumingMemoryBound(to: Float.self)],
            outputs: UnsafePointer(outputs.data.assumingMemoryBound(to: Float.self)),
            expertLosses: UnsafePointer(losses.data.assumingMemoryBound(to: Float.self)), expertCount: 2)
        try gate.observe(observed)
        #expect(Array(state.floats) == [-2, 0])
        try gate.forward(pass)
        // 1 / (1 + e^2)
        #expect(abs(outputs.floats[0] - 0.119_202_92) < 1e-6)
    }

    @Test func vectorsCanBeClassifiedAndRegressed() throws {
        let workshop = try Workshop()
        let host = try workshop.host(plugins: [
            try workshop.compile("vectors.c", to: "libvectors.so"),
            try workshop.compile("linear.c", to: "liblinear.so"),
        ])
        for (spec, width, output) in [
            ("labelled-vectors(classes=4)", 4, OutputKind.logits), ("linear-regression(dimensions=2)", 1, .values),
        ] {
            let source = try host.source(PluginSpec(parsing: spec))
            #expect(source.views.map(\.name) == ["train", "test"])
            #expect(source.views[1].count == 512)
            let batch = Batch(schema: source.schema, count: 3, length: 1)
            try source.fill(batch, rows: 0..<3, view: 1, seed: 2, first: 500)
            let bound = source.schema.bound(length: 1)
            let model = try host.architecture(PluginSpec(parsing: "linear"), schema: bound, length: 1)
            #expect(model.output == output)
            #expect(model.parameters[0].shape[0] == width)
            #expect(model.parameters[0].shape[1] == batch["inputs"].map { $0.count / 3 })
        }
    }
}
