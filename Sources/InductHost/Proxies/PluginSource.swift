// SPDX-License-Identifier: Apache-2.0

import CInduct
package import InductCore

/// A source of a plugin.
///
/// Its schema and views were checked when it was made; every fill is checked for values outside
/// the limits that the schema states, so that nothing after it indexes out of range.
package final class PluginSource: Source, @unchecked Sendable {
    package var spec: String { resolvedSpec.description }
    package let schema: Schema
    package let views: [SourceView]
    package let oracle: (any SourceOracle)?
    package let theory: (any SourceTheory)?
    package let hmm: SourceHMM?
    package let labelledExamples: LabelledExamplesLaw?

    let instance: SourceInstance
    let resolvedSpec: PluginSpec
    private let fillCall: SourceInstance.Fill

    /// Most views that a source may have.
    static let mostViews = 64

    init(instance: SourceInstance, spec: PluginSpec) throws(TableDefect) {
        self.instance = instance
        resolvedSpec = spec
        let table = instance.table
        let handle = instance.handle
        guard table.destroy != nil, let schemaCall = table.schema, let viewCall = table.view, let fill = table.fill
        else {
            let missing =
                table.destroy == nil
                ? "destroy"
                : table.schema == nil
                    ? "schema"
                    : table.view == nil
                        ? "view" : "fill"
            throw TableDefect("the \(missing) of its induct_source is NULL")
        }
        fillCall = fill
        schema = try SchemaReading.schema(instance.gate.enter("schema") { schemaCall(handle) })
        var views: [SourceView] = []
        while let pointer = instance.gate.enter("view", { viewCall(handle, UInt32(views.count)) }) {
            guard views.count < Self.mostViews else {
                throw TableDefect("it has more than \(Self.mostViews) views; give NULL past the last one")
            }
            let view = try Negotiation.read(pointer, "induct_view", minimum: 16)
            let name = try Negotiation.requiredText(view.name, "view's name", limit: INDUCT_MAX_STRING)
            guard Names.isKebabCase(name), !views.contains(where: { $0.name == name }) else {
                throw TableDefect("its view '\(name)' is not a name of its own in kebab-case")
            }
            views.append(SourceView(name: name, count: view.count == 0 ? nil : view.count))
        }
        guard views.count >= 2, views[0].name == "train", views[1].name == "test" else {
            throw TableDefect("its first two views must be 'train' and 'test'")
        }
        self.views = views
        let extensions = try SourceExtensions(instance: instance, schema: schema)
        oracle = extensions.oracle
        theory = extensions.theory
        hmm = extensions.hmm
        labelledExamples = extensions.labelledExamples
    }

    package func fill(
        _ batch: Batch, rows: Range<Int>, view: Int, seed: UInt64, first: UInt64
    ) throws(PluginFailure) {
        precondition(batch.tensors.count == schema.tensors.count, "the batch has the source's schema")
        precondition(rows.lowerBound >= 0 && rows.upperBound <= batch.count, "the rows lie in the batch")
        let failure: PluginFailure? = TensorTable.with(
            count: batch.tensors.count, { i in batch.tensors[i].map { TensorTable.Rows($0, rows) } },
            { tensors in
                var call = induct_source_fill()
                call.struct_size = UInt32(MemoryLayout<induct_source_fill>.size)
                call.view = UInt32(view)
                call.seed = seed
                call.first = first
                call.count = UInt64(rows.count)
                call.length = Int64(batch.length)
                call.tensor_count = UInt32(batch.tensors.count)
                call.tensors = UnsafePointer(tensors)
                do throws(PluginFailure) {
                    try fill(call)
                    return nil
                } catch {
                    return error
                }
            })
        if let failure { throw failure }
    }

    /// A fill as the ABI says it; for the host's own calls and for those of parents in other plugins.
    func fill(_ call: induct_source_fill) throws(PluginFailure) {
        guard call.tensor_count == schema.tensors.count, call.tensors != nil, Int(call.view) < views.count,
            call.length >= 0, call.count <= UInt64(Int32.max)
        else {
            throw instance.gate.failure(
                "fill", status: INDUCT_INVALID_ARGUMENT,
                message: "the call does not fit the source: \(call.tensor_count) tensors, view \(call.view), "
                    + "length \(call.length), \(call.count) samples")
        }
        if let most = schema.maximumLength, call.length > most {
            throw instance.gate.failure(
                "fill", status: INDUCT_OUT_OF_RANGE,
                message: "sequences of \(call.length) are asked for, the source gives at most \(most)")
        }
        if let count = views[Int(call.view)].count, call.first > count || call.count > count - call.first {
            throw instance.gate.failure(
                "fill", status: INDUCT_OUT_OF_RANGE,
                message: "samples \(call.first) to \(call.first &+ call.count) are asked for, the view "
                    + "'\(views[Int(call.view)].name)' has \(count)")
        }
        let function = fillCall
        let handle = instance.handle
        try withUnsafePointer(to: call) { pointer throws(PluginFailure) in
            try instance.gate.run("fill", isFrequent: true) { function(handle, pointer, $0) }
        }
        try checkRanges(call)
    }

    /// One pass over every int32 tensor with a limit.
    private func checkRanges(_ call: induct_source_fill) throws(PluginFailure) {
        guard call.count > 0 else { return }
        for (i, tensor) in schema.tensors.enumerated() {
            guard let limit = tensor.limit, let data = call.tensors[i]?.pointee.data else { continue }
            let row = tensor.shape.dropFirst().reduce(1) { $0 * $1.bound(batch: 1, length: Int(call.length)) }
            let values = UnsafeBufferPointer(
                start: data.assumingMemoryBound(to: UInt32.self), count: row * Int(call.count))
            var largest: UInt32 = 0
            for value in values { largest = max(largest, value) }
            guard largest >= UInt32(limit), let place = values.firstIndex(where: { $0 >= UInt32(limit) }) else {
                continue
            }
            throw instance.gate.failure(
                "fill",
                message: "sample \(call.first + UInt64(place / max(1, row))) of view '\(views[Int(call.view)].name)' "
                    + "has \(Int32(bitPattern: values[place])) at entry \(place % max(1, row)) of '\(tensor.name)'; "
                    + "its schema allows 0 to \(limit - 1)")
        }
    }
}
