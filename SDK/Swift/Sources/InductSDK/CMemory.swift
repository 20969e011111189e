// SPDX-License-Identifier: Apache-2.0

/// C memory for tables and strings, given back all at once when its owner ends.
///
/// The ABI hands out pointers that live as long as an instance, or as long as the process; each instance, and the
/// plugin itself, owns one of these.
final class CMemory {
    private var blocks: [UnsafeMutableRawPointer] = []

    deinit {
        for block in blocks { block.deallocate() }
    }

    /// Memory holding one value.
    func store<Value: BitwiseCopyable>(_ value: Value) -> UnsafeMutablePointer<Value> {
        let pointer = UnsafeMutablePointer<Value>.allocate(capacity: 1)
        pointer.initialize(to: value)
        blocks.append(UnsafeMutableRawPointer(pointer))
        return pointer
    }

    /// Memory holding the values one after the other; for none, a valid pointer to nothing.
    func store<Value: BitwiseCopyable>(array values: [Value]) -> UnsafeMutablePointer<Value> {
        let pointer = UnsafeMutablePointer<Value>.allocate(capacity: max(1, values.count))
        values.withUnsafeBufferPointer { buffer in
            if let base = buffer.baseAddress { pointer.initialize(from: base, count: values.count) }
        }
        blocks.append(UnsafeMutableRawPointer(pointer))
        return pointer
    }

    /// The text as a C string, cut at a NUL.
    func store(text: String) -> UnsafePointer<CChar> {
        let bytes = text.utf8.prefix { $0 != 0 }.map { CChar(bitPattern: $0) }
        return UnsafePointer(store(array: bytes + [0]))
    }

    /// An array of pointers to the values: how the ABI passes lists of structs that may grow.
    func store<Value: BitwiseCopyable>(
        pointersTo values: [Value]
    ) -> UnsafePointer<UnsafePointer<Value>?> {
        let pointers = values.map { UnsafePointer<Value>?(UnsafePointer(store($0))) }
        return UnsafePointer(store(array: pointers))
    }
}
