// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductHost
import Testing

/// A transformer's spec and the plain one with the same options.
struct TransformerCase: CustomTestStringConvertible, Sendable {
    var options: String
    var plain: PlainTransformer

    init(_ options: String, _ change: (inout PlainTransformer) -> Void = { _ in }) {
        self.options = options
        plain = PlainTransformer()
        change(&plain)
    }

    var testDescription: String { options.isEmpty ? "defaults" : options }

    /// Every value of every option, alone or beside others.
    static let all: [TransformerCase] = [
        TransformerCase(""),
        TransformerCase("activation=relu") { $0.activation = "relu" },
        TransformerCase("activation=silu, biases=false") { $0.activation = "silu" },
        TransformerCase("activation=geglu") { $0.activation = "geglu" },
        TransformerCase("activation=swiglu, tied=true") {
            $0.activation = "swiglu"
            $0.isTied = true
        },
        TransformerCase("norm=rms-norm, positions=none") {
            $0.norm = "rms-norm"
            $0.positions = "none"
        },
        TransformerCase("positions=sinusoidal, position_base=30, tied=true") {
            $0.positions = "sinusoidal"
            $0.base = 30
            $0.isTied = true
        },
        TransformerCase("positions=rotary, head_size=6, key_value_heads=1, biases=true") {
            $0.positions = "rotary"
            $0.headSize = 6
            $0.keyValueHeads = 1
        },
        TransformerCase("positions=alibi, key_value_heads=2") {
            $0.positions = "alibi"
            $0.keyValueHeads = 2
        },
        TransformerCase("heads=6, positions=alibi, attention_only=true") {
            $0.positions = "alibi"
            $0.heads = 6
            $0.keyValueHeads = 6
            $0.headSize = 2
            $0.isAttentionOnly = true
        },
        TransformerCase("positions=t5, position_buckets=4, position_reach=6") {
            $0.positions = "t5"
            $0.buckets = 4
            $0.reach = 6
        },
        TransformerCase("positions=t5, position_buckets=7, position_reach=5, attention_only=true, head_size=5") {
            $0.positions = "t5"
            $0.buckets = 7
            $0.reach = 5
            $0.isAttentionOnly = true
            $0.headSize = 5
        },
        TransformerCase("block=post-norm") { $0.block = "post-norm" },
        TransformerCase("block=post-norm, attention_only=true, norm=rms-norm, head_size=1") {
            $0.block = "post-norm"
            $0.isAttentionOnly = true
            $0.norm = "rms-norm"
            $0.headSize = 1
        },
        TransformerCase("block=parallel, activation=swiglu, key_value_heads=1, head_size=2") {
            $0.block = "parallel"
            $0.activation = "swiglu"
            $0.keyValueHeads = 1
            $0.headSize = 2
        },
        TransformerCase("block=parallel, attention_only=true, positions=none") {
            $0.block = "parallel"
            $0.isAttentionOnly = true
            $0.positions = "none"
        },
        TransformerCase("dropout=0.3") { $0.dropout = 0.3 },
        TransformerCase("block=post-norm, dropout=0.25, positions=t5, layers=0") {
            $0.block = "post-norm"
            $0.dropout = 0.25
            $0.positions = "t5"
            $0.layers = 0
        },
        TransformerCase("block=post-norm, dropout=0.25, activation=geglu, positions=t5") {
            $0.block = "post-norm"
            $0.dropout = 0.25
            $0.activation = "geglu"
            $0.positions = "t5"
        },
        TransformerCase("block=parallel, dropout=0.3, positions=alibi, head_size=2") {
            $0.block = "parallel"
            $0.dropout = 0.3
            $0.positions = "alibi"
            $0.headSize = 2
        },
        TransformerCase("layers=0") { $0.layers = 0 },
        TransformerCase("layers=3, heads=1, mlp_size=5") {
            $0.layers = 3
            $0.heads = 1
            $0.keyValueHeads = 1
            $0.headSize = 12
            $0.mlpSize = 5
        },
        // Rows of 1 KiB: the workspace puts something between them.
        TransformerCase("key_value_heads=2, head_size=32, mlp_size=256, positions=rotary") {
            $0.keyValueHeads = 2
            $0.headSize = 32
            $0.mlpSize = 256
            $0.positions = "rotary"
        },
        TransformerCase(
            "key_value_heads=2, head_size=16, mlp_size=16, activation=geglu, positions=rotary, norm=rms-norm, "
                + "biases=false, initialiser=\"xavier-uniform\", epsilon=1e-6"
        ) {
            $0.keyValueHeads = 2
            $0.headSize = 16
            $0.mlpSize = 16
            $0.activation = "geglu"
            $0.positions = "rotary"
            $0.norm = "rms-norm"
            $0.epsilon = 1e-6
        },
    ]

