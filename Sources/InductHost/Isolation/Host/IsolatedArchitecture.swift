// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// An architecture or gate in a process of its own, as an induct_architecture.
final class IsolatedArchitecture: ArchitectureCalls, @unchecked Sendable {
    let table: ArchitectureTable
    private let worker: IsolatedWorker
    private let schema: Schema
    /// Floats of each parameter.
    private let counts: [Int]
    private let kind: PluginKind
    private let experts: Int

    init(
        _ worker: IsolatedWorker, _ answer: JSON, kind: PluginKind, schema: Schema, experts: Int
    ) throws(TableDefect) {
        self.worker = worker
        self.schema = schema
        self.kind = kind
        self.experts = experts
        let record = try ArchitectureRecord(try RecordReader(answer["architecture"], "architecture"))
        var counts: [Int] = []
        for parameter in record.parameters {
            var count = 1
            for size in parameter.shape {
                let (product, overflow) = count.multipliedReportingOverflow(by: size)
                guard !overflow, product <= 1 << 40 else {
                    throw TableDefect("its parameter '\(parameter.name)' is too large to be allocated")
                }
                count = product
            }
            counts.append(count)
        }
        self.counts = counts
        table = ArchitectureTable(record, kind: kind)
        table.serve(self)
    }

    deinit { worker.close() }

    /// Workspaces stay in the worker.
    func workspaceSize(mode: PassMode, count: Int, length: Int) -> Int { 0 }

    /// What a slot takes there; nil for a worker that cannot say.
    func remoteWorkspaceSize(mode: PassMode, count: Int, length: Int) -> Int? {
        let text: JSON = [
            "mode": .integer(Int64(mode.rawValue)), "count": .integer(Int64(count)),
            "length": .integer(Int64(length)),
        ]
        var size = 0
        let status = worker.call(
            .workspace, nil, text: text.text,
            read: { channel throws(TableDefect) in
                size = try RecordReader(try? JSON(parsing: channel.text), "workspace").size("size")
            })
        return status == INDUCT_OK ? size : nil
    }

    func forward(
        _ pass: UnsafePointer<induct_pass>, _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status { call(.forward, pass, error) }

    func backward(
        _ pass: UnsafePointer<induct_pass>, _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status { call(.backward, pass, error) }

    private func call(
        _ call: WorkerCall, _ pointer: UnsafePointer<induct_pass>, _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        let pass = pointer.pointee
        let rows = Int(pass.count) * positions(pass.length)
        let width = kind == .gate ? experts : schema.width
        let isForward = call == .forward
        let text = isForward && pass.request_count > 0 ? Self.requests(pass) : nil
        return worker.call(call, error, text: text) { message in
            message.put(pass.mode)
            message.put(pass.slot)
            message.put(pass.accumulate)
            message.put(isForward ? pass.request_count : 0)
            message.put(pass.step)
            message.put(pass.seed)
            message.put(pass.first)
            message.put(pass.count)
            message.put(pass.length)
            message.put(pass.tensor_count)
            message.put(UInt32(counts.count))
            message.put(isForward ? 0 : UInt32(counts.count))
            message.put(pass.expert_count)
            message.put(UInt64(0))
            message.floats(pass.outputs, rows * width, isForward ? .write : .read)
            message.floats(isForward ? nil : pass.output_gradients, rows * width)
            for i in 0..<Int(pass.tensor_count) { message.tensor(pass.tensors[i], .read) }
            for (i, count) in counts.enumerated() { message.floats(pass.parameters[i], count) }
            if !isForward {
                for (i, count) in counts.enumerated() { message.floats(pass.gradients?[i], count, .write) }
            }
            for i in 0..<Int(pass.expert_count) { message.floats(pass.experts[i], rows * schema.width) }
            guard isForward else { return }
            for i in 0..<Int(pass.request_count) {
                guard let request = pass.requests[i]?.pointee else { continue }
                message.tensor(request.tensor, request.action == INDUCT_REQUEST_READ ? .write : .read)
                message.floats(request.mask, Int(pass.count) * Int(pass.length))
            }
        }
    }

    func observe(
        _ pointer: UnsafePointer<induct_observation>, _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        let observation = pointer.pointee
        let rows = Int(observation.count) * positions(observation.length)
        let width = kind == .gate ? experts : schema.width
        return worker.call(.observe, error) { message in
            message.put(observation.step)
            message.put(observation.count)
            message.put(observation.length)
            message.put(observation.expert_count)
            message.put(observation.tensor_count)
            message.put(UInt32(counts.count))
            message.put(UInt64(0))
            message.floats(observation.outputs, rows * width)
            message.floats(observation.expert_losses, rows * Int(observation.expert_count))
            for i in 0..<Int(observation.tensor_count) { message.tensor(observation.tensors[i], .read) }
            for (i, count) in counts.enumerated() { message.floats(observation.parameters[i], count, .write) }
        }
    }

    private func positions(_ length: Int64) -> Int {
        schema.task == .nextToken ? Int(length) : schema.positions.bound(batch: 0, length: Int(length))
    }

    private static func requests(_ pass: induct_pass) -> String {
        let names = ["read", "replace", "add"]
        let requests: [JSON] = (0..<Int(pass.request_count)).compactMap { pass.requests[$0]?.pointee }.map {
            [
                "point": .string($0.point.map { String(cString: $0) } ?? ""),
                "action": .string(names[min(Int($0.action), 2)]),
            ]
        }
        let text: JSON = ["requests": .array(requests)]
        return text.text
    }
}
