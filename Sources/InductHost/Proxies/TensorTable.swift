// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// Tensors as plugins see them, on the stack.
enum TensorTable {
    /// Rows of a tensor: its data from the first of them on, and their number in place of the first dimension.
    struct Rows {
        var type: ElementType
        var data: UnsafeMutableRawPointer
        var shape: [Int]
        var count: Int

        init(_ slice: TensorSlice) {
            type = slice.type
            data = slice.data
            shape = slice.shape
            count = slice.shape.first ?? 0
        }

        init(_ tensor: Tensor, _ rows: Range<Int>) {
            let row = tensor.shape.dropFirst().reduce(tensor.type.stride, *)
            type = tensor.type
            data = tensor.data + rows.lowerBound * row
            shape = tensor.shape
            count = rows.count
        }
    }

    /// 8-byte words for one tensor: its struct, shape and strides.
    private static let words = 6 + 2 * Int(INDUCT_MAX_RANK)

    /// Calls `body` with pointers to `count` tensors, NULL where `rows` gives nil.
    ///
    /// Up to some fifty tensors it allocates
    /// nothing.
    static func with<Result>(
        count: Int, _ rows: (Int) -> Rows?,
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<induct_tensor>?>) -> Result
    ) -> Result {
        withUnsafeTemporaryAllocation(byteCount: max(1, count) * (words + 1) * 8, alignment: 16) { memory in
            guard let base = memory.baseAddress else { preconditionFailure("the memory is not empty") }
            let pointers = base.bindMemory(to: UnsafeMutablePointer<induct_tensor>?.self, capacity: count)
            for i in 0..<count {
                let place = base + count * 8 + i * words * 8
                guard let rows = rows(i) else {
                    (pointers + i).initialize(to: nil)
                    continue
                }
                let tensor = place.bindMemory(to: induct_tensor.self, capacity: 1)
                let sizes = (place + 48).bindMemory(to: Int64.self, capacity: 2 * Int(INDUCT_MAX_RANK))
                write(rows, to: tensor, sizes: sizes)
                (pointers + i).initialize(to: tensor)
            }
            return body(pointers)
        }
    }

    /// Writes one tensor; `sizes` has room for its shape and strides.
    static func write(
        _ rows: Rows, to tensor: UnsafeMutablePointer<induct_tensor>, sizes: UnsafeMutablePointer<Int64>
    ) {
        let rank = rows.shape.count
        precondition(rank <= Int(INDUCT_MAX_RANK), "a tensor's rank is at most \(INDUCT_MAX_RANK)")
        let strides = sizes + Int(INDUCT_MAX_RANK)
        var step: Int64 = 1
        for axis in stride(from: rank - 1, through: 0, by: -1) {
            let size = axis == 0 ? rows.count : rows.shape[axis]
            sizes[axis] = Int64(size)
            strides[axis] = step
            step *= Int64(size)
        }
        tensor.initialize(
            to: induct_tensor(
                data: rows.data, device: induct_device(type: 1, id: 0), rank: Int32(rank), dtype: rows.type.code,
                shape: sizes, strides: strides, byte_offset: 0))
    }
}
