// SPDX-License-Identifier: Apache-2.0

import InductCore

/// A bigram model that counts the rows it was asked about.
final class CountingBigram: Architecture, @unchecked Sendable {
    private let inner = BigramArchitecture(vocabulary: 3)
    private(set) var rows = 0

    var spec: String { inner.spec }
    var output: OutputKind { inner.output }
    var parameters: [ParameterDescription] { inner.parameters }
    var isDifferentiable: Bool { true }
    var isOnline: Bool { false }
    var activations: [Point] { inner.activations }
    var attention: [Point] { [] }
    var interventions: [Point] { [] }

    func workspaceSize(mode: PassMode, count: Int, length: Int) -> Int {
        inner.workspaceSize(mode: mode, count: count, length: length)
    }

    func forward(_ pass: borrowing Pass) throws(PluginFailure) {
        rows += pass.count
        try inner.forward(pass)
    }

    func backward(_ pass: borrowing Pass) throws(PluginFailure) { try inner.backward(pass) }
    func observe(_ observation: Observation) throws(PluginFailure) {}
}
