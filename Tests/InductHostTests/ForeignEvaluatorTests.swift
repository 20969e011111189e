// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductHost
import Testing

/// Evaluators that a manifest makes of a library's functions.
@Suite struct ForeignEvaluatorTests {
    private static let schema = Schema(
        task: .nextToken, loss: .crossEntropy,
        tensors: [TensorSchema(name: "tokens", type: .int32, role: .input, shape: [.batch, .length], limit: 300)],
        classes: 300, positions: .length
    ).bound(length: 5)

    /// Nine samples of five tokens, and their losses.
    private static let tokens: [[Int32]] = (0..<9).map { row in
        (0..<5).map { Int32(truncatingIfNeeded: (row * 37 + $0 * 101) % 300) }
    }
    private static let losses: [[Float]] = (0..<9).map { row in (0..<5).map { Float((row * 7 + $0 * 11) % 13) / 4 } }

    private static func evaluator(_ manifest: String, _ spec: String, _ workshop: Workshop) throws -> any Evaluator {
        try evaluator(PluginSpec(parsing: spec), of: try workshop.host(plugins: [manifest]))
    }

    static func evaluator(_ spec: PluginSpec, of host: PluginHost) throws -> any Evaluator {
        try host.evaluator(spec, schema: schema, length: 5)
    }

    /// What the evaluator says of the samples in `rows`, taken batch by batch.
    static func consume(
        _ rows: [Range<Int>], by evaluator: any Evaluator
    ) throws -> any EvaluationAccumulator {
        let accumulator = try evaluator.begin()
        for rows in rows {
            let tensor = Tensor(.int32, [rows.count, 5])
            for (i, token) in tokens[rows].joined().enumerated() { tensor.integers[i] = token }
            try Array(losses[rows].joined()).withUnsafeBufferPointer { losses in
                var batch = EvaluationBatch()
                batch.first = UInt64(rows.lowerBound)
                batch.count = rows.count
                batch.length = 5
                batch.positions = 5
                batch.classes = 300
                batch.tensors = [tensor.slice, nil]
                batch.losses = losses.baseAddress
                try accumulator.consume(batch)
            }
        }
        return accumulator
    }

    /// Holds every way of cutting the samples to one value.
    private static func expect(_ value: Double, of evaluator: any Evaluator, _ name: String) throws {
        for parts in [[[0..<9]], [[0..<4, 4..<9]], [[0..<1], [1..<1, 1..<6], [6..<9]]] {
            let all = try evaluator.begin()
            for part in parts { try all.merge(try consume(part, by: evaluator)) }
            let metric = try #require(try all.finish().first)
            #expect(metric.name == name)
            #expect(abs(metric.values[0] - value) <= 1e-12 * abs(value), "\(parts): \(metric.values[0])")
        }
    }

