// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore
import Synchronization

/// An evaluator in a process of its own, as an induct_evaluator.
///
/// Accumulators live in the process; here they are numbers.
final class IsolatedEvaluator: EvaluatorCalls, @unchecked Sendable {
    let table: EvaluatorTable
    private let worker: IsolatedWorker
    private let accumulators = Atomic<Int>(0)

    init(_ worker: IsolatedWorker, _ answer: JSON) throws(TableDefect) {
        self.worker = worker
        var needs: [EvaluationNeed] = []
        for need in try RecordReader(answer["evaluator"], "evaluator").objects("needs") {
            needs.append(try EvaluationNeed(need))
        }
        table = EvaluatorTable(needs: needs)
        table.serve(self)
    }

    deinit { worker.close() }

    func begin(
        _ accumulator: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        let number = accumulators.add(1, ordering: .relaxed).newValue
        accumulator?.pointee = UnsafeMutableRawPointer(bitPattern: number)
        let text: JSON = ["accumulator": .integer(Int64(number))]
        return worker.call(.begin, error, text: text.text)
    }

    func merge(
        _ accumulator: UnsafeMutableRawPointer?, _ other: UnsafeRawPointer?,
        _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        let text: JSON = [
            "accumulator": .integer(Int64(Int(bitPattern: accumulator))),
            "other": .integer(Int64(Int(bitPattern: other))),
        ]
        return worker.call(.merge, error, text: text.text)
    }

    func finish(
        _ accumulator: UnsafeRawPointer?, _ metrics: UnsafeMutablePointer<induct_metrics>?,
        _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        guard let metrics else { return INDUCT_INVALID_ARGUMENT }
        let text: JSON = ["accumulator": .integer(Int64(Int(bitPattern: accumulator)))]
        return worker.call(
            .finish, error, text: text.text,
            read: { channel throws(TableDefect) in
                let answer = try RecordReader(try? JSON(parsing: channel.text), "finish")
                let tail = NumberTail(channel.tail)
                let arena = Arena()
                var list: [UnsafePointer<induct_metric>?] = []
                for metric in try answer.objects("metrics") {
                    list.append(arena.copy(metric: try Metric(metric, tail)))
                }
                metrics.pointee.count = UInt32(clamping: list.count)
                metrics.pointee.metrics = UnsafePointer(arena.copy(list))
                metrics.pointee.owner = Unmanaged.passRetained(arena).toOpaque()
                metrics.pointee.release = { metrics in
                    guard let owner = metrics?.pointee.owner else { return }
                    Unmanaged<Arena>.fromOpaque(owner).release()
                }
            })
    }

    func discard(_ accumulator: UnsafeMutableRawPointer?) {
        let text: JSON = ["accumulator": .integer(Int64(Int(bitPattern: accumulator)))]
        // Nobody is left to be told: where the process has gone, the accumulator has as well.
        _ = worker.call(.discard, nil, text: text.text)
    }

    func consume(
        _ accumulator: UnsafeMutableRawPointer?, _ pointer: UnsafePointer<induct_evaluation_batch>?,
        _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        guard let batch = pointer?.pointee else { return INDUCT_INVALID_ARGUMENT }
        let rows = Int(batch.count) * Int(batch.positions)
        var descriptions: [ParameterDescription] = []
        do throws(TableDefect) {
            for i in 0..<Int(batch.parameter_count) {
                guard let description = batch.parameter_descriptions[i] else { continue }
                descriptions.append(try ParameterReading.parameter(description))
            }
        } catch let defect {
            return PluginStatus.report(status: INDUCT_INVALID_ARGUMENT, message: defect.message, to: error)
        }
        var text: JSON?
        if batch.point_count > 0 || !descriptions.isEmpty {
            let names = (0..<Int(batch.point_count)).map { batch.point_names[$0].map { String(cString: $0) } ?? "" }
            text = [
                "points": .array(names.map { .string($0) }), "parameters": .array(descriptions.map(\.record)),
            ]
        }
        return worker.call(.consume, error, text: text?.text) { message in
            message.put(UInt64(UInt(bitPattern: accumulator)))
            message.put(batch.need)
            message.put(UInt32(0))
            message.put(batch.step)
            message.put(batch.first)
            message.put(batch.count)
            message.put(batch.length)
            message.put(batch.positions)
            message.put(batch.classes)
            message.put(batch.belief_size)
            message.put(batch.component_count)
            message.put(batch.expert_count)
            message.put(batch.tensor_count)
            message.put(batch.point_count)
            message.put(UInt32(descriptions.count))
            message.put(UInt32(0))
            message.floats(batch.predictions, rows * Int(batch.classes))
            message.floats(batch.losses, rows)
            message.doubles(batch.oracle, rows * Int(batch.classes))
            message.doubles(batch.belief, rows * Int(batch.belief_size))
            message.doubles(batch.posterior, rows * Int(batch.component_count))
            message.floats(batch.gate, rows * Int(batch.expert_count))
            message.reference(batch.component_of_belief, bytes: Int(batch.belief_size) * 4, .read)
            message.floats(batch.expert_losses, rows * Int(batch.expert_count))
            for i in 0..<Int(batch.tensor_count) { message.tensor(batch.tensors[i], .read) }
            for i in 0..<Int(batch.point_count) { message.tensor(batch.points[i], .read) }
            for (i, description) in descriptions.enumerated() {
                message.floats(batch.parameters[i], description.count)
            }
        }
    }
}

extension Arena {
    /// A metric as evaluators give it; it lives as long as the arena.
    func copy(metric: Metric) -> UnsafePointer<induct_metric> {
        var table = induct_metric()
        table.struct_size = UInt32(MemoryLayout<induct_metric>.size)
        table.kind = UInt32(metric.kind.rawValue)
        table.name = copy(text: metric.name)
        table.unit = metric.unit.map { copy(text: $0) }
        table.rows = UInt64(metric.rows)
        table.columns = UInt64(metric.columns)
        table.values = UnsafePointer(copy(metric.values))
        table.standard_errors = metric.standardErrors.map { UnsafePointer(copy($0)) }
        table.axis = metric.axis.map { copy(text: $0) }
        table.axis_values = metric.axisValues.map { UnsafePointer(copy($0)) }
        table.row_names = metric.rowNames.map(names)
        table.column_names = metric.columnNames.map(names)
        return UnsafePointer(copy(table))
    }

    private func names(_ names: [String]) -> UnsafePointer<UnsafePointer<CChar>?> {
        UnsafePointer(copy(names.map { copy(text: $0) as UnsafePointer<CChar>? }))
    }
}
