// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// A source as a child of another plugin's part.
final class SourceProxy: ChildProxy, @unchecked Sendable {
    let source: PluginSource
    private let arena = Arena()
    private let schema: UnsafePointer<induct_schema>
    private let views: [UnsafePointer<induct_view>]
    private let oracle: UnsafePointer<induct_source_oracle>?
    private let theory: UnsafePointer<induct_source_theory>?
    private let hmm: UnsafePointer<induct_source_hmm>?
    private let table: UnsafeMutablePointer<induct_source>

    var kind: PluginKind { .source }
    var spec: PluginSpec { source.resolvedSpec }
    var handle: UnsafeRawPointer { UnsafeRawPointer(table) }

    init(_ source: PluginSource) {
        self.source = source
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
            oracle.belief_size = UInt32($0.beliefSize)
            oracle.component_count = UInt32($0.componentCount)
            oracle.evaluate = SourceProxy.evaluateOracle
            return UnsafePointer(arena.copy(oracle))
        }
        theory = source.theory.map { _ in
            var theory = induct_source_theory()
            theory.struct_size = UInt32(MemoryLayout<induct_source_theory>.size)
            theory.entropy = SourceProxy.entropy
            return UnsafePointer(arena.copy(theory))
        }
        hmm = source.hmm.map { arena.copy(hmm: $0) }
        table = arena.allocate(induct_source.self, count: 1)
        table.pointee.struct_size = UInt32(MemoryLayout<induct_source>.size)
        table.pointee.instance = Unmanaged.passUnretained(self).toOpaque()
        table.pointee.destroy = { _ in }
        table.pointee.schema = { SourceProxy.of($0)?.schema }
        table.pointee.view = { handle, index in
            guard let proxy = SourceProxy.of(handle), Int(index) < proxy.views.count else { return nil }
            return proxy.views[Int(index)]
        }
        table.pointee.fill = SourceProxy.fill
        table.pointee.get_extension = { handle, id in
            guard let proxy = SourceProxy.of(handle), let id else { return nil }
            switch String(cString: id) {
            case INDUCT_SOURCE_ORACLE: return proxy.oracle.map { UnsafeRawPointer($0) }
            case INDUCT_SOURCE_THEORY: return proxy.theory.map { UnsafeRawPointer($0) }
            case INDUCT_SOURCE_HMM: return proxy.hmm.map { UnsafeRawPointer($0) }
            default: return nil
            }
        }
    }

    private static func of(_ handle: UnsafePointer<induct_source>?) -> SourceProxy? {
        guard let instance = handle?.pointee.instance else { return nil }
        return Unmanaged<SourceProxy>.fromOpaque(instance).takeUnretainedValue()
    }

    private static let fill: SourceInstance.Fill = { handle, call, error in
        guard let proxy = SourceProxy.of(handle) else { return INDUCT_INVALID_ARGUMENT }
        return ProxyCall.answer(error) { () throws(PluginFailure) in
            try proxy.source.fill(try ProxyCall.read(call, "induct_source_fill", proxy.source.instance.gate))
        }
    }

    private static let evaluateOracle: PluginOracle.Evaluate = { handle, call, error in
        guard let proxy = SourceProxy.of(handle), let oracle = proxy.source.oracle as? PluginOracle else {
            return INDUCT_INVALID_ARGUMENT
        }
        return ProxyCall.answer(error) { () throws(PluginFailure) in
            try oracle.evaluate(try ProxyCall.read(call, "induct_source_oracle_call", oracle.instance.gate))
        }
    }

    private static let entropy: PluginTheory.Entropy = { handle, length, entropy, summary, error in
        guard let proxy = SourceProxy.of(handle), let theory = proxy.source.theory as? PluginTheory else {
            return INDUCT_INVALID_ARGUMENT
        }
        return ProxyCall.answer(error) { () throws(PluginFailure) in
            try theory.entropy(length: length, into: entropy, summary: summary)
        }
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
