// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore
import Logging
import Synchronization

/// A part of a plugin in a process of its own, as its tables call it.
///
/// Whatever becomes of the process is an error of the call. A call that depends on its arguments alone is made once more, in
/// a fresh process.
final class IsolatedWorker: Sendable {
    /// What is the same for all workers of a host.
    struct Surroundings: Sendable {
        var limit: Double
        var isCancelled: @Sendable () -> Bool
        var log: Logger
    }

    /// Who is called: "org.example.coins/biased-coin".
    let plugin: String
    private let launch: WorkerLaunch
    private let creation: JSON
    private let surroundings: Surroundings
    private let connection = Mutex<WorkerConnection?>(nil)

    init(plugin: String, launch: WorkerLaunch, creation: JSON, _ surroundings: Surroundings) {
        self.plugin = plugin
        self.launch = launch
        self.creation = creation
        self.surroundings = surroundings
    }

    /// Starts the process and has it create the part.
    ///
    /// - Returns: what the worker says of the part, and whether its calls may run side by side.
    func open() throws(PluginFailure) -> (answer: JSON, tail: NumberTail, isParallel: Bool) {
        let (connection, answer, tail) = try connect().get()
        self.connection.withLock { $0 = connection }
        return (answer, tail, connection.isParallel)
    }

    /// Lets the process go.
    func close() { connection.withLock { $0 = nil } }

    /// One call, whose status it gives; where that is not 0, `error` says why.
    ///
    /// The message has `text` and what `compose` puts into it, perhaps twice; `read` looks at the answer. Allocates nothing when
    /// it succeeds.
    func call(
        _ call: WorkerCall, _ error: UnsafeMutablePointer<induct_error>?, text: String? = nil,
        _ compose: (CallMessage) -> Void = { _ in }, read: (WorkerChannel) throws(TableDefect) -> Void = { _ in }
    ) -> induct_status {
        var failed: WorkerConnection?
        var loss = ""
        while true {
            let connection: WorkerConnection
            switch current(after: failed, isPure: call.isPure) {
            case .success(let found): connection = found
            case .failure(let failure):
                let message = failed == nil ? failure.message : "\(loss), and a fresh one failed: \(failure.message)"
                return report(failure.status, message, to: error)
            }
            switch attempt(call, connection, text, compose, read) {
            case .done: return INDUCT_OK
            case .refused(let status, let message): return report(status, message, to: error)
            case .lost(let reason):
                guard call.isPure, failed == nil else {
                    let again = failed == nil ? "" : ", and so it was when the call was repeated in a fresh process"
                    return report(INDUCT_UNAVAILABLE, reason + again, to: error)
                }
                surroundings.log.warning("\(plugin): \(reason) in \(call.name); it is repeated in a fresh process")
                failed = connection
                loss = reason
            }
        }
    }

    /// What came of asking once.
    private enum Outcome {
        case done
        case refused(status: Int32, message: String)
        case lost(String)
    }

    private func attempt(
        _ call: WorkerCall, _ connection: WorkerConnection, _ text: String?, _ compose: (CallMessage) -> Void,
        _ read: (WorkerChannel) throws(TableDefect) -> Void
    ) -> Outcome {
        do throws(WorkerFault) {
            let channel = try connection.take()
            channel.message.begin(text: text)
            compose(channel.message)
            let status = try connection.exchange(call, channel)
            channel.message.copyBack()
            var outcome = Outcome.done
            if status == INDUCT_OK {
                do throws(TableDefect) {
                    try read(channel)
                } catch {
                    outcome = .refused(status: INDUCT_INTERNAL, message: error.message)
                }
            } else {
                outcome = .refused(status: status, message: channel.text)
            }
            connection.give(channel)
            return outcome
        } catch {
            return outcome(of: error, connection)
        }
    }

    private func outcome(of fault: WorkerFault, _ connection: WorkerConnection) -> Outcome {
        switch fault {
        case .refused(let status, let message): .refused(status: status, message: message)
        case .lost(let loss): .lost(connection.lose(loss))
        }
    }

    /// The connection as it is, or, for a call that may be made again, a new one in place of one that was lost.
    private func current(
        after failed: WorkerConnection?, isPure: Bool
    ) -> Result<WorkerConnection, PluginFailure> {
        connection.withLock { connection in
            if let found = connection, found !== failed, !found.isLost { return .success(found) }
            guard isPure else {
                return .failure(
                    PluginFailure(
                        plugin: plugin, call: "call", status: INDUCT_UNAVAILABLE,
                        message: "its process has ended before"))
            }
            return connect().map { fresh in
                connection = fresh.0
                return fresh.0
            }
        }
    }

    private func connect() -> Result<(WorkerConnection, JSON, NumberTail), PluginFailure> {
        func failure(_ status: Int32, _ message: String) -> PluginFailure {
            PluginFailure(plugin: plugin, call: "create", status: status, message: message)
        }
        let connection: WorkerConnection
        do throws(TableDefect) {
            connection = try WorkerConnection(
                launch, limit: surroundings.limit, isCancelled: surroundings.isCancelled)
        } catch {
            return .failure(failure(INDUCT_UNAVAILABLE, error.message))
        }
        do throws(WorkerFault) {
            try connection.greet()
            let (answer, tail) = try connection.request(.create, creation)
            connection.isParallel = answer["parallel"]?.bool ?? false
            return .success((connection, answer, tail))
        } catch {
            switch outcome(of: error, connection) {
            case .refused(let status, let message): return .failure(failure(status, message))
            case .lost(let reason): return .failure(failure(INDUCT_UNAVAILABLE, reason))
            case .done: preconditionFailure("a fault is an outcome")
            }
        }
    }

    /// Puts a message into a plugin's error, and into the log where it is too long for that.
    private func report(
        _ status: Int32, _ message: String, to error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        if message.utf8.count > 1015 { surroundings.log.error("\(plugin): \(message)") }
        return PluginStatus.report(status: status, message: message, to: error)
    }
}
