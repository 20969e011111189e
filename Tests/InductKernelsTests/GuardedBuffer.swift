// SPDX-License-Identifier: Apache-2.0

import CInduct

/// Floats between guards, one element off every alignment beyond that of a float.
final class GuardedBuffer {
    private static let guardValue: Float = -12_345.678
    private static let guardCount = 37

    let count: Int
    private let storage: UnsafeMutablePointer<Float>

    init(_ values: [Float]) {
        count = values.count
        storage = .allocate(capacity: values.count + 2 * Self.guardCount)
        storage.initialize(repeating: Self.guardValue, count: values.count + 2 * Self.guardCount)
        pointer.update(from: values, count: values.count)
    }

    /// Filled with NaN: what a kernel forgets to write stays visible.
    convenience init(unwritten count: Int) { self.init([Float](repeating: .nan, count: count)) }

    deinit { storage.deallocate() }

    var pointer: UnsafeMutablePointer<Float> { storage + Self.guardCount }
    var values: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

    /// Nothing was written before or behind the values.
    var isIntact: Bool {
        let before = UnsafeBufferPointer(start: storage, count: Self.guardCount)
        let behind = UnsafeBufferPointer(start: pointer + count, count: Self.guardCount)
        return before.allSatisfy { $0 == Self.guardValue } && behind.allSatisfy { $0 == Self.guardValue }
    }
}

/// Scratch of exactly the size that a variant asks for, 64-byte aligned, with a guard behind it.
final class Scratch {
    let pointer: UnsafeMutableRawPointer
    private let size: Int

    init(_ variant: Variant) {
        size = Int(variant.table.pointee.scratch_size)
        pointer = .allocate(byteCount: size + 64, alignment: 64)
        pointer.initializeMemory(as: UInt8.self, repeating: 0xff, count: size + 64)
    }

    deinit { pointer.deallocate() }

    var isIntact: Bool { (size..<size + 64).allSatisfy { pointer.load(fromByteOffset: $0, as: UInt8.self) == 0xff } }
}

/// Seeded values for tests: normal with standard deviation `scale`.
func normals(_ count: Int, seed: UInt64, scale: Float = 1) -> [Float] {
    (0..<count).map { scale * induct_normal_float(induct_random_word(seed, 7, 0, UInt64($0))) }
}

/// Each pair differs by at most `absolute` + `relative` times the size of the expected one.
func agree(_ found: [Float], _ expected: [Float], absolute: Double, relative: Double = 0) -> Bool {
    found.count == expected.count
        && zip(found, expected).allSatisfy { a, b in
            if a.isNaN || b.isNaN { return a.isNaN && b.isNaN }
            if a.isInfinite || b.isInfinite { return a == b }
            return abs(Double(a) - Double(b)) <= absolute + relative * abs(Double(b))
        }
}

/// The unit roundoff of a float.
let roundoff = 0x1p-24
