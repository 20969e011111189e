// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductCore

/// Samples of a source, byte for byte.
struct Samples {
    let source: any Source
    let length: Int

    /// Samples of `length` items, or as many as the source allows.
    init(_ source: any Source, length: Int = 16) {
        self.source = source
        self.length = min(length, source.schema.maximumLength ?? length)
    }

    /// The batch with the samples `[first, first + count)`, over memory that held `background` in every element.
    ///
    /// - Throws: `CheckSkipped` where the view has fewer, `CheckFailure` where they are too large, and what the plugin gives.
    func batch(
        view: Int = 0, seed: UInt64, first: UInt64 = 0, count: Int, background: Int32 = 0
    ) throws -> Batch {
        let place = source.views[view]
        if let size = place.count, size < first + UInt64(count) {
            throw CheckSkipped("the view '\(place.name)' has \(size) samples, and this takes \(first + UInt64(count))")
        }
        try Room.check(
            "\(count) samples",
            sizes: source.schema.tensors.map { $0.shape.map { $0.bound(batch: count, length: length) } },
            most: Room.mostSamples)
        let batch = Batch(schema: source.schema, count: count, length: length)
        for tensor in batch.tensors {
            // As numbers, so that what is left of them lies within most schemas' limits.
            tensor?.data.initializeMemory(as: Int32.self, repeating: background, count: tensor?.count ?? 0)
        }
        try source.fill(batch, rows: 0..<count, view: view, seed: seed, first: first)
        return batch
    }

    /// The bytes of sample `row` of a batch, all tensors one after the other.
    static func bytes(_ batch: Batch, row: Int) -> [UInt8] {
        batch.tensors.flatMap { tensor -> [UInt8] in
            guard let tensor, batch.count > 0 else { return [] }
            let size = tensor.count * tensor.type.stride / batch.count
            return Array(UnsafeRawBufferPointer(start: tensor.data + row * size, count: size))
        }
    }

    /// The samples of a batch, each by its bytes.
    static func rows(_ batch: Batch) -> [[UInt8]] { (0..<batch.count).map { bytes(batch, row: $0) } }

    /// The first sample of a batch, with the tensor, that is not how the same sample of a longer batch begins: by index in
    /// every dimension, so that what has no dimension for the length must be the same.
    static func firstOther(_ short: Batch, than long: Batch) -> (row: Int, tensor: String)? {
        for (index, description) in short.schema.tensors.enumerated() {
            guard let brief = short.tensors[index], let whole = long.tensors[index] else { continue }
            let shape = description.shape.map { $0.bound(batch: short.count, length: short.length) }
            let wider = description.shape.map { $0.bound(batch: long.count, length: long.length) }
            let size = brief.type.stride
            for place in 0..<brief.count {
                var (rest, other, stride) = (place, 0, 1)
                for (extent, wide) in zip(shape, wider).reversed() {
                    other += rest % extent * stride
                    rest /= extent
                    stride *= wide
                }
                guard memcmp(brief.data + place * size, whole.data + other * size, size) == 0 else {
                    return (place / (brief.count / short.count), description.name)
                }
            }
        }
        return nil
    }

    /// The samples `[first, first + count)`, each by its bytes.
    func rows(
        view: Int = 0, seed: UInt64, first: UInt64 = 0, count: Int, background: Int32 = 0
    ) throws -> [[UInt8]] {
        Self.rows(try batch(view: view, seed: seed, first: first, count: count, background: background))
    }
}

/// The place of the first difference between two lists of samples; nil when there is none.
func firstDifference(_ a: [[UInt8]], _ b: [[UInt8]]) -> Int? {
    if a.count != b.count { return min(a.count, b.count) }
    return a.indices.first { a[$0] != b[$0] }
}
