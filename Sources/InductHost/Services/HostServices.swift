// SPDX-License-Identifier: Apache-2.0

import CHostThread
import CInduct
import InductCore
import Logging

/// What the host offers to one plugin: its induct_host table, see host.h.
///
/// It lives as long as the process, for the plugin may keep the pointer.
final class HostServices: @unchecked Sendable {
    /// The version of the host, told to plugins and written into runs.
    static let version = "0.1.0"

    /// Who calls, when the log is written outside of any call.
    let label: String
    let log: Logger
    let isCancelled: @Sendable () -> Bool
    let progress: @Sendable (Double, String) -> Void
    /// Asked when a plugin asks.
    let kernels: @Sendable () -> UnsafePointer<induct_kernels>?
    /// The library whose functions are the plugin; nil for plugins with code of their own.
    let foreign: ForeignLibrary?

    init(
        label: String, log: Logger, kernels: @escaping @Sendable () -> UnsafePointer<induct_kernels>?,
        isCancelled: @escaping @Sendable () -> Bool, progress: @escaping @Sendable (Double, String) -> Void,
        foreign: ForeignLibrary? = nil
    ) {
        self.foreign = foreign
        self.label = label
        self.log = log
        self.kernels = kernels
        self.isCancelled = isCancelled
        self.progress = progress
    }

    /// A table that forwards to these services; both stay for the rest of the process.
    func makeTable() -> UnsafePointer<induct_host> {
        let table = UnsafeMutablePointer<induct_host>.allocate(capacity: 1)
        var host = induct_host()
        host.struct_size = UInt32(MemoryLayout<induct_host>.size)
        host.abi_major = INDUCT_ABI_MAJOR
        host.abi_minor = INDUCT_ABI_MINOR
        host.name = Self.permanent("induct")
        host.version = Self.permanent(Self.version)
        host.context = Unmanaged.passRetained(self).toOpaque()
        host.get_extension = { host, id in
            guard let id, String(cString: id) == INDUCT_HOST_KERNELS else { return nil }
            return HostServices.of(host)?.kernels().map { UnsafeRawPointer($0) }
        }
        host.log = { host, level, message in
            guard let services = HostServices.of(host), let message else { return }
            services.write(level: level, message: message)
        }
        host.is_cancelled = { HostServices.of($0)?.isCancelled() == true ? 1 : 0 }
        host.progress = { host, fraction, message in
            let text = message.map { String(cString: $0) } ?? ""
            HostServices.of(host)?.progress(min(1, max(0, fraction)), text)
        }
        host.parallel_for = { _, count, grain, chunk, context in
            guard let chunk else { return }
            let grain = max(1, grain)
            var first: UInt64 = 0
            while first < count {
                let size = min(grain, count - first)
                chunk(context, first, size, 0)
                first += size
            }
        }
        host.scratch = { _, size in host_scratch(size) }
        table.initialize(to: host)
        return UnsafePointer(table)
    }

    private func write(level: Int32, message: UnsafePointer<CChar>) {
        let current = host_call_current()
        let plugin = current.plugin.map { String(cString: $0) } ?? label
        let text = Logger.Message(stringLiteral: "\(plugin): \(String(cString: message))")
        switch level {
        case ..<INDUCT_LOG_INFO: log.debug(text)
        case INDUCT_LOG_INFO: log.info(text)
        case INDUCT_LOG_WARNING: log.warning(text)
        default: log.error(text)
        }
    }

    static func of(_ host: UnsafePointer<induct_host>?) -> HostServices? {
        guard let context = host?.pointee.context else { return nil }
        return Unmanaged<HostServices>.fromOpaque(context).takeUnretainedValue()
    }

    private static func permanent(_ text: String) -> UnsafePointer<CChar> {
        let bytes = UnsafeMutablePointer<CChar>.allocate(capacity: text.utf8.count + 1)
        for (i, byte) in text.utf8.enumerated() { bytes[i] = CChar(bitPattern: byte) }
        bytes[text.utf8.count] = 0
        return UnsafePointer(bytes)
    }
}
