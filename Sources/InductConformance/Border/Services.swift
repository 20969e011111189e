// SPDX-License-Identifier: Apache-2.0

import CHostThread
import CInduct
import Glibc
import Synchronization

/// A slot of induct_host, each of which a host may lack.
enum HostSlot: String, CaseIterable, Sendable {
    case getExtension = "get_extension"
    case log
    case isCancelled = "is_cancelled"
    case progress
    case parallelFor = "parallel_for"
    case scratch
}

/// A host's table that lacks some services, or has been asked to stop, and notes who calls what from where.
///
/// It lives as long as the process, for the plugin may keep it.
final class Services: @unchecked Sendable {
    private let original: UnsafePointer<induct_host>
    private let isCancelled: Bool
    private let found = Mutex<[String]>([])
    let table: UnsafePointer<induct_host>

    /// - Parameters:
    ///   - original: forwards what is there
    ///   - missing: slots that are NULL
    ///   - known: what `struct_size` says; nil = the whole
    ///   - isCancelled: what the plugin is told
    init(
        _ original: UnsafePointer<induct_host>, missing: Set<HostSlot> = [], known: Int? = nil,
        isCancelled: Bool = false
    ) {
        self.original = original
        self.isCancelled = isCancelled
        let own = MemoryLayout<induct_host>.size
        let memory = UnsafeMutableRawPointer.allocate(byteCount: own, alignment: 16)
        memset(memory, 0xa5, own)
        table = UnsafePointer(memory.bindMemory(to: induct_host.self, capacity: 1))
        var host = original.pointee
        host.context = Unmanaged.passRetained(self).toOpaque()
        host.struct_size = UInt32(known ?? own)
        host.get_extension = missing.contains(.getExtension) ? nil : { Services.of($0)?.getExtension($1) }
        host.log = missing.contains(.log) ? nil : { Services.of($0)?.log($1, $2) }
        host.is_cancelled = missing.contains(.isCancelled) ? nil : { Services.of($0)?.isCancelled == true ? 1 : 0 }
        host.progress = missing.contains(.progress) ? nil : { Services.of($0)?.progress($1, $2) }
        host.parallel_for = missing.contains(.parallelFor) ? nil : { Services.of($0)?.parallelFor($1, $2, $3, $4) }
        host.scratch = missing.contains(.scratch) ? nil : { Services.of($0)?.scratch($1) }
        withUnsafeBytes(of: host) { bytes in
            if let start = bytes.baseAddress { memory.copyMemory(from: start, byteCount: known ?? own) }
        }
    }

    /// What was called by a thread that must not.
    var violation: String? { found.withLock { $0.first } }

    private static func of(_ host: UnsafePointer<induct_host>?) -> Services? {
        host?.pointee.context.map { Unmanaged<Services>.fromOpaque($0).takeUnretainedValue() }
    }

    /// `parallel_for` and `scratch` belong to the thread of the current call.
    private func requireCall(_ service: String) {
        guard host_call_current().plugin == nil else { return }
        found.withLock {
            $0.append(
                "\(service) is called by a thread that is in no call of the host's; it is [run], for the thread of "
                    + "the current call alone")
        }
    }

    private func getExtension(_ id: UnsafePointer<CChar>?) -> UnsafeRawPointer? {
        original.pointee.get_extension(original, id)
    }

    private func log(_ level: Int32, _ message: UnsafePointer<CChar>?) {
        original.pointee.log(original, level, message)
    }

    private func progress(_ fraction: Double, _ message: UnsafePointer<CChar>?) {
        original.pointee.progress(original, fraction, message)
    }

    /// The last chunk first: chunks have no order that a plugin could count on.
    private func parallelFor(
        _ count: UInt64, _ grain: UInt64, _ chunk: induct_chunk?, _ context: UnsafeMutableRawPointer?
    ) {
        requireCall("parallel_for")
        guard let chunk, count > 0 else { return }
        let grain = max(1, grain)
        for piece in (0...(count - 1) / grain).reversed() {
            chunk(context, piece * grain, min(grain, count - piece * grain), 0)
        }
    }

    private func scratch(_ size: UInt64) -> UnsafeMutableRawPointer? {
        requireCall("scratch")
        return original.pointee.scratch(original, size)
    }
}
