// SPDX-License-Identifier: Apache-2.0

import InductCore

/// A batch as a model sees it: filled by a source, and for next-token sources split into inputs and targets.
final class ModelBatch: @unchecked Sendable {
    let source: any Source
    /// As the source fills it.
    let raw: Batch
    /// In the model's order; nil where it is not wanted, or this source has no such information.
    let tensors: [Tensor?]
    let count: Int
    /// Of the model's inputs.
    let length: Int
    private let copies: [Copy]
    /// The samples of the view that training takes; nil: the source fills every batch.
    private var store: SampleStore?

    /// A part of a source's tensor that becomes a tensor of the model, sample by sample.
    fileprivate struct Copy {
        var from: Tensor
        var to: Tensor
        /// Pieces per sample, and their bytes: in the source's tensor, taken of it, and skipped before that.
        var pieces: Int
        var stride: Int
        var taken: Int
        var skipped: Int
    }

    /// Room for `count` samples, of the tensors with a role in `wanted`; `schema` is the model's, bound.
    ///
    /// The source may be another than the model was trained on: tensors go by their descriptions, and what is for evaluators
    /// only may be missing.
    ///
    /// - Throws: `SpecError` for a schema whose tensors cannot be split.
    init(source: any Source, schema: Schema, count: Int, length: Int, wanted: Set<TensorRole>) throws(SpecError) {
        let unbound = source.schema
        let batch = Batch(schema: unbound, count: count, length: unbound.sourceLength(for: length)) {
            wanted.contains($0.role)
        }
        var tensors = batch.tensors
        var copies: [Copy] = []
        if unbound.task == .nextToken {
            for (index, tensor) in unbound.tensors.enumerated() where tensor.shape.contains(.length) {
                guard tensor.shape.firstIndex(of: .length) == tensor.shape.lastIndex(of: .length) else {
                    throw SpecError("the tensor \(tensor.name) of \(source.spec) has two dimensions 'length'")
                }
                guard let from = batch.tensors[index] else { continue }
                let copy = Copy(from, tensor, length: length, skip: tensor.role == .input ? 0 : 1)
                tensors[index] = copy.to
                copies.append(copy)
            }
            guard let tokens = unbound.index(of: "tokens"), let from = batch.tensors[tokens] else {
                throw SpecError("\(source.spec) predicts next tokens but has no tensor named tokens")
            }
            let targets = Copy(from, unbound.tensors[tokens], length: length, skip: 1)
            copies.append(targets)
            tensors.append(targets.to)
        }
        self.source = source
        raw = batch
        let own = unbound.bound(length: length)
        precondition(tensors.count == own.tensors.count, "a batch has the tensors of its source's bound schema")
        self.tensors = schema.tensors.map { tensor in
            own.tensors.firstIndex(of: tensor).flatMap { tensors[$0] }
        }
        self.count = count
        self.length = length
        self.copies = copies
    }

    /// Fills `rows` with neighbouring samples of a view, from `first` on.
    func fill(_ rows: Range<Int>, view: Int, seed: UInt64, first: UInt64) throws(PluginFailure) {
        try source.fill(raw, rows: rows, view: view, seed: seed, first: first)
        split(rows)
    }

    /// Fills `rows` with the samples at neighbouring positions of a stream, from `first` on.
    func fill(
        _ rows: Range<Int>, view: Int, seed: UInt64, order: SampleOrder, first: UInt64
    ) throws(PluginFailure) {
        if order.isContiguous { return try fill(rows, view: view, seed: seed, first: order.sample(first)) }
        func sample(_ row: Int) -> UInt64 { order.sample(first + UInt64(row - rows.lowerBound)) }
        if let store {
            store.copy(to: rows, sample)
        } else {
            for row in rows { try source.fill(raw, rows: row..<row + 1, view: view, seed: seed, first: sample(row)) }
        }
        split(rows)
    }

    /// Takes the first `count` samples of a view from memory from now on; 0: none.
    func keep(_ count: Int, view: Int, seed: UInt64) throws(PluginFailure) {
        store = count > 0 ? try SampleStore(source, for: raw, count: count, view: view, seed: seed) : nil
    }

    /// What the source filled, as the model sees it.
    func split(_ rows: Range<Int>) {
        for copy in copies {
            for piece in rows.lowerBound * copy.pieces..<rows.upperBound * copy.pieces {
                (copy.to.data + piece * copy.taken).copyMemory(
                    from: copy.from.data + (piece * copy.stride + copy.skipped), byteCount: copy.taken)
            }
        }
    }

    var byteCount: Int {
        let own = tensors.compactMap { $0 }.filter { tensor in !raw.tensors.contains { $0 === tensor } }
        return (raw.tensors.compactMap { $0 } + own).map { $0.count * $0.type.stride }.reduce(0, +)
    }

    /// Of the samples kept in memory.
    var storedByteCount: Int { store?.byteCount ?? 0 }

    /// The rows of all tensors.
    func slices(_ rows: Range<Int>) -> [TensorSlice?] {
        tensors.map { $0?.rows(rows.lowerBound, rows.count) }
    }
}

extension ModelBatch.Copy {
    /// Items `[skip, skip + length)` of the dimension `length` of a tensor.
    fileprivate init(_ from: Tensor, _ schema: TensorSchema, length: Int, skip: Int) {
        let dimension = schema.shape.firstIndex(of: .length) ?? 0
        let item = from.shape[(dimension + 1)...].reduce(1, *) * from.type.stride
        var shape = from.shape
        shape[dimension] = length
        self.init(
            from: from, to: Tensor(from.type, shape), pieces: from.shape[1..<dimension].reduce(1, *),
            stride: from.shape[dimension] * item, taken: length * item, skipped: skip * item)
    }
}
