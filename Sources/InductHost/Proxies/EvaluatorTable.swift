// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// Carries out the calls of an induct_evaluator of the host's own.
protocol EvaluatorCalls: AnyObject {
    func begin(
        _ accumulator: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status
    func consume(
        _ accumulator: UnsafeMutableRawPointer?, _ batch: UnsafePointer<induct_evaluation_batch>?,
        _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status
    func merge(
        _ accumulator: UnsafeMutableRawPointer?, _ other: UnsafeRawPointer?,
        _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status
    func finish(
        _ accumulator: UnsafeRawPointer?, _ metrics: UnsafeMutablePointer<induct_metrics>?,
        _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status
    func discard(_ accumulator: UnsafeMutableRawPointer?)
}

/// An induct_evaluator of the host's own: what it needs is stated, what it does is done by `calls`.
final class EvaluatorTable: @unchecked Sendable {
    private unowned(unsafe) var calls: (any EvaluatorCalls)?
    private let arena = Arena()
    private let needs: [UnsafePointer<induct_need>]
    private let table: UnsafeMutablePointer<induct_evaluator>

    var handle: UnsafePointer<induct_evaluator> { UnsafePointer(table) }

    /// The table; valid as long as this object.
    init(needs list: [EvaluationNeed]) {
        let arena = arena
        needs = list.map { arena.copy(need: $0) }
        table = arena.allocate(induct_evaluator.self, count: 1)
        table.pointee.struct_size = UInt32(MemoryLayout<induct_evaluator>.size)
        table.pointee.instance = Unmanaged.passUnretained(self).toOpaque()
        table.pointee.destroy = { _ in }
        table.pointee.need = { handle, index in
            guard let table = EvaluatorTable.of(handle), Int(index) < table.needs.count else { return nil }
            return table.needs[Int(index)]
        }
        table.pointee.begin = { handle, accumulator, error in
            EvaluatorTable.of(handle)?.calls?.begin(accumulator, error) ?? INDUCT_INVALID_ARGUMENT
        }
        table.pointee.consume = { handle, accumulator, batch, error in
            EvaluatorTable.of(handle)?.calls?.consume(accumulator, batch, error) ?? INDUCT_INVALID_ARGUMENT
        }
        table.pointee.merge = { handle, accumulator, other, error in
            EvaluatorTable.of(handle)?.calls?.merge(accumulator, other, error) ?? INDUCT_INVALID_ARGUMENT
        }
        table.pointee.finish = { handle, accumulator, metrics, error in
            EvaluatorTable.of(handle)?.calls?.finish(accumulator, metrics, error) ?? INDUCT_INVALID_ARGUMENT
        }
        table.pointee.discard = { handle, accumulator in EvaluatorTable.of(handle)?.calls?.discard(accumulator) }
    }

    /// From now on `calls` does what is asked; it keeps the table, and not the other way round.
    func serve(_ calls: any EvaluatorCalls) { self.calls = calls }

    private static func of(_ handle: UnsafePointer<induct_evaluator>?) -> EvaluatorTable? {
        guard let instance = handle?.pointee.instance else { return nil }
        return Unmanaged<EvaluatorTable>.fromOpaque(instance).takeUnretainedValue()
    }
}

extension Arena {
    /// A need as plugins read it; it lives as long as the arena.
    func copy(need: EvaluationNeed) -> UnsafePointer<induct_need> {
        var table = induct_need()
        table.struct_size = UInt32(MemoryLayout<induct_need>.size)
        table.stream = UInt32(need.stream.rawValue)
        table.view = need.view.map { copy(text: $0) }
        table.items = need.items.rawValue
        table.point_count = UInt32(need.points.count)
        let points: [UnsafePointer<CChar>?] = need.points.map { copy(text: $0) }
        table.points = points.isEmpty ? nil : UnsafePointer(copy(points))
        table.optional_items = need.optionalItems.rawValue
        table.parameters = UInt32(need.parameters.rawValue)
        return UnsafePointer(copy(table))
    }
}
