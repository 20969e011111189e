// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// An architecture or gate as a child of another plugin's part.
final class ArchitectureProxy: ChildProxy, ArchitectureCalls, @unchecked Sendable {
    let architecture: PluginArchitecture
    private let table: ArchitectureTable

    var kind: PluginKind { architecture.kind }
    var spec: PluginSpec { architecture.resolvedSpec }
    var handle: UnsafeRawPointer { UnsafeRawPointer(table.handle) }

    init(_ architecture: PluginArchitecture) {
        self.architecture = architecture
        table = ArchitectureTable(ArchitectureRecord(architecture), kind: architecture.kind)
        table.serve(self)
    }

    func workspaceSize(mode: PassMode, count: Int, length: Int) -> Int {
        architecture.workspaceSize(mode: mode, count: count, length: length)
    }

    func forward(
        _ pass: UnsafePointer<induct_pass>, _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        ProxyCall.answer(error) { () throws(PluginFailure) in try architecture.forward(pass) }
    }

    func backward(
        _ pass: UnsafePointer<induct_pass>, _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        ProxyCall.answer(error) { () throws(PluginFailure) in try architecture.backward(pass) }
    }

    func observe(
        _ observation: UnsafePointer<induct_observation>, _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        ProxyCall.answer(error) { () throws(PluginFailure) in try architecture.observe(observation) }
    }
}
