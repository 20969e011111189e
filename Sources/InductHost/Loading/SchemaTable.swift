// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// The values of INDUCT_DIMENSION_BATCH and INDUCT_DIMENSION_LENGTH, which Swift cannot import.
let symbolBatch: Int64 = -1
let symbolLength: Int64 = -2

extension Dimension {
    /// As in a shape of schema.h.
    var code: Int64 {
        switch self {
        case .batch: symbolBatch
        case .length: symbolLength
        case .constant(let value): Int64(value)
        }
    }
}

extension ElementType {
    /// As DLPack says it.
    var code: induct_dtype {
        switch self {
        case .int32: induct_dtype(code: UInt8(INDUCT_TYPE_INT), bits: 32, lanes: 1)
        case .float32: induct_dtype(code: UInt8(INDUCT_TYPE_FLOAT), bits: 32, lanes: 1)
        case .float64: induct_dtype(code: UInt8(INDUCT_TYPE_FLOAT), bits: 64, lanes: 1)
        }
    }
}

extension Arena {
    /// A schema as plugins read it; it lives as long as the arena.
    func copy(schema: Schema) -> UnsafePointer<induct_schema> {
        let tensors: [UnsafePointer<induct_tensor_schema>?] = schema.tensors.map {
            var tensor = induct_tensor_schema()
            tensor.struct_size = UInt32(MemoryLayout<induct_tensor_schema>.size)
            tensor.role = UInt32($0.role.rawValue)
            tensor.name = copy(text: $0.name)
            tensor.dtype = $0.type.code
            tensor.rank = Int32($0.shape.count)
            tensor.shape = UnsafePointer(copy($0.shape.map(\.code)))
            tensor.limit = Int64($0.limit ?? 0)
            return UnsafePointer(copy(tensor))
        }
        var table = induct_schema()
        table.struct_size = UInt32(MemoryLayout<induct_schema>.size)
        table.task = UInt32(schema.task.rawValue)
        table.loss = UInt32(schema.loss.rawValue)
        table.tensor_count = UInt32(tensors.count)
        table.tensors = UnsafePointer(copy(tensors))
        table.classes = Int64(schema.classes)
        table.outputs = Int64(schema.outputs)
        table.positions = schema.positions.code
        table.maximum_length = Int64(schema.maximumLength ?? 0)
        table.begin_tokens = UInt32(schema.beginTokens)
        return UnsafePointer(copy(table))
    }
}
