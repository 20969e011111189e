// SPDX-License-Identifier: Apache-2.0

import CInduct
import Glibc
import InductCore

/// Reads a request's binary records: places in shared memory become pointers again, in C structs that live until the next
/// request.
///
/// Once its memory has grown it allocates nothing.
final class RequestReader {
    private var bytes = UnsafeRawBufferPointer(start: nil, count: 0)
    private var place = 0
    private var regions: [MappedRegions.Region] = []
    private var block: UnsafeMutableRawPointer
    private var capacity = 1 << 16
    private var used = 0
    /// Blocks of a request that needed more than one.
    private var others: [UnsafeMutableRawPointer] = []

    init() { block = .allocate(byteCount: capacity, alignment: 64) }

    deinit {
        block.deallocate()
        for other in others { other.deallocate() }
    }

    func begin(_ bytes: UnsafeRawBufferPointer, _ regions: [MappedRegions.Region]) {
        self.bytes = bytes
        self.regions = regions
        place = 0
        used = 0
        guard !others.isEmpty else { return }
        for other in others { other.deallocate() }
        others = []
    }

    func take<Value: BitwiseCopyable>(_ type: Value.Type = Value.self) throws(TableDefect) -> Value {
        guard bytes.count - place >= MemoryLayout<Value>.size else {
            throw TableDefect("the request ends after \(bytes.count) bytes")
        }
        defer { place += MemoryLayout<Value>.size }
        return bytes.loadUnaligned(fromByteOffset: place, as: type)
    }

    /// A count of things that follow, each of which takes bytes.
    func count(_ value: UInt32) throws(TableDefect) -> Int {
        guard Int(value) <= bytes.count else { throw TableDefect("the request has \(value) of something") }
        return Int(value)
    }

    /// Nil where there is nothing.
    func reference() throws(TableDefect) -> UnsafeMutableRawPointer? {
        let number: UInt32 = try take()
        _ = try take(UInt32.self)
        let (offset, size): (UInt64, UInt64) = (try take(), try take())
        guard number != 0 else { return nil }
        guard let region = regions.first(where: { $0.number == number }), offset <= region.size,
            size <= region.size - offset
        else { throw TableDefect("the request names \(size) bytes at \(offset) of region \(number)") }
        return UnsafeMutableRawPointer(bitPattern: region.base + UInt(offset))
    }

    func floats() throws(TableDefect) -> UnsafeMutablePointer<Float>? {
        try reference()?.assumingMemoryBound(to: Float.self)
    }

    func doubles() throws(TableDefect) -> UnsafeMutablePointer<Double>? {
        try reference()?.assumingMemoryBound(to: Double.self)
    }

    /// Nil where there is none.
    func tensor() throws(TableDefect) -> UnsafeMutablePointer<induct_tensor>? {
        let data = try reference()
        let code: UInt32 = try take()
        let rank: UInt32 = try take()
        let sizes = allocate(Int64.self, 2 * Int(INDUCT_MAX_RANK))
        for axis in 0..<Int(INDUCT_MAX_RANK) { sizes[axis] = try take() }
        guard let data else { return nil }
        guard let type = TensorCode.type(code), rank <= UInt32(INDUCT_MAX_RANK) else {
            throw TableDefect("the request has a tensor of type \(code) and rank \(rank)")
        }
        let strides = sizes + Int(INDUCT_MAX_RANK)
        var step: Int64 = 1
        for axis in stride(from: Int(rank) - 1, through: 0, by: -1) {
            strides[axis] = step
            step &*= sizes[axis]
        }
        let tensor = allocate(induct_tensor.self, 1)
        tensor.initialize(
            to: induct_tensor(
                data: data, device: induct_device(type: 1, id: 0), rank: Int32(rank), dtype: type.code, shape: sizes,
                strides: strides, byte_offset: 0))
        return tensor
    }

    func tensors(_ count: Int) throws(TableDefect) -> UnsafeMutablePointer<UnsafeMutablePointer<induct_tensor>?> {
        let list = allocate(UnsafeMutablePointer<induct_tensor>?.self, count)
        for i in 0..<count { (list + i).initialize(to: try tensor()) }
        return list
    }

    func floatLists(_ count: Int) throws(TableDefect) -> UnsafeMutablePointer<UnsafeMutablePointer<Float>?> {
        let list = allocate(UnsafeMutablePointer<Float>?.self, count)
        for i in 0..<count { (list + i).initialize(to: try floats()) }
        return list
    }

    /// Zeroed memory until the next request.
    func allocate<Value>(_ type: Value.Type, _ count: Int) -> UnsafeMutablePointer<Value> {
        let size = (max(1, count * MemoryLayout<Value>.stride) + 63) & ~63
        if used + size > capacity {
            others.append(block)
            capacity = max(2 * capacity, size)
            block = .allocate(byteCount: capacity, alignment: 64)
            used = 0
        }
        let memory = block + used
        used += size
        memset(memory, 0, size)
        return memory.bindMemory(to: type, capacity: max(1, count))
    }
}

/// A list of tensors as calls that only read them have it.
func constant(
    _ list: UnsafeMutablePointer<UnsafeMutablePointer<induct_tensor>?>
) -> UnsafePointer<UnsafePointer<induct_tensor>?> {
    UnsafeRawPointer(list).assumingMemoryBound(to: UnsafePointer<induct_tensor>?.self)
}

/// A list of numbers as calls that only read them have it.
func constant(
    _ list: UnsafeMutablePointer<UnsafeMutablePointer<Float>?>
) -> UnsafePointer<UnsafePointer<Float>?> {
    UnsafeRawPointer(list).assumingMemoryBound(to: UnsafePointer<Float>?.self)
}
