// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// Carries out the calls of an induct_source of the host's own.
protocol SourceCalls: AnyObject {
    func fill(_ call: UnsafePointer<induct_source_fill>?, _ error: UnsafeMutablePointer<induct_error>?)
        -> induct_status
    func evaluate(_ call: UnsafePointer<induct_source_oracle_call>?, _ error: UnsafeMutablePointer<induct_error>?)
        -> induct_status
    func entropy(
        _ length: Int64, _ entropy: UnsafeMutablePointer<Double>?,
        _ summary: UnsafeMutablePointer<induct_source_theory_summary>?, _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status
}

/// An induct_source of the host's own: what it delivers is stated, what it does is done by `calls`.
final class SourceTable: @unchecked Sendable {
    private unowned(unsafe) var calls: (any SourceCalls)?
    private let arena = Arena()
    private let schema: UnsafePointer<induct_schema>
    private let views: [UnsafePointer<induct_view>]
    private let oracle: UnsafePointer<induct_source_oracle>?
    private let theory: UnsafePointer<induct_source_theory>?
    private let hmm: UnsafePointer<induct_source_hmm>?
    private let labelledExamples: UnsafePointer<induct_source_labelled_examples>?
    private let table: UnsafeMutablePointer<induct_source>

    var handle: UnsafePointer<induct_source> { UnsafePointer(table) }

    /// The table; valid as long as this object.
    init(_ source: SourceRecord) {
        let arena = arena
        schema = arena.copy(schema: source.schema)
        views = source.views.map {
            var view = induct_view()
            view.struct_size = UInt32(MemoryLayout<induct_view>.size)
            view.name = arena.copy(text: $0.name)
            view.count = $0.count ?? 0
            return UnsafePointer(arena.copy(view))
        }
        oracle = source.oracle.map {
            var oracle = induct_source_oracle()
            oracle.struct_size = UInt32(MemoryLayout<induct_source_oracle>.size)
            oracle.belief_size = UInt32(clamping: $0.beliefSize)
            oracle.component_count = UInt32(clamping: $0.componentCount)
            oracle.evaluate = { handle, call, error in
                SourceTable.of(handle)?.calls?.evaluate(call, error) ?? INDUCT_INVALID_ARGUMENT
            }
            return UnsafePointer(arena.copy(oracle))
        }
        if source.hasTheory {
            var table = induct_source_theory()
            table.struct_size = UInt32(MemoryLayout<induct_source_theory>.size)
            table.entropy = { handle, length, entropy, summary, error in
                SourceTable.of(handle)?.calls?.entropy(length, entropy, summary, error) ?? INDUCT_INVALID_ARGUMENT
            }
            theory = UnsafePointer(arena.copy(table))
        } else {
            theory = nil
        }
        hmm = source.hmm.map { arena.copy(hmm: $0) }
        labelledExamples = source.labelledExamples.map { arena.copy(law: $0) }
        table = arena.allocate(induct_source.self, count: 1)
        table.pointee.struct_size = UInt32(MemoryLayout<induct_source>.size)
        table.pointee.instance = Unmanaged.passUnretained(self).toOpaque()
        table.pointee.destroy = { _ in }
        table.pointee.schema = { SourceTable.of($0)?.schema }
        table.pointee.view = { handle, index in
            guard let table = SourceTable.of(handle), Int(index) < table.views.count else { return nil }
            return table.views[Int(index)]
        }
        table.pointee.fill = { handle, call, error in
            SourceTable.of(handle)?.calls?.fill(call, error) ?? INDUCT_INVALID_ARGUMENT
        }
        table.pointee.get_extension = { handle, id in
            guard let table = SourceTable.of(handle), let id else { return nil }
            switch String(cString: id) {
            case INDUCT_SOURCE_ORACLE: return table.oracle.map { UnsafeRawPointer($0) }
            case INDUCT_SOURCE_THEORY: return table.theory.map { UnsafeRawPointer($0) }
            case INDUCT_SOURCE_HMM: return table.hmm.map { UnsafeRawPointer($0) }
            case INDUCT_SOURCE_LABELLED_EXAMPLES: return table.labelledExamples.map { UnsafeRawPointer($0) }
            default: return nil
            }
        }
    }

    /// From now on `calls` does what is asked; it keeps the table, and not the other way round.
    func serve(_ calls: any SourceCalls) { self.calls = calls }

    private static func of(_ handle: UnsafePointer<induct_source>?) -> SourceTable? {
        guard let instance = handle?.pointee.instance else { return nil }
        return Unmanaged<SourceTable>.fromOpaque(instance).takeUnretainedValue()
    }
}

extension Arena {
    /// A hidden Markov model as plugins read it; it lives as long as the arena.
    func copy(hmm: SourceHMM) -> UnsafePointer<induct_source_hmm> {
        var table = induct_source_hmm()
        table.struct_size = UInt32(MemoryLayout<induct_source_hmm>.size)
        table.states = UInt32(hmm.states)
        table.tokens = UInt32(hmm.tokens)
        table.component_count = UInt32(hmm.componentCount)
        table.transition = UnsafePointer(copy(hmm.transition))
        table.start = UnsafePointer(copy(hmm.start))
        table.right = hmm.right.map { UnsafePointer(copy($0)) }
        table.component_of_state = hmm.componentOfState.map { UnsafePointer(copy($0.map(UInt32.init))) }
        return UnsafePointer(copy(table))
    }
}
