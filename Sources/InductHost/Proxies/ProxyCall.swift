// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// The way from a parent plugin through the host to its child.
enum ProxyCall {
    /// The parent's call struct as this host knows it.
    static func read<Call>(
        _ pointer: UnsafePointer<Call>?, _ name: String, _ gate: CallGate
    ) throws(PluginFailure) -> Call {
        do throws(TableDefect) {
            return try Negotiation.read(pointer, name, minimum: 8)
        } catch {
            throw gate.failure(
                "call", status: INDUCT_INVALID_ARGUMENT, message: "the caller is wrong: \(error.message)")
        }
    }

    /// Runs the child's call and puts what goes wrong into the parent's error.
    static func answer(
        _ error: UnsafeMutablePointer<induct_error>?, _ body: () throws(PluginFailure) -> Void
    ) -> induct_status {
        do throws(PluginFailure) {
            try body()
            return INDUCT_OK
        } catch let failure {
            return PluginStatus.report(failure, to: error)
        }
    }
}
