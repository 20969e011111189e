// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductLab

/// A stretch of a source's samples, made piece by piece.
struct Sampler {
    let source: any Source
    let view: Int
    let seed: UInt64
    let first: UInt64
    let count: Int
    let length: Int

    /// Values of one piece, roughly: 32 MB.
    static let valuesPerPiece = 8 << 20
    /// Fewer where each becomes text, so that an interruption is heeded within a second.
    static let valuesPerText = 1 << 18

    init(source: any Source, view name: String, seed: UInt64, first: UInt64, count: Int, length: Int) throws {
        let views = source.views
        guard let view = views.firstIndex(where: { $0.name == name }) else {
            throw UsageError(
                "\(source.spec) has no view '\(name.prefix(80))'\(suggestion(for: name, among: views.map(\.name))); "
                    + "it has \(views.map(\.name).joined(separator: ", "))")
        }
        if let longest = source.schema.maximumLength, length > longest {
            throw UsageError("\(source.spec) gives at most \(longest) items a sample, not \(length)")
        }
        if let size = views[view].count, first + UInt64(count) > size {
            throw UsageError(
                "the view \(name) of \(source.spec) has \(size) samples: \(first) to \(first + UInt64(count)) is beyond"
            )
        }
        self.source = source
        self.view = view
        self.seed = seed
        self.first = first
        self.count = count
        self.length = length
        try RoomInMemory.check("a sample of \(source.spec)", values: valuesPerSample, bytes: 4)
    }

    /// Values that one sample has, over all its tensors.
    private var valuesPerSample: Int {
        ByteCount.sum(
            source.schema.tensors.map { tensor in
                ByteCount.product(tensor.shape.map { $0.bound(batch: 1, length: length) })
            })
    }

    /// Calls `body` with the samples in order, in pieces of about `values` values; a batch is only valid during the call.
    func forEachBatch(values: Int = Sampler.valuesPerPiece, _ body: (Batch) throws -> Void) throws {
        let piece = max(1, min(count, values / max(1, valuesPerSample)))
        var done = 0
        while done < count {
            guard !Interruption.isAsked else { throw QuietExit(code: ExitStatus.interrupted) }
            let size = min(piece, count - done)
            let batch = Batch(schema: source.schema, count: size, length: length)
            try source.fill(batch, rows: 0..<size, view: view, seed: seed, first: first + UInt64(done))
            try body(batch)
            done += size
        }
    }
}

extension Batch {
    /// A sample's tensors by name.
    func json(row: Int) -> JSON {
        .object(
            zip(schema.tensors, tensors).compactMap { description, tensor in
                tensor.map { JSON.Member(key: description.name, value: $0.json(row: row)) }
            })
    }
}

extension Tensor {
    /// A row as nested lists.
    func json(row: Int) -> JSON {
        let inner = Array(shape.dropFirst())
        var index = row * inner.reduce(1, *)
        func list(_ depth: Int) -> JSON {
            guard depth < inner.count else {
                defer { index += 1 }
                switch type {
                case .float32: return .number(Double(floats[index]))
                case .int32: return .integer(Int64(integers[index]))
                case .float64: return .number(doubles[index])
                }
            }
            return .array((0..<inner[depth]).map { _ in list(depth + 1) })
        }
        return list(0)
    }
}
