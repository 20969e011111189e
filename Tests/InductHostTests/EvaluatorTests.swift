// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductHost
import Testing

/// Evaluators in C, through the host.
@Suite struct EvaluatorTests {
    private static let schema = Schema(
        task: .nextToken, loss: .crossEntropy,
        tensors: [TensorSchema(name: "tokens", type: .int32, role: .input, shape: [.batch, .length], limit: 2)],
        classes: 2, positions: .length
    ).bound(length: 3)

    private static func consume(
        _ losses: [Float], by accumulator: any EvaluationAccumulator
    ) throws {
        try losses.withUnsafeBufferPointer { buffer in
            var batch = EvaluationBatch()
            batch.count = losses.count / 3
            batch.length = 3
            batch.positions = 3
            batch.classes = 2
            batch.tensors = [nil, nil]
            batch.losses = buffer.baseAddress
            try accumulator.consume(batch)
        }
    }

    @Test func mergedAccumulatorsGiveTheMeanOfAll() throws {
        let workshop = try Workshop()
        let path = try workshop.compile("stream.c", to: "libstream.so")
        let evaluator = try workshop.host(plugins: [path]).evaluator(
            PluginSpec(parsing: "stream-loss"), schema: Self.schema, length: 3)
        #expect(evaluator.needs == [EvaluationNeed(stream: .training, view: nil, items: .losses, points: [])])
        let (first, second) = (try evaluator.begin(), try evaluator.begin())
        try Self.consume([1, 2, 3], by: first)
        try Self.consume([4, 5, 6, 7, 8, 9], by: second)
        try first.merge(second)
        let metrics = try first.finish()
        #expect(
            metrics == [
                Metric(kind: .scalar, name: "stream_loss", unit: "nats", values: [5]),
                Metric(kind: .scalar, name: "samples_seen", values: [3]),
            ])
    }

    @Test func evaluatorThatMissesWhatItNeedsFailsByName() throws {
        let workshop = try Workshop()
        let path = try workshop.compile("stream.c", to: "libstream.so")
        let evaluator = try workshop.host(plugins: [path]).evaluator(
            PluginSpec(parsing: "stream-loss"), schema: Self.schema, length: 3)
        let accumulator = try evaluator.begin()
        let failure = try #require(throws: PluginFailure.self) { try accumulator.consume(EvaluationBatch()) }
        #expect(failure.description.contains("org.example.stream/stream-loss failed in consume"))
    }
}
