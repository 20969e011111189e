// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// A source as a child of another plugin's part.
final class SourceProxy: ChildProxy, SourceCalls, @unchecked Sendable {
    let source: PluginSource
    private let table: SourceTable

    var kind: PluginKind { .source }
    var spec: PluginSpec { source.resolvedSpec }
    var handle: UnsafeRawPointer { UnsafeRawPointer(table.handle) }

    init(_ source: PluginSource) {
        self.source = source
        table = SourceTable(SourceRecord(source))
        table.serve(self)
    }

    func fill(
        _ call: UnsafePointer<induct_source_fill>?, _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        ProxyCall.answer(error) { () throws(PluginFailure) in
            try source.fill(try ProxyCall.read(call, "induct_source_fill", source.instance.gate))
        }
    }

    func evaluate(
        _ call: UnsafePointer<induct_source_oracle_call>?, _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        guard let oracle = source.oracle as? PluginOracle else { return INDUCT_INVALID_ARGUMENT }
        return ProxyCall.answer(error) { () throws(PluginFailure) in
            try oracle.evaluate(try ProxyCall.read(call, "induct_source_oracle_call", oracle.instance.gate))
        }
    }

    func entropy(
        _ length: Int64, _ entropy: UnsafeMutablePointer<Double>?,
        _ summary: UnsafeMutablePointer<induct_source_theory_summary>?, _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        guard let theory = source.theory as? PluginTheory else { return INDUCT_INVALID_ARGUMENT }
        return ProxyCall.answer(error) { () throws(PluginFailure) in
            try theory.entropy(length: length, into: entropy, summary: summary)
        }
    }
}
