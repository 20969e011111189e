// SPDX-License-Identifier: Apache-2.0

import CInduct

/// Reads a struct that begins with `struct_size`: as much as both sides know, zero beyond.
///
/// - Parameter pointer: to a struct whose first field is the `uint32_t` size that its allocator knows.
/// - Returns: a copy whose unknown fields are zero, which is always the default.
func readGrowable<Value: BitwiseCopyable>(_ pointer: UnsafePointer<Value>) -> Value {
    let raw = UnsafeRawPointer(pointer)
    let known = min(Int(raw.load(as: UInt32.self)), MemoryLayout<Value>.size)
    return withUnsafeTemporaryAllocation(of: Value.self, capacity: 1) { buffer in
        let bytes = UnsafeMutableRawBufferPointer(buffer)
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
        bytes.copyMemory(from: UnsafeRawBufferPointer(start: raw, count: known))
        return buffer[0]
    }
}

/// The `struct_size` of a struct that this SDK allocates.
func structSize<Value>(_ type: Value.Type) -> UInt32 { UInt32(MemoryLayout<Value>.size) }

/// A C string as Swift text; nil for NULL.
func text(_ pointer: UnsafePointer<CChar>?) -> String? { pointer.map { String(cString: $0) } }
