// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// A source in a process of its own, as an induct_source: what comes from the process is then checked like what comes from
/// a library.
final class IsolatedSource: SourceCalls, @unchecked Sendable {
    let table: SourceTable
    private let worker: IsolatedWorker
    private let schema: Schema
    private let source: SourceRecord

    init(_ worker: IsolatedWorker, _ answer: JSON, _ tail: NumberTail) throws(TableDefect) {
        self.worker = worker
        source = try SourceRecord(try RecordReader(answer["source"], "source"), tail)
        schema = source.schema
        table = SourceTable(source)
        table.serve(self)
    }

    deinit { worker.close() }

    func fill(
        _ call: UnsafePointer<induct_source_fill>?, _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        guard let call = call?.pointee else { return INDUCT_INVALID_ARGUMENT }
        return worker.call(.fill, error) { message in
            message.put(call.view)
            message.put(call.tensor_count)
            message.put(call.seed)
            message.put(call.first)
            message.put(call.count)
            message.put(call.length)
            for i in 0..<Int(call.tensor_count) { message.tensor(call.tensors[i], .write) }
        }
    }

    func evaluate(
        _ call: UnsafePointer<induct_source_oracle_call>?, _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        guard let call = call?.pointee else { return INDUCT_INVALID_ARGUMENT }
        let prefixes =
            schema.task == .nextToken
            ? Int(call.length) + 1 : schema.positions.bound(batch: 1, length: Int(call.length))
        let rows = Int(call.count) * prefixes
        let sizes = source.oracle ?? (0, 0)
        return worker.call(.oracle, error) { message in
            message.put(call.view)
            message.put(call.tensor_count)
            message.put(call.seed)
            message.put(call.count)
            message.put(call.length)
            for i in 0..<Int(call.tensor_count) { message.tensor(call.tensors[i], .read) }
            message.doubles(call.predictive, rows * schema.width, .write)
            message.doubles(call.belief, rows * sizes.beliefSize, .write)
            message.doubles(call.posterior, rows * sizes.componentCount, .write)
            message.doubles(call.log_probability, rows, .write)
        }
    }

    func entropy(
        _ length: Int64, _ entropy: UnsafeMutablePointer<Double>?,
        _ summary: UnsafeMutablePointer<induct_source_theory_summary>?, _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        let text: JSON = ["length": .integer(length)]
        return worker.call(
            .entropy, error, text: text.text,
            read: { channel throws(TableDefect) in
                let answer = try RecordReader(try? JSON(parsing: channel.text), "entropy")
                let values = try NumberTail(channel.tail).required(answer, "entropy", count: Int(length))
                entropy?.update(from: values, count: values.count)
                guard let summary else { return }
                (summary.pointee.entropy_rate_status, summary.pointee.entropy_rate) = try Self.value(
                    answer, "entropy_rate")
                (summary.pointee.excess_entropy_status, summary.pointee.excess_entropy) = try Self.value(
                    answer, "excess_entropy")
            })
    }

    private static func value(_ answer: RecordReader, _ key: String) throws(TableDefect) -> (UInt32, Double) {
        guard let value = answer[key] else { return (INDUCT_THEORY_UNKNOWN, 0) }
        if value == "diverges" { return (INDUCT_THEORY_DIVERGES, 0) }
        return (INDUCT_THEORY_FINITE, try answer.number(key))
    }
}
