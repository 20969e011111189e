// SPDX-License-Identifier: Apache-2.0

import CInduct
import Testing

@Suite struct EvaluatorExportTests {
    private let tables: ExportedTables
    private let memory: Memory
    private let evaluator: UnsafePointer<induct_evaluator>

    init() throws {
        tables = try ExportedTables()
        memory = tables.memory
        evaluator = try tables.worstLoss()
    }

    private func accumulator(_ losses: [Float], first: UInt64) throws -> UnsafeMutableRawPointer {
        var accumulator: UnsafeMutableRawPointer?
        try ExportedTables.checked { evaluator.pointee.begin(evaluator, &accumulator, $0) }
        var batch = induct_evaluation_batch()
        batch.struct_size = UInt32(MemoryLayout<induct_evaluation_batch>.size)
        batch.first = first
        batch.count = UInt64(losses.count / 4)
        batch.positions = 4
        batch.losses = UnsafePointer(memory.list(losses))
        let pointer = memory.one(batch)
        try ExportedTables.checked { evaluator.pointee.consume(evaluator, accumulator, pointer, $0) }
        return try #require(accumulator)
    }

    @Test func needsCross() throws {
        let first = try #require(evaluator.pointee.need(evaluator, 0)).pointee
        #expect(first.stream == INDUCT_STREAM_VIEW && first.view == nil)
        #expect(first.items == INDUCT_ITEM_LOSSES | INDUCT_ITEM_PREDICTIONS)
        let point = try #require(first.points[0])
        #expect(first.point_count == 1 && String(cString: point) == "row")
        let second = try #require(evaluator.pointee.need(evaluator, 1)).pointee
        #expect(second.stream == INDUCT_STREAM_TRAINING && second.items == INDUCT_ITEM_PARAMETERS)
        let third = try #require(evaluator.pointee.need(evaluator, 2)).pointee
        let view = try #require(third.view)
        #expect(String(cString: view) == "test" && third.point_count == 0)
        #expect(evaluator.pointee.need(evaluator, 3) == nil)
        evaluator.pointee.destroy(evaluator)
    }

    @Test func accumulatorsMergeAndMetricsCross() throws {
        let left = try accumulator([1, 2, 3, 4, 1, 1, 1, 1], first: 0)
        let right = try accumulator([0, 0, 9, 0], first: 2)
        try ExportedTables.checked { evaluator.pointee.merge(evaluator, left, right, $0) }
        evaluator.pointee.discard(evaluator, right)
        var metrics = induct_metrics()
        metrics.struct_size = UInt32(MemoryLayout<induct_metrics>.size)
        try ExportedTables.checked { evaluator.pointee.finish(evaluator, left, &metrics, $0) }
        evaluator.pointee.discard(evaluator, left)

        #expect(metrics.count == 2)
        let scalar = try #require(metrics.metrics[0]).pointee
        #expect(scalar.kind == INDUCT_METRIC_SCALAR && String(cString: scalar.name) == "worst_loss")
        let unit = try #require(scalar.unit)
        #expect(String(cString: unit) == "nats")
        #expect(scalar.rows == 1 && scalar.columns == 1 && scalar.values[0] == 9)
        #expect(scalar.standard_errors == nil && scalar.axis == nil)
        let curve = try #require(metrics.metrics[1]).pointee
        #expect(curve.kind == INDUCT_METRIC_CURVE && curve.columns == 2)
        #expect(curve.values[0] == 2 && curve.values[1] == 9)
        #expect(curve.standard_errors[0] == 0 && curve.standard_errors[1].isNaN)
        #expect(curve.axis_values[1] == 2)
        metrics.release(&metrics)
        #expect(metrics.count == 0 && metrics.owner == nil)
        evaluator.pointee.destroy(evaluator)
    }

    @Test func aMissingItemIsAMessage() throws {
        var accumulator: UnsafeMutableRawPointer?
        try ExportedTables.checked { evaluator.pointee.begin(evaluator, &accumulator, $0) }
        var batch = induct_evaluation_batch()
        batch.struct_size = UInt32(MemoryLayout<induct_evaluation_batch>.size)
        let pointer = memory.one(batch)
        let failure = #expect(throws: ExportedTables.Failure.self) {
            try ExportedTables.checked { evaluator.pointee.consume(evaluator, accumulator, pointer, $0) }
        }
        #expect(failure == .init(status: INDUCT_FAILED_PRECONDITION, message: "there are no losses"))
        evaluator.pointee.discard(evaluator, accumulator)
        evaluator.pointee.destroy(evaluator)
    }
}