    /// CRC-32 bit by bit; ISO 3309.
    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in
                value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1
            }
        }
    }

    private static var bytes: [UInt8] {
        tokens.joined().flatMap { token in (0..<4).map { UInt8(truncatingIfNeeded: token >> (8 * $0)) } }
    }

    @Test func checksumsAreThoseOfAllTokensHoweverTheyAreCut() throws {
        let workshop = try Workshop()
        let crc = try Self.evaluator(Workshop.example("zlib"), "token-crc32", workshop)
        try Self.expect(Double(Self.crc32(Self.bytes)), of: crc, "token_crc32")
        var (a, b) = (UInt32(1), UInt32(0))
        for byte in Self.bytes {
            a = (a + UInt32(byte)) % 65_521
            b = (b + a) % 65_521
        }
        let adler = try Self.evaluator(Workshop.example("zlib"), "token-adler32", workshop)
        try Self.expect(Double(b << 16 | a), of: adler, "token_adler32")
        #expect(try crc.begin().finish().first?.values == [0])
    }

    @Test func qsortFindsTheMedianThroughACallback() throws {
        let workshop = try Workshop()
        let evaluator = try Self.evaluator(Workshop.example("qsort"), "median-loss", workshop)
        let medians = Self.losses.map { Double($0.sorted()[2]) }
        #expect(evaluator.needs == [EvaluationNeed(stream: .view, view: nil, items: .losses, points: [])])
        try Self.expect(medians.reduce(0, +) / 9, of: evaluator, "median_loss")
        #expect(try #require(try evaluator.begin().finish().first).values[0].isNaN)
    }

    @Test func gslSeesTheLossesAsDoubles() throws {
        let deviations = Self.losses.map { losses -> Double in
            let mean = losses.reduce(0) { $0 + Double($1) } / 5
            return (losses.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / 4).squareRoot()
        }
        let workshop = try Workshop()
        let evaluator = try Self.evaluator(Workshop.example("gsl"), "gsl-loss-deviation", workshop)
        try Self.expect(deviations.reduce(0, +) / 9, of: evaluator, "loss_deviation")
    }

    @Test(arguments: ["sum", "mean", "minimum", "maximum"])
    func numbersOfSamplesBecomeOne(merge: String) throws {
        let workshop = try Workshop()
        let path = try workshop.manifest(
            """
            {"kind": "evaluator", "name": "weighted", "call": "double weighted(const float losses[n], in double weights[n], size_t n)",
             "config_schema": {"parameters": {"weights": {"type": "array", "items": {"type": "number"}, "default": [1, 2, 3, 4, 5]}}},
             "arguments": {"losses": {"values": "losses"}, "weights": {"config": "weights"}},
             "merge": "\(merge)", "metric": "weighted"},
            {"kind": "evaluator", "name": "most",
             "call": "void extremes(const double values[n], size_t n, out double least[1], out double most[1])",
             "arguments": {"values": {"values": "losses"}}, "result": {"argument": "most"}, "merge": "maximum", "metric": "most"}
            """)
        let sums = Self.losses.map { zip($0, 1...5).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
        let value =
            switch merge {
            case "sum": sums.reduce(0, +)
            case "mean": sums.reduce(0, +) / 9
            case "minimum": try #require(sums.min())
            default: try #require(sums.max())
            }
        try Self.expect(value, of: try Self.evaluator(path, "weighted", workshop), "weighted")
        try Self.expect(
            Double(try #require(Self.losses.joined().max())), of: try Self.evaluator(path, "most", workshop), "most")
        let failure = try #require(throws: PluginFailure.self) {
            _ = try Self.consume([0..<1], by: try Self.evaluator(path, "weighted(weights=[1, 2])", workshop))
        }
        #expect(failure.message.contains("takes 2 entries, a sample's losses has 5"), "\(failure)")
    }

    @Test func whatDoesNotFitIsAnErrorAndNoOtherNumber() throws {
        let workshop = try Workshop()
        let path = try workshop.manifest(
            """
            {"kind": "evaluator", "name": "large", "call": "uint64_t fold(uint64_t value, const int32_t tokens[n], size_t n)",
             "arguments": {"value": "accumulated", "tokens": {"values": "tokens"}}, "merge": "fold", "start": 9007199254740992,
             "combine": {"call": "uint64_t fold_join(uint64_t a, uint64_t b)", "arguments": {"a": "accumulated", "b": "other"}},
             "metric": "large"},
            {"kind": "evaluator", "name": "small", "call": "double narrow(const signed char tokens[n], size_t n)",
             "arguments": {"tokens": {"values": "tokens"}}, "merge": "sum", "metric": "small"},
            {"kind": "evaluator", "name": "missing", "call": "double weighted(const float a[n], const double b[n], size_t n)",
             "arguments": {"a": {"values": "component"}, "b": {"values": "losses"}}, "merge": "sum", "metric": "missing"}
            """)
        let large = try Self.consume([0..<9], by: try Self.evaluator(path, "large", workshop))
        #expect(
            try #require(throws: PluginFailure.self) { try large.finish() }.message.contains("too large for a metric"))
        let small = try #require(throws: PluginFailure.self) {
            _ = try Self.consume([0..<9], by: try Self.evaluator(path, "small", workshop))
        }
        #expect(small.message.contains("which a int8_t cannot hold"), "\(small)")
        let missing = try #require(throws: SpecError.self) { _ = try Self.evaluator(path, "missing", workshop) }
        #expect(missing.message.contains("the task has no tensor 'component'; it has tokens, targets"), "\(missing)")
    }
}
