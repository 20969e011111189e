// SPDX-License-Identifier: Apache-2.0

/// Floats that never change, at a fixed, 64-byte aligned address.
final class ConstantTable: @unchecked Sendable {
    private let memory: UnsafeMutableRawPointer

    init(_ values: [Float]) {
        memory = .allocate(byteCount: max(64, values.count * 4), alignment: 64)
        values.withUnsafeBytes {
            memory.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(memory), byteCount: $0.count)
        }
    }

    deinit { memory.deallocate() }

    var pointer: UnsafePointer<Float> { UnsafePointer(memory.assumingMemoryBound(to: Float.self)) }
}
