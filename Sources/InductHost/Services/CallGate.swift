// SPDX-License-Identifier: Apache-2.0

import CHostThread
import CInduct
import InductCore

/// How the host calls one part of a plugin: in turn where the part wants it, with the call named for the case of a crash,
/// and with its status turned into an error.
///
/// Locks. A serial instance has a lock of its own; all serial libraries of a host share one. Instances form trees and each
/// is called by its parent alone, so every thread takes the locks along a tree, from the root down, and no two threads
/// wait for each other; with one lock for each library they could.
final class CallGate: @unchecked Sendable {
    /// Who is called: "org.example.coins/biased-coin".
    let plugin: String
    private let name: UnsafeMutablePointer<CChar>
    private let lock: RecursiveLock?

    init(plugin: String, lock: RecursiveLock?) {
        self.plugin = plugin
        self.lock = lock
        let bytes = plugin.utf8.map { CChar(bitPattern: $0) } + [0]
        name = .allocate(capacity: bytes.count)
        name.initialize(from: bytes, count: bytes.count)
    }

    deinit { name.deallocate() }

    /// Runs a call that has no status.
    ///
    /// The working directory is put back after every call but the frequent ones, where it would take longer than some of
    /// them do.
    func enter<Result>(_ call: StaticString, isFrequent: Bool = false, _ body: () -> Result) -> Result {
        lock?.lock()
        let outer = host_call_enter(name, UnsafeRawPointer(call.utf8Start).assumingMemoryBound(to: CChar.self))
        let result = body()
        host_call_leave(outer)
        if !isFrequent { host_directory_restore() }
        lock?.unlock()
        return result
    }

    /// Runs a call that gives a status and may say why it fails.
    ///
    /// Allocates nothing when it succeeds.
    func run(
        _ call: StaticString, isFrequent: Bool = false,
        _ body: (UnsafeMutablePointer<induct_error>) -> induct_status
    ) throws(PluginFailure) {
        let failure: PluginFailure? = withUnsafeTemporaryAllocation(of: induct_error.self, capacity: 1) { buffer in
            guard let error = buffer.baseAddress else { return nil }
            PluginStatus.prepare(error)
            let status = enter(call, isFrequent: isFrequent) { body(error) }
            guard status != INDUCT_OK else { return nil }
            return self.failure(call, status: status, message: PluginStatus.message(of: error))
        }
        if let failure { throw failure }
    }

    func failure(_ call: StaticString, status: Int32 = INDUCT_INTERNAL, message: String) -> PluginFailure {
        PluginFailure(
            plugin: plugin, call: "\(call)", status: status,
            message: message.isEmpty ? "it gave status \(PluginStatus.name(status)) and no message" : message)
    }
}
