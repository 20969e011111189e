// SPDX-License-Identifier: Apache-2.0

package import CInduct
package import InductCore

/// Stands between the host and the tables of plugins: the conformance checks hand over call structs as other hosts would,
/// and watch what is written where.
///
/// What it gives back takes the place of what the plugin has created; it must answer until its `destroy`.
package protocol TableInterposer: Sendable {
    /// A `create` of the plugin: induct_source **, induct_architecture ** or induct_evaluator ** without its type.
    typealias Create = (
        UnsafePointer<induct_create>, UnsafeMutablePointer<UnsafeRawPointer?>, UnsafeMutablePointer<induct_error>
    ) -> induct_status

    /// Calls `create` and puts what shall be used into `result`.
    func create(
        _ kind: PluginKind, _ call: UnsafePointer<induct_create>, _ result: UnsafeMutablePointer<UnsafeRawPointer?>,
        _ error: UnsafeMutablePointer<induct_error>, by create: Create
    ) -> induct_status
}

extension PluginHost {
    /// Calls a factory's `create`, through the interposer where there is one.
    func create<Table>(
        _ kind: PluginKind, _ call: UnsafePointer<induct_create>, _ error: UnsafeMutablePointer<induct_error>,
        into handle: inout UnsafePointer<Table>?,
        by create: (
            UnsafePointer<induct_create>, UnsafeMutablePointer<UnsafePointer<Table>?>,
            UnsafeMutablePointer<induct_error>
        ) -> induct_status
    ) -> induct_status {
        guard let interposer = options.interposer else { return create(call, &handle, error) }
        var result: UnsafeRawPointer?
        let status = interposer.create(kind, call, &result, error) { call, result, error in
            var made: UnsafePointer<Table>?
            let status = create(call, &made, error)
            result.pointee = UnsafeRawPointer(made)
            return status
        }
        handle = result?.assumingMemoryBound(to: Table.self)
        return status
    }
}
