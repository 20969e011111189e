// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductHost
import InductTheory

/// Opens plugins through the host; a source that states a hidden Markov model and no oracle gets the one that follows.
final class OracleDerivingOpener: PluginOpener {
    private let host: PluginHost

    init(_ host: PluginHost) {
        self.host = host
    }

    func resolved(_ spec: PluginSpec, as kind: PluginKind) throws -> PluginSpec {
        try host.resolved(spec, as: kind)
    }

    func source(_ spec: PluginSpec) throws -> any Source {
        try SourceWithOracle.deriving(from: try host.source(spec))
    }

    func architecture(_ spec: PluginSpec, schema: Schema, length: Int) throws -> any Architecture {
        try host.architecture(spec, schema: schema, length: length)
    }

    func gate(_ spec: PluginSpec, schema: Schema, length: Int, experts: Int) throws -> any Architecture {
        try host.gate(spec, schema: schema, length: length, experts: experts)
    }

    func evaluator(_ spec: PluginSpec, schema: Schema, length: Int) throws -> any Evaluator {
        try host.evaluator(spec, schema: schema, length: length)
    }
}
