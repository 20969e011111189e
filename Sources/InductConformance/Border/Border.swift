// SPDX-License-Identifier: Apache-2.0

import CHostThread
package import CInduct
import Glibc
package import InductCore
package import InductHost
import Synchronization

/// Where host and plugin meet, for the checks: calls cross it as another host might make them, and what the plugin does
/// to memory and errors is watched.
///
/// Without changes a plugin notices nothing of it but that the data of its tensors is aligned to elements only, which the
/// ABI allows.
package final class Border: TableInterposer, @unchecked Sendable {
    /// How the calls differ from those that the host would make.
    struct Changes: Sendable {
        /// Of induct_create.
        var create = StructSize.own
        /// Of induct_source_fill, induct_pass and induct_evaluation_batch.
        var call = StructSize.own
        /// Of induct_error.
        var error = StructSize.own
        /// In place of the configuration that was checked.
        var config: String?
        /// What the host offers, made of its own table.
        var services: (@Sendable (UnsafePointer<induct_host>) -> Services)?
        /// Whether a rounding mode, upward = 1 or to nearest = 0, and errno = 4242 must come back from every call.
        var watchedRounding: Int32?
    }

    /// Something that the plugin must not do.
    struct Violation: Sendable {
        enum Kind: Sendable {
            /// Memory was written that it was not given for writing.
            case memory
            /// A failing call says nothing, or what it says is no text.
            case message
            /// An extension id that nobody knows has an answer.
            case extensions
            /// The rounding mode or errno came back changed.
            case modes
            /// Another process was started.
            case processes
        }

        var kind: Kind
        var text: String
    }

    /// Changed by a check between calls, while no call is made.
    var changes = Changes()
    private let found = Mutex<[Violation]>([])
    private let offered = Mutex<Services?>(nil)
    private let seen = Mutex(Seen())

    private struct Seen {
        var configuration: String?
        var longestCall = 0.0
    }

    private let process = getpid()

    package init() {}

    /// The last configuration that was created from.
    var configuration: String? { seen.withLock { $0.configuration } }

    /// Seconds of the longest call since services were changed.
    var longestCall: Double { seen.withLock { $0.longestCall } }

    /// What the plugin was offered last in place of the host's services.
    var services: Services? { offered.withLock { $0 } }

    /// The first of what was found of a kind.
    func violation(_ kind: Violation.Kind) -> String? {
        found.withLock { $0.first { $0.kind == kind }?.text }
    }

    func note(_ kind: Violation.Kind, _ text: String) {
        found.withLock { if $0.count < 64 { $0.append(Violation(kind: kind, text: text)) } }
    }

    /// Notes what was written beside guarded memory, and what was changed that is for reading.
    func compare(_ call: String, guarded: [(name: String, memory: GuardedMemory)], read: [ReadOnlyMemory?]) {
        for (name, memory) in guarded where !memory.isIntact {
            note(.memory, "\(call) writes beside '\(name)'; stay within the elements that the call gives")
        }
        for memory in read.compactMap({ $0 }) where !memory.isUnchanged {
            note(.memory, "\(call) changes '\(memory.name)', which is for reading only")
        }
    }

    /// Makes a call with an error of the border's own, looks at what was said, and tells the host.
    func withError(
        _ call: String, _ error: UnsafeMutablePointer<induct_error>?,
        _ body: (UnsafeMutablePointer<induct_error>) -> induct_status
    ) -> induct_status {
        var blank = induct_error()
        blank.struct_size = UInt32(MemoryLayout<induct_error>.size)
        let status = withStruct(&blank, as: changes.error) { given in
            let own = UnsafeMutablePointer(mutating: given)
            let known = min(Int(own.pointee.struct_size), MemoryLayout<induct_error>.size)
            let memory = GuardedMemory(bytes: known, copying: own)
            // The first byte of the message is NUL, the others are not.
            memset(memory.data + Self.messageOffset + 1, 0x7e, known - Self.messageOffset - 1)
            let status = watched(call) { body(memory.data.assumingMemoryBound(to: induct_error.self)) }
            compare(call, guarded: [("error", memory)], read: [])
            if status != INDUCT_OK { look(at: memory, known: known, call: call, status: status, error) }
            return status
        }
        return status
    }

    /// Makes a call and looks at its time, and at the modes that it must keep.
    private func watched(_ call: String, _ body: () -> induct_status) -> induct_status {
        let watch = changes.services == nil ? nil : Stopwatch()
        let rounding = changes.watchedRounding
        // A call within another's, of a child, leaves the outer call's mode as it was.
        let before = host_rounding()
        if let rounding {
            host_set_rounding(rounding)
            errno = 4242
        }
        let status = body()
        // A copy of this process that the plugin has made must not go on as if it were the check.
        if getpid() != process { _exit(0) }
        if let rounding {
            let (isKept, number) = (host_rounding() == rounding, errno)
            host_set_rounding(before)
            if !isKept { note(.modes, "\(call) changes the rounding mode; set it back") }
            if number != 4242 {
                note(.modes, "\(call) changes errno to \(number); put it back, the C library's functions set it")
            }
        }
        // What comes back from the call is the plugin's errno, and not that of this look for children.
        let left = errno
        if waitpid(-1, nil, WNOHANG) >= 0 { note(.processes, "\(call) starts another process") }
        errno = left
        if let seconds = watch?.seconds { seen.withLock { $0.longestCall = max($0.longestCall, seconds) } }
        return status
    }

    /// The message of a failing call: it must be there, end, and be text.
    private func look(
        at memory: GuardedMemory, known: Int, call: String, status: induct_status,
        _ error: UnsafeMutablePointer<induct_error>?
    ) {
        let bytes = UnsafeRawBufferPointer(start: memory.data, count: known).dropFirst(Self.messageOffset)
        let text = bytes.prefix { $0 != 0 }
        if !(1...16).contains(status) {
            note(.message, "\(call) gives the status \(status), which abi.h does not know")
        }
        if text.count == bytes.count {
            note(.message, "\(call) fails with a message that does not end within struct_size; end it with a NUL")
        } else if text.isEmpty {
            note(.message, "\(call) fails with status \(status) and no message; say what is wrong and what to do")
        } else if String(validating: text, as: UTF8.self) == nil {
            note(.message, "\(call) fails with a message that is not UTF-8")
        }
        guard let error else { return }
        let target = UnsafeMutableRawPointer(error)
        let room = MemoryLayout<induct_error>.size - Self.messageOffset - 1
        target.storeBytes(of: status, toByteOffset: 4, as: Int32.self)
        for (i, byte) in text.prefix(room).enumerated() {
            target.storeBytes(of: byte, toByteOffset: Self.messageOffset + i, as: UInt8.self)
        }
        target.storeBytes(of: 0, toByteOffset: Self.messageOffset + min(room, text.count), as: UInt8.self)
    }

    private static let messageOffset = 8

    package func create(
        _ kind: PluginKind, _ call: UnsafePointer<induct_create>, _ result: UnsafeMutablePointer<UnsafeRawPointer?>,
        _ error: UnsafeMutablePointer<induct_error>, by create: Create
    ) -> induct_status {
        var changed = call.pointee
        if let make = changes.services, let host = call.pointee.host {
            let services = make(host)
            offered.withLock { $0 = services }
            changed.host = services.table
        }
        if changes.config == nil, let config = call.pointee.config {
            seen.withLock { $0.configuration = String(cString: config) }
        }
        let text = changes.config.map { Array($0.utf8CString) }
        var made: UnsafeRawPointer?
        let status = withError("create", error) { error in
            guard let text else { return withStruct(&changed, as: changes.create) { create($0, &made, error) } }
            return text.withUnsafeBufferPointer { text in
                changed.config = text.baseAddress
                return withStruct(&changed, as: changes.create) { create($0, &made, error) }
            }
        }
        guard status == INDUCT_OK, let made else {
            result.pointee = nil
            return status
        }
        probeExtensions(kind, made)
        switch kind {
        case .source: result.pointee = SourceShim.table(made, self)
        case .architecture, .gate: result.pointee = ModelShim.table(made, self, for: call.pointee)
        case .evaluator: result.pointee = EvaluatorShim.table(made, self)
        }
        return INDUCT_OK
    }

    /// Asks a new instance for extensions that nobody knows.
    private func probeExtensions(_ kind: PluginKind, _ made: UnsafeRawPointer) {
        let ids = [
            "", "induct.\(kind.name)", "induct.\(kind.name).oracle/0", "induct.\(kind.name).activations/99",
            "org.example.unknown/1", String(repeating: "x", count: 5_000), "%s%n",
        ]
        for id in ids {
            let answer: UnsafeRawPointer?
            switch kind {
            case .source:
                let table = made.assumingMemoryBound(to: induct_source.self)
                guard table.pointee.struct_size >= MemoryLayout<induct_source>.size else { return }
                answer = table.pointee.get_extension?(table, id)
            case .architecture, .gate:
                let table = made.assumingMemoryBound(to: induct_architecture.self)
                guard table.pointee.struct_size >= MemoryLayout<induct_architecture>.size else { return }
                answer = table.pointee.get_extension?(table, id)
            case .evaluator: return
            }
            if answer != nil {
                note(.extensions, "get_extension(\"\(id.prefix(40))\") gives something; compare the whole id")
            }
        }
    }
}
