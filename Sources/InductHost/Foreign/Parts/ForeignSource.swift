// SPDX-License-Identifier: Apache-2.0

import CHostThread
import CInduct
import InductCore

/// A source made of a library's functions, as a table of source.h: what the host does with any plugin's source it does
/// with this one.
final class ForeignSource: Sendable {
    private let plan: ForeignSourcePlan
    private let frames: ForeignFrames
    private let shape: Schema
    private let sinks: [OutputSink]
    private let isRepeated: Bool
    private let tables: ForeignTables<induct_source>

    /// - Throws: `INVALID_ARGUMENT` when the configuration does not fit the functions.
    init(
        _ part: ForeignPart, _ plan: ForeignSourcePlan, in library: ForeignLibrary, config: JSON
    ) throws(ForeignFailure) {
        self.plan = plan
        shape = plan.schema(config)
        let prepared = try PreparedPart(part, library: library.handle, config: config)
        try plan.check(prepared.call)
        isRepeated = plan.isRepeated(prepared.call)
        let classes = shape.classes
        sinks = plan.outputs.map { OutputSink($0, prepared.call, classes: classes) }
        frames = try ForeignFrames(prepared)
        let tables = ForeignTables<induct_source>(
            plugin: "\(library.manifest.id)/\(part.name)", call: "fill (\(plan.call.signature.name))")
        let arena = tables.arena
        tables.schema = arena.copy(schema: shape)
        tables.views = ["train", "test"].map { name in
            var view = induct_view()
            view.struct_size = UInt32(MemoryLayout<induct_view>.size)
            view.name = arena.copy(text: name)
            return UnsafePointer(arena.copy(view))
        }
        self.tables = tables
    }

    /// A table that owns this source until its `destroy`.
    func makeTable() -> UnsafePointer<induct_source> {
        let table = tables.table
        table.pointee.struct_size = UInt32(MemoryLayout<induct_source>.size)
        table.pointee.instance = Unmanaged.passRetained(self).toOpaque()
        table.pointee.destroy = { handle in
            guard let instance = handle?.pointee.instance else { return }
            Unmanaged<ForeignSource>.fromOpaque(instance).release()
        }
        table.pointee.schema = { ForeignSource.of($0)?.tables.schema }
        table.pointee.view = { handle, index in
            guard let source = ForeignSource.of(handle), Int(index) < source.tables.views.count else { return nil }
            return source.tables.views[Int(index)]
        }
        table.pointee.fill = { handle, call, error in
            guard let source = ForeignSource.of(handle), let call else { return INDUCT_INVALID_ARGUMENT }
            return source.tables.report(error) { () throws(ForeignFailure) in try source.fill(call.pointee) }
        }
        return UnsafePointer(table)
    }

    private static func of(_ handle: UnsafePointer<induct_source>?) -> ForeignSource? {
        guard let instance = handle?.pointee.instance else { return nil }
        return Unmanaged<ForeignSource>.fromOpaque(instance).takeUnretainedValue()
    }

    private func fill(_ call: induct_source_fill) throws(ForeignFailure) {
        let length = Int(call.length)
        let counts = shape.tensors.map { tensor in
            tensor.shape.dropFirst().reduce(1) { $0 * $1.bound(batch: 1, length: length) }
        }
        guard counts.contains(where: { $0 > 0 }) else { return }
        try frames.with { frame throws(ForeignFailure) in
            prepare(frame.call, counts, length)
            for row in 0..<Int(call.count) {
                let index = call.first &+ UInt64(row)
                do throws(ForeignFailure) {
                    try fill(call, row, index, counts, frame)
                } catch {
                    throw ForeignFailure("sample \(index): \(error.message)", status: error.status)
                }
            }
        }
    }

    /// Tells the functions how long the sequences are, and gives what they write room.
    private func prepare(_ memory: CallMemory, _ counts: [Int], _ length: Int) {
        for (place, argument) in memory.prepared.arguments.enumerated() {
            if case .length(let scalar) = argument { memory.store(.signed(Int64(length)), place, as: scalar) }
        }
        for (output, count) in zip(plan.outputs, counts) {
            if case .argument(let place) = output.origin, memory.prepared.array(place)?.count == nil {
                memory.resize(place, to: count)
            }
        }
    }

    private func fill(
        _ call: induct_source_fill, _ row: Int, _ index: UInt64, _ counts: [Int], _ frame: ForeignFrame
    ) throws(ForeignFailure) {
        try frame.begin(seed: call.seed, view: call.view, index: index, wanted: counts[0])
        let memory = frame.call
        var written = 0
        repeat {
            try memory.invoke()
            var most = 0
            for (place, sink) in sinks.enumerated() {
                let wanted = counts[place]
                let given = min(sink.count(memory, frame.exchange), wanted - written)
                guard given > 0 || wanted == 0 else {
                    throw ForeignFailure(
                        "\(memory.prepared.call.signature.name) gave \(frame.exchange.taken.count) values, "
                            + "\(wanted) are needed")
                }
                most = max(most, given)
                guard let data = call.tensors[place]?.pointee.data else { continue }
                try sink.write(given, memory, frame.exchange, to: data + (row * wanted + written) * sink.stride)
            }
            written += most
        } while written < counts[0] && isRepeated
        guard written >= counts[0] else {
            throw ForeignFailure(
                "\(memory.prepared.call.signature.name) gave \(written) values, \(counts[0]) are needed")
        }
    }
}
