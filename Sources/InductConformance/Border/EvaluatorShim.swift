// SPDX-License-Identifier: Apache-2.0

import CInduct

/// An evaluator's table whose calls go through the border to another's.
final class EvaluatorShim {
    private let original: UnsafePointer<induct_evaluator>
    private let border: Border
    private let own: UnsafeMutablePointer<induct_evaluator>

    private init(_ original: UnsafePointer<induct_evaluator>, _ border: Border) {
        self.original = original
        self.border = border
        own = .allocate(capacity: 1)
        own.initialize(to: induct_evaluator())
    }

    deinit { own.deallocate() }

    /// The table that stands for the plugin's, which has all slots; another is left for the host to refuse.
    static func table(_ made: UnsafeRawPointer, _ border: Border) -> UnsafeRawPointer {
        let original = made.assumingMemoryBound(to: induct_evaluator.self)
        let size = original.pointee.struct_size
        guard size >= MemoryLayout<induct_evaluator>.size else { return made }
        let theirs = original.pointee
        guard theirs.destroy != nil, theirs.need != nil, theirs.begin != nil, theirs.consume != nil,
            theirs.merge != nil, theirs.finish != nil, theirs.discard != nil
        else { return made }
        let shim = EvaluatorShim(original, border)
        var table = induct_evaluator()
        table.struct_size = size
        table.instance = Unmanaged.passRetained(shim).toOpaque()
        table.destroy = { handle in
            guard let shim = EvaluatorShim.of(handle) else { return }
            shim.original.pointee.destroy(shim.original)
            Unmanaged.passUnretained(shim).release()
        }
        table.need = { handle, index in
            EvaluatorShim.of(handle).flatMap { $0.original.pointee.need($0.original, index) }
        }
        table.begin = { handle, accumulator, error in
            guard let shim = EvaluatorShim.of(handle) else { return INDUCT_INTERNAL }
            return shim.border.withError("begin", error) {
                shim.original.pointee.begin(shim.original, accumulator, $0)
            }
        }
        table.consume = { handle, accumulator, batch, error in
            guard let shim = EvaluatorShim.of(handle), let batch else { return INDUCT_INTERNAL }
            return shim.consume(accumulator, batch, error)
        }
        table.merge = { handle, accumulator, other, error in
            guard let shim = EvaluatorShim.of(handle) else { return INDUCT_INTERNAL }
            return shim.border.withError("merge", error) {
                shim.original.pointee.merge(shim.original, accumulator, other, $0)
            }
        }
        table.finish = { handle, accumulator, metrics, error in
            guard let shim = EvaluatorShim.of(handle) else { return INDUCT_INTERNAL }
            return shim.border.withError("finish", error) {
                shim.original.pointee.finish(shim.original, accumulator, metrics, $0)
            }
        }
        table.discard = { handle, accumulator in
            guard let shim = EvaluatorShim.of(handle) else { return }
            shim.original.pointee.discard(shim.original, accumulator)
        }
        shim.own.initialize(to: table)
        return UnsafeRawPointer(shim.own)
    }

    private static func of(_ handle: UnsafePointer<induct_evaluator>?) -> EvaluatorShim? {
        handle?.pointee.instance.map { Unmanaged<EvaluatorShim>.fromOpaque($0).takeUnretainedValue() }
    }

    private func consume(
        _ accumulator: UnsafeMutableRawPointer?, _ batch: UnsafePointer<induct_evaluation_batch>,
        _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        let inputs = Self.inputs(of: batch.pointee)
        let status = border.withError("consume", error) { error in
            withStruct(batch, as: border.changes.call) {
                original.pointee.consume(original, accumulator, $0, error)
            }
        }
        border.compare("consume", guarded: [], read: inputs)
        return status
    }

    /// All that a batch shows.
    private static func inputs(of batch: induct_evaluation_batch) -> [ReadOnlyMemory?] {
        let rows = Int(batch.count) * Int(batch.positions)
        let tensors = (0..<Int(batch.tensor_count)).map { ReadOnlyMemory("tensor \($0)", batch.tensors[$0]) }
        let points = (0..<Int(batch.point_count)).map { ReadOnlyMemory("point \($0)", batch.points[$0]) }
        return tensors + points + [
            ReadOnlyMemory("predictions", batch.predictions, bytes: rows * Int(batch.classes) * 4),
            ReadOnlyMemory("losses", batch.losses, bytes: rows * 4),
            ReadOnlyMemory("oracle", batch.oracle, bytes: rows * Int(batch.classes) * 8),
            ReadOnlyMemory("belief", batch.belief, bytes: rows * Int(batch.belief_size) * 8),
            ReadOnlyMemory("posterior", batch.posterior, bytes: rows * Int(batch.component_count) * 8),
            ReadOnlyMemory("gate", batch.gate, bytes: rows * Int(batch.expert_count) * 4),
            ReadOnlyMemory("expert_losses", batch.expert_losses, bytes: rows * Int(batch.expert_count) * 4),
        ]
    }
}
