// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Memory for C structs that belong together and are freed together.
final class Arena: @unchecked Sendable {
    private var blocks: [UnsafeMutableRawPointer] = []

    deinit { for block in blocks { block.deallocate() } }

    /// Zeroed memory for `count` values.
    func allocate<Value>(_ type: Value.Type, count: Int) -> UnsafeMutablePointer<Value> {
        let bytes = max(1, count * MemoryLayout<Value>.stride)
        let block = UnsafeMutableRawPointer.allocate(
            byteCount: bytes, alignment: max(16, MemoryLayout<Value>.alignment))
        memset(block, 0, bytes)
        blocks.append(block)
        return block.bindMemory(to: type, capacity: count)
    }

    func copy<Value>(_ value: Value) -> UnsafeMutablePointer<Value> {
        let pointer = allocate(Value.self, count: 1)
        pointer.initialize(to: value)
        return pointer
    }

    func copy<Value>(_ values: [Value]) -> UnsafeMutablePointer<Value> {
        let pointer = allocate(Value.self, count: values.count)
        for (i, value) in values.enumerated() { (pointer + i).initialize(to: value) }
        return pointer
    }

    /// UTF-8 with a NUL at its end.
    func copy(text: String) -> UnsafePointer<CChar> {
        UnsafePointer(copy(text.utf8.map { CChar(bitPattern: $0) } + [0]))
    }
}
