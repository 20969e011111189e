// SPDX-License-Identifier: Apache-2.0

import CInduct
import Glibc
import InductCore

/// A request as it is put together: the header, text, and binary records whose pointers have become places in shared
/// memory.
///
/// Memory that is not shared, of parents in other plugins say, is copied to shared memory and, where it is written, back.
/// Once its buffers have grown, a message allocates nothing.
final class CallMessage {
    enum Access {
        case read
        case write
    }

    private struct Copy {
        var shared: UnsafeMutableRawPointer
        var own: UnsafeMutableRawPointer
        var bytes: Int
    }

    private(set) var bytes: UnsafeMutableRawPointer
    private(set) var count = 0
    private var capacity = 1 << 14
    private var textCount = 0
    /// Whether there was shared memory enough.
    private(set) var isComplete = true

    private var regions: [SharedMemory.Region] = []
    private var version = -1
    /// The numbers of the regions that the message names.
    private(set) var named: [UInt32] = []
    /// Those of them in which the worker writes.
    private(set) var written: [UInt32] = []
    private var stages: [TensorMemory] = []
    private var staged = 0
    private var copiesBack: [Copy] = []

    init() {
        bytes = .allocate(byteCount: capacity, alignment: 16)
        named.reserveCapacity(16)
        written.reserveCapacity(16)
    }

    deinit { bytes.deallocate() }

    /// Begins anew.
    func begin(text: String? = nil) {
        count = MessageHeader.bytes
        textCount = 0
        isComplete = true
        named.removeAll(keepingCapacity: true)
        written.removeAll(keepingCapacity: true)
        copiesBack.removeAll(keepingCapacity: true)
        if stages.count > 1 {
            // Next time one stage is enough.
            stages = [TensorMemory(byteCount: stages.map(\.byteCount).reduce(0, +))]
        }
        staged = 0
        refresh()
        guard let text else { return }
        let utf8 = Array(text.utf8)
        textCount = utf8.count
        utf8.withUnsafeBytes { append($0) }
        while (count - MessageHeader.bytes) % 8 != 0 { put(UInt8(0)) }
    }

    /// Writes the header, in which the caller says where it waits; the message is complete.
    func finish(_ call: WorkerCall, serial: UInt32, processor: Int32) {
        MessageHeader(
            call, serial: serial, status: processor + 1, text: textCount, size: count - MessageHeader.bytes
        ).write(to: bytes)
    }

    func put<Value: BitwiseCopyable>(_ value: Value) { withUnsafeBytes(of: value) { append($0) } }

    /// A place of `size` bytes.
    func reference(_ pointer: UnsafeRawPointer?, bytes size: Int, _ access: Access) {
        guard let pointer else { return place(0, 0, 0, .read) }
        let address = UInt(bitPattern: pointer)
        if let region = region(address, size) { return place(region.number, address - region.base, size, access) }
        let own = UnsafeMutableRawPointer(mutating: pointer)
        guard let shared = stage(size), let region = region(UInt(bitPattern: shared), size) else {
            isComplete = false
            return place(0, 0, 0, .read)
        }
        // What is only written may be left as it was.
        shared.copyMemory(from: own, byteCount: size)
        if access == .write { copiesBack.append(Copy(shared: shared, own: own, bytes: size)) }
        place(region.number, UInt(bitPattern: shared) - region.base, size, access)
    }

    func floats(_ pointer: UnsafePointer<Float>?, _ count: Int, _ access: Access = .read) {
        reference(pointer, bytes: count * 4, access)
    }

    func doubles(_ pointer: UnsafePointer<Double>?, _ count: Int, _ access: Access = .read) {
        reference(pointer, bytes: count * 8, access)
    }

    /// A tensor, float32, int32 or float64.
    func tensor(_ tensor: UnsafePointer<induct_tensor>?, _ access: Access) {
        let rank = min(Int(tensor?.pointee.rank ?? 0), Int(INDUCT_MAX_RANK))
        var size = Int(tensor?.pointee.dtype.bits ?? 0) / 8
        for axis in 0..<max(0, rank) { size *= Int(tensor?.pointee.shape[axis] ?? 0) }
        reference(tensor?.pointee.data, bytes: size, access)
        put(tensor.map { TensorCode.code($0.pointee.dtype) } ?? 0)
        put(UInt32(max(0, rank)))
        for axis in 0..<Int(INDUCT_MAX_RANK) { put(axis < rank ? tensor?.pointee.shape[axis] ?? 0 : 0) }
    }

    /// After the answer: what was written on the stage goes to where it belongs.
    func copyBack() {
        for copy in copiesBack { copy.own.copyMemory(from: copy.shared, byteCount: copy.bytes) }
    }

    private func place(_ region: UInt32, _ offset: UInt, _ size: Int, _ access: Access) {
        if region != 0, !named.contains(region) { named.append(region) }
        if region != 0, access == .write, !written.contains(region) { written.append(region) }
        put(region)
        put(UInt32(0))
        put(UInt64(offset))
        put(UInt64(size))
    }

    private func region(_ address: UInt, _ size: Int) -> SharedMemory.Region? {
        regions.first { $0.holds(address, size) }
    }

    /// Room for `size` bytes in shared memory, until the next message begins.
    private func stage(_ size: Int) -> UnsafeMutableRawPointer? {
        if stages.last.map({ $0.byteCount - staged < size }) ?? true {
            stages.append(TensorMemory(byteCount: max(size, 1 << 16)))
            staged = 0
            refresh()
        }
        guard let stage = stages.last else { return nil }
        defer { staged = (staged + size + 63) & ~63 }
        return stage.base + staged
    }

    private func refresh() {
        let now = SharedMemory.process.version
        guard now != version else { return }
        regions = SharedMemory.process.regions
        version = now
    }

    private func append(_ piece: UnsafeRawBufferPointer) {
        if count + piece.count > capacity {
            capacity = max(2 * capacity, count + piece.count)
            let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
            larger.copyMemory(from: bytes, byteCount: count)
            bytes.deallocate()
            bytes = larger
        }
        guard let source = piece.baseAddress else { return }
        (bytes + count).copyMemory(from: source, byteCount: piece.count)
        count += piece.count
    }
}

/// The protocol's numbers of element types.
enum TensorCode {
    static func code(_ type: induct_dtype) -> UInt32 {
        UInt32(type.code) == INDUCT_TYPE_INT ? 1 : type.bits == 64 ? 2 : 0
    }

    static func type(_ code: UInt32) -> ElementType? {
        switch code {
        case 0: .float32
        case 1: .int32
        case 2: .float64
        default: nil
        }
    }
}
