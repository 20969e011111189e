// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How much of a call struct the host pretends to know.
enum StructSize: Equatable, Sendable {
    /// As this host does.
    case own
    /// As a later host would: more fields at the end, all bytes of which are `tail`.
    case larger(tail: UInt8)
    /// As an earlier host would: fields end after `known` bytes, and nothing behind them may be read.
    case smaller(known: Int)
}

/// Calls `body` with the struct as a host of another age would hand it over.
///
/// The struct begins with `struct_size`; bytes beyond a smaller one are no valid pointers and no sensible numbers.
func withStruct<Table, Result>(
    _ table: UnsafePointer<Table>, as size: StructSize, _ body: (UnsafePointer<Table>) -> Result
) -> Result {
    let own = MemoryLayout<Table>.size
    let more = 64
    let (known, tail): (Int, UInt8)
    switch size {
    case .own: return body(table)
    case .larger(let byte): (known, tail) = (own + more, byte)
    case .smaller(let bytes): (known, tail) = (min(bytes, own), 0xa5)
    }
    return withUnsafeTemporaryAllocation(byteCount: own + more, alignment: 16) { memory in
        guard let base = memory.baseAddress else { preconditionFailure("the memory is not empty") }
        memset(base, Int32(tail), own + more)
        base.copyMemory(from: table, byteCount: min(known, own))
        base.storeBytes(of: UInt32(known), as: UInt32.self)
        return body(UnsafePointer(base.bindMemory(to: Table.self, capacity: 1)))
    }
}
