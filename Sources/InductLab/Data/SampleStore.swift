// SPDX-License-Identifier: Apache-2.0

import CProcessor
import InductCore

/// A finite view's samples, filled once and copied from then on: training takes them in a shuffled order, which would be a
/// call of the source for every sample.
final class SampleStore: @unchecked Sendable {
    /// Bytes of samples that are kept at most.
    static let limit = 1 << 30
    /// Samples that the source fills in one call.
    private static let chunk = 1024

    private let samples: Batch
    private let batch: Batch
    private let columns: [Column]

    /// A tensor of the stored samples, the same tensor of the batch, and the bytes of one sample.
    private struct Column {
        var from: UnsafeMutableRawPointer
        var to: UnsafeMutableRawPointer
        var bytes: Int
    }

    /// How many samples a training keeps: those of its view, if they are few enough and the training sees each of them about
    /// once or more; otherwise 0.
    ///
    /// - Parameters:
    ///   - count: Samples of the view; nil: endless.
    ///   - bytes: Of one sample.
    ///   - seen: Samples that the training sees.
    /// - Returns: all, or none.
    static func count(_ count: UInt64?, bytes: Int, seen: Int) -> Int {
        guard let count, count > 0, count <= UInt64(max(seen, 0)), count <= UInt64(limit) else { return 0 }
        return ByteCount.product([Int(count), bytes]) <= limit ? Int(count) : 0
    }

    /// Bytes of one sample of the tensors with a role in `wanted`.
    static func sampleBytes(_ schema: Schema, length: Int, wanted: Set<TensorRole>) -> Int {
        ByteCount.sum(
            schema.tensors.filter { wanted.contains($0.role) }.map { tensor in
                ByteCount.product(tensor.shape.map { $0.bound(batch: 1, length: length) } + [tensor.type.stride])
            })
    }

    /// Fills `count` samples of a view, to be copied into `batch`.
    init(_ source: any Source, for batch: Batch, count: Int, view: Int, seed: UInt64) throws(PluginFailure) {
        let samples = Batch(
            schema: batch.schema, count: count, length: batch.length,
            tensors: batch.tensors.map { $0.map { Tensor($0.type, [count] + $0.shape.dropFirst()) } })
        for first in stride(from: 0, to: count, by: Self.chunk) {
            try source.fill(
                samples, rows: first..<min(first + Self.chunk, count), view: view, seed: seed, first: UInt64(first))
        }
        self.samples = samples
        self.batch = batch
        columns = zip(samples.tensors, batch.tensors).compactMap { from, to in
            guard let from, let to else { return nil }
            return Column(
                from: from.data, to: to.data, bytes: from.shape.dropFirst().reduce(from.type.stride, *))
        }
    }

    /// Copies into each row of the batch the sample that `order` names.
    ///
    /// Shuffled samples lie far apart in memory: each is fetched some rows before it is copied.
    func copy(to rows: Range<Int>, _ order: (_ row: Int) -> UInt64) {
        var ahead = InlineArray<8, Int>(repeating: 0)
        for next in rows.lowerBound..<rows.upperBound + ahead.count {
            let row = next - ahead.count
            if row >= rows.lowerBound { copy(ahead[row % ahead.count], to: row) }
            guard next < rows.upperBound else { continue }
            let sample = Int(order(next))
            for column in columns { processor_prefetch(column.from + sample * column.bytes, column.bytes) }
            ahead[next % ahead.count] = sample
        }
    }

    private func copy(_ sample: Int, to row: Int) {
        for column in columns {
            (column.to + row * column.bytes).copyMemory(
                from: column.from + sample * column.bytes, byteCount: column.bytes)
        }
    }

    var byteCount: Int { columns.reduce(0) { $0 + $1.bytes } * samples.count }
}
