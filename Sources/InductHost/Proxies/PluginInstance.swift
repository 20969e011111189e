// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// An instance that a plugin has created, with the children it borrows; destroyed when the last user lets go, before its
/// children.
final class PluginInstance<Table>: @unchecked Sendable {
    typealias Handle = UnsafePointer<Table>
    typealias Destroy = (Handle) -> Void

    /// The plugin's own pointer, its `self`.
    let handle: Handle
    /// What the plugin's table says, as this host knows it.
    let table: Table
    let gate: CallGate
    private let destroy: Destroy?
    /// Whatever has to live as long: the library, or the worker.
    private let owner: any AnyObject & Sendable
    private let children: [any ChildProxy]

    /// Takes over what `create` gave.
    init(
        handle: Handle, name: String, minimum: Int, destroy: (Table) -> Destroy?, gate: CallGate,
        owner: any AnyObject & Sendable, children: [any ChildProxy]
    ) throws(TableDefect) {
        self.handle = handle
        self.gate = gate
        self.owner = owner
        self.children = children
        table = try Negotiation.read(handle, name, minimum: minimum)
        self.destroy = destroy(table)
    }

    deinit {
        guard let destroy else { return }
        let handle = handle
        gate.enter("destroy") { destroy(handle) }
    }
}

typealias SourceInstance = PluginInstance<induct_source>

extension PluginInstance where Table == induct_source {
    typealias Fill =
        @convention(c) (
            UnsafePointer<induct_source>?, UnsafePointer<induct_source_fill>?, UnsafeMutablePointer<induct_error>?
        ) -> induct_status

    func getExtension(_ id: String) -> UnsafeRawPointer? {
        guard let function = table.get_extension else { return nil }
        return gate.enter("get_extension") { function(handle, id) }
    }
}
