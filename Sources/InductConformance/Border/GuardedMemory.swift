// SPDX-License-Identifier: Apache-2.0

import CInduct
import Glibc

/// Memory between guards, which show when something was written beside it.
final class GuardedMemory {
    let data: UnsafeMutableRawPointer
    private let bytes: Int
    private let base: UnsafeMutableRawPointer

    private static let guardBytes = 64
    private static let mark: UInt8 = 0xa5

    /// - Parameters:
    ///   - bytes: that may be written
    ///   - start: what they hold at first; nil = marks
    ///   - shift: bytes from a 64-byte boundary, for data that is aligned to its element only
    init(bytes: Int, copying start: UnsafeRawPointer?, shift: Int = 0) {
        self.bytes = bytes
        base = .allocate(byteCount: bytes + 3 * Self.guardBytes, alignment: 64)
        memset(base, Int32(Self.mark), bytes + 3 * Self.guardBytes)
        data = base + Self.guardBytes + shift
        if let start { data.copyMemory(from: start, byteCount: bytes) }
        Poison.poison?(base, data - base)
        Poison.poison?(data + bytes, end - (data + bytes))
    }

    deinit {
        Poison.clear?(base, end - base)
        base.deallocate()
    }

    private var end: UnsafeMutableRawPointer { base + bytes + 3 * Self.guardBytes }

    /// Whether nothing was written but the memory itself.
    var isIntact: Bool {
        let before = UnsafeRawBufferPointer(start: base, count: data - base)
        let after = UnsafeRawBufferPointer(start: data + bytes, count: Self.guardBytes)
        return before.allSatisfy { $0 == Self.mark } && after.allSatisfy { $0 == Self.mark }
    }

    func copy(to target: UnsafeMutableRawPointer) { target.copyMemory(from: data, byteCount: bytes) }
}

/// Under AddressSanitizer guards may not even be read by what was built with it.
private enum Poison {
    typealias Region = @convention(c) (UnsafeRawPointer, Int) -> Void

    static let poison = function("__asan_poison_memory_region")
    static let clear = function("__asan_unpoison_memory_region")

    private static func function(_ name: String) -> Region? {
        dlsym(nil, name).map { unsafeBitCast($0, to: Region.self) }
    }
}

/// Memory that a call may read only, and what it held before the call.
struct ReadOnlyMemory {
    let name: String
    private let data: UnsafeRawBufferPointer
    private let before: [UInt8]

    init?(_ name: String, _ start: UnsafeRawPointer?, bytes: Int) {
        guard let start, bytes > 0 else { return nil }
        self.name = name
        data = UnsafeRawBufferPointer(start: start, count: bytes)
        before = Array(data)
    }

    /// The data of a tensor.
    init?(_ name: String, _ tensor: UnsafePointer<induct_tensor>?) {
        guard let tensor else { return nil }
        self.init(name, tensor.pointee.data, bytes: tensor.pointee.byteCount)
    }

    var isUnchanged: Bool { before.withUnsafeBytes { $0.elementsEqual(data) } }
}

extension induct_tensor {
    /// Of its data, compact.
    var byteCount: Int {
        (0..<Int(rank)).reduce(Int(dtype.bits) / 8) { $0 * Int(shape[$1]) }
    }
}
