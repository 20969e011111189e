// SPDX-License-Identifier: Apache-2.0

import CInduct

/// A request for the samples `[first, first + count)` of a view.
public struct FillRequest {
    /// Index of the view.
    public let view: Int
    /// Of everything random.
    public let seed: UInt64
    /// Number of the first sample.
    public let first: UInt64
    /// How many samples.
    public let count: Int
    /// Items of a sample.
    public let length: Int
    private let tensors: UnsafePointer<UnsafeMutablePointer<induct_tensor>?>?
    private let tensorCount: Int

    /// The tensor that stands at `index` in the schema; nil when it is not wanted.
    public func tensor(_ index: Int) throws(InductError) -> Tensor? {
        guard index < tensorCount, let record = tensors?[index] else { return nil }
        return try Tensor(record)
    }

    /// Reads the ABI's call struct and holds every tensor against the source's schema.
    init(_ pointer: UnsafePointer<induct_source_fill>?, _ schema: Schema, _ views: [View]) throws(InductError) {
        guard let pointer else { throw InductError(.internal, "the host called fill without a call struct") }
        let call = readGrowable(pointer)
        guard Int(call.view) < views.count else {
            throw InductError(.outOfRange, "view \(call.view) was asked for; there are \(views.count)")
        }
        guard call.length >= 0, call.length <= Int64(Int32.max), schema.maximumLength.map({ call.length <= $0 }) ?? true
        else {
            throw InductError(
                .outOfRange,
                "the length \(call.length) was asked for; it may be 0 to \(schema.maximumLength ?? Int(Int32.max))")
        }
        let (end, overflows) = call.first.addingReportingOverflow(call.count)
        if overflows || views[Int(call.view)].count.map({ end > $0 }) ?? false {
            throw InductError(
                .outOfRange, "samples \(call.first) to \(end) were asked for, beyond the end of the view")
        }
        guard call.tensor_count == schema.tensors.count, let count = Int(exactly: call.count) else {
            throw InductError(
                .internal, "the host gave \(call.tensor_count) tensors; the schema has \(schema.tensors.count)")
        }
        view = Int(call.view)
        seed = call.seed
        first = call.first
        self.count = count
        length = Int(call.length)
        tensors = call.tensors
        tensorCount = Int(call.tensor_count)
        for (index, description) in schema.tensors.enumerated() {
            if let tensor = try tensor(index) { try description.check(tensor, batch: count, length: length) }
        }
    }
}
