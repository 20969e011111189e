// SPDX-License-Identifier: Apache-2.0

import CHostThread
import CInduct
import InductCore

/// The C side of a foreign part: its table, what its calls return, and the name that a crash is reported under.
final class ForeignTables<Table>: @unchecked Sendable {
    let arena = Arena()
    let table: UnsafeMutablePointer<Table>
    var schema: UnsafePointer<induct_schema>?
    var views: [UnsafePointer<induct_view>] = []
    var needs: [UnsafePointer<induct_need>] = []
    private let plugin: UnsafePointer<CChar>
    private let call: UnsafePointer<CChar>

    init(plugin: String, call: String) {
        table = arena.allocate(Table.self, count: 1)
        self.plugin = arena.copy(text: plugin)
        self.call = arena.copy(text: call)
    }

    /// Runs calls of the library, named for the case of a crash, and turns a failure into a status.
    func report(
        _ place: UnsafeMutablePointer<induct_error>?, _ body: () throws(ForeignFailure) -> Void
    ) -> induct_status {
        let outer = host_call_enter(plugin, call)
        defer { host_call_leave(outer) }
        return ForeignLibrary.answer(place, body)
    }
}
