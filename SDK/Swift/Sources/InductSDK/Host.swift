// SPDX-License-Identifier: Apache-2.0

import CInduct

/// The services that the host offers.
///
/// Every one of them may be missing; each method says what happens then.
public struct Host: @unchecked Sendable {
    /// How much a line of the log matters.
    public enum Level: Int32, Sendable {
        /// For those who look for a defect.
        case debug = 0
        /// Worth knowing.
        case info
        /// Worth acting on.
        case warning
        /// Something failed.
        case error
    }

    /// The host's own table; NULL when the caller gave none.
    public let pointer: UnsafePointer<induct_host>?
    private let table: induct_host

    /// Wraps a host's table, which outlives every plugin.
    public init(_ pointer: UnsafePointer<induct_host>?) {
        self.pointer = pointer
        table = pointer.map { readGrowable($0) } ?? induct_host()
    }

    /// Writes one line to the log; without a log, nowhere.
    public func log(_ level: Level, _ message: String) {
        guard let pointer, let log = table.log else { return }
        message.withCString { log(pointer, level.rawValue, $0) }
    }

    /// True when the user has asked to stop: throw an `InductError` of status `cancelled` soon.
    public var isCancelled: Bool {
        guard let pointer, let isCancelled = table.is_cancelled else { return false }
        return isCancelled(pointer) != 0
    }

    /// Tells how far a long setup has come, as a fraction in `[0, 1]`.
    public func progress(_ fraction: Double, _ message: String) {
        guard let pointer, let progress = table.progress else { return }
        message.withCString { progress(pointer, fraction, $0) }
    }

    /// An extension of the host, by its id; NULL when it has none.
    public func extensionTable(_ id: String) -> UnsafeRawPointer? {
        guard let pointer, let getExtension = table.get_extension else { return nil }
        return id.withCString { getExtension(pointer, $0) }
    }

    /// The host's numerical kernels, made for this machine's instruction set; nil when the host has none.
    ///
    /// Keep the result: it lives as long as the process. A slot beyond the table's `struct_size` does not exist;
    /// `Kernels` has been read with that in mind, so a missing slot is nil.
    public var kernels: induct_kernels? {
        extensionTable(INDUCT_HOST_KERNELS).map {
            readGrowable($0.assumingMemoryBound(to: induct_kernels.self))
        }
    }

    /// At least `size` bytes, 64-byte aligned, valid until the current call of the plugin returns.
    ///
    /// A second request by the same thread within a call may move the first. nil without memory or service.
    public func scratch(_ size: Int) -> UnsafeMutableRawPointer? {
        guard let pointer, let scratch = table.scratch else { return nil }
        return scratch(pointer, UInt64(size))
    }

    /// Runs `body` over `[0, count)` in pieces of `grain`, by several threads where the host has them.
    ///
    /// The pieces depend on `count` and `grain` only. Returns when all are done. Without the service the calling thread
    /// does all pieces in order.
    ///
    /// - Parameters:
    ///   - count: how many items there are.
    ///   - grain: items of one piece; the last may be shorter. At least 1.
    ///   - body: gets the items of its piece and the number of the worker that does it.
    public func parallelFor(count: Int, grain: Int, _ body: @Sendable (Range<Int>, Int) -> Void) {
        let grain = max(1, grain)
        guard let pointer, let parallelFor = table.parallel_for else {
            var first = 0
            while first < count {
                body(first..<min(count, first + grain), 0)
                first += grain
            }
            return
        }
        withoutActuallyEscaping(body) { body in
            var box = LoopBody(body: body)
            withUnsafeMutablePointer(to: &box) { box in
                parallelFor(
                    pointer, UInt64(max(0, count)), UInt64(grain),
                    { context, first, count, worker in
                        guard let body = context?.assumingMemoryBound(to: LoopBody.self).pointee.body else { return }
                        body(Int(first)..<Int(first + count), Int(worker))
                    }, box)
            }
        }
    }
}

private struct LoopBody {
    let body: @Sendable (Range<Int>, Int) -> Void
}