    static let vocabulary = 5
    static let length = 7
    static let count = 2

    /// The plugin's transformer of this case, with parameters drawn from the seed.
    func driver(_ host: PluginHost, seed: UInt64 = 1) throws -> ModelDriver {
        let separator = options.isEmpty ? "" : ", "
        let heads = options.contains(/(^|, )heads=/) ? "" : "heads=4, "
        let layers = options.contains("layers=") ? "" : "layers=2, "
        let spec = try PluginSpec(parsing: "transformer(\(heads)\(layers)width=12\(separator)\(options))")
        let schema = TestHost.tokens(vocabulary: Self.vocabulary, length: Self.length)
        return ModelDriver(
            try host.architecture(spec, schema: schema, length: Self.length), schema: schema, count: Self.count,
            length: Self.length, width: Self.vocabulary, seed: seed)
    }

    /// The plain transformer's loss, sum of outputs * output gradients, over the driver's batch.
    func loss(_ driver: ModelDriver, _ values: PlainTransformer.Values) -> Double {
        var sum = 0.0
        for row in 0..<Self.count {
            let tokens = (0..<Self.length).map { Int(driver.tokens.integers[row * Self.length + $0]) }
            let mask = PlainDropout(seed: driver.dropoutSeed, step: driver.step, row: UInt64(row))
            for (position, logits) in plain.logits(tokens, values, mask).enumerated() {
                for (column, logit) in logits.enumerated() {
                    let index = (row * Self.length + position) * Self.vocabulary + column
                    sum += logit * Double(driver.outputGradients.floats[index])
                }
            }
        }
        return sum
    }
}

@Suite struct TransformerReferenceTests {
    let host: PluginHost

    init() throws { host = try TestHost.make() }

    /// Single precision through a few layers: 32 roundings of 2^-24 relative to logits of order 1.
    @Test(arguments: TransformerCase.all)
    func logitsAgreeWithThePlainTransformer(_ test: TransformerCase) throws {
        let driver = try test.driver(host)
        let logits = try driver.forward(.evaluate)
        let values = driver.values
        for row in 0..<TransformerCase.count {
            let tokens = (0..<driver.length).map { Int(driver.tokens.integers[row * driver.length + $0]) }
            let plain = test.plain.logits(tokens, values).flatMap { $0 }
            let largest = plain.map(\.magnitude).max() ?? 0
            for (index, expected) in plain.enumerated() {
                let found = Double(logits[row * plain.count + index])
                #expect((found - expected).magnitude <= 2e-6 * max(1, largest), "row \(row), logit \(index)")
            }
        }
        #expect(driver.keptToWorkspace(.evaluate))
    }

    /// Central differences of the plain transformer in double precision (their own error is below 1e-8) against the
    /// plugin's gradients in single precision, by the norm over sampled entries of each parameter.
    @Test(arguments: TransformerCase.all)
    func gradientsAgreeWithFiniteDifferences(_ test: TransformerCase) throws {
        let driver = try test.driver(host, seed: 2)
        expectGradients(of: driver, try driver.backward()) { test.loss(driver, $0) }
        #expect(driver.keptToWorkspace(.train))
    }

    /// No gradient is left unwritten, whatever it held before.
    @Test(arguments: TransformerCase.all)
    func backwardWritesEveryGradient(_ test: TransformerCase) throws {
        let gradients = try test.driver(host).backward()
        #expect(gradients.allSatisfy { $0.allSatisfy(\.isFinite) })
    }

    @Test(arguments: TransformerCase.all)
    func accumulatingTwiceDoublesTheGradients(_ test: TransformerCase) throws {
        let driver = try test.driver(host)
        let once = try driver.backward()
        var pass = driver.pass(.train)
        pass.accumulate = true
        try driver.model.forward(pass)
        try driver.model.backward(pass)
        for (first, tensor) in zip(once, driver.gradients) {
            let largest = first.map(\.magnitude).max() ?? 0
            for (value, twice) in zip(first, tensor.floats) {
                #expect((twice - 2 * value).magnitude <= 1e-5 * max(largest, 1e-3))
            }
        }
    }
}
