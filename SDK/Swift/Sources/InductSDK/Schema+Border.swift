// SPDX-License-Identifier: Apache-2.0

import CInduct

extension Dimension {
    init(_ code: Int64) throws(InductError) {
        switch code {
        case INDUCT_DIMENSION_BATCH: self = .batch
        case INDUCT_DIMENSION_LENGTH: self = .length
        case 0...Int64(Int32.max): self = .constant(Int(code))
        default: throw InductError(.internal, "a schema has the dimension \(code)")
        }
    }

    var code: Int64 {
        switch self {
        case .batch: INDUCT_DIMENSION_BATCH
        case .length: INDUCT_DIMENSION_LENGTH
        case .constant(let value): Int64(value)
        }
    }
}

extension Schema {
    /// Reads the ABI's schema.
    init(_ pointer: UnsafePointer<induct_schema>) throws(InductError) {
        let record = readGrowable(pointer)
        guard let task = Task(rawValue: record.task), let loss = Loss(rawValue: record.loss) else {
            throw InductError(.internal, "a schema has a task or loss that this version does not know")
        }
        var tensors: [TensorSchema] = []
        for index in 0..<Int(record.tensor_count) {
            guard let tensor = record.tensors?[index] else {
                throw InductError(.internal, "a schema lacks its tensor number \(index)")
            }
            tensors.append(try TensorSchema(readGrowable(tensor)))
        }
        self.init(
            task: task, loss: loss, tensors: tensors, classes: Int(record.classes), outputs: Int(record.outputs),
            positions: try Dimension(record.positions),
            maximumLength: record.maximum_length > 0 ? Int(record.maximum_length) : nil,
            beginTokens: Int(record.begin_tokens))
    }

    /// The ABI's schema in `memory`.
    func record(in memory: CMemory) -> UnsafePointer<induct_schema> {
        let records = tensors.map { tensor in
            induct_tensor_schema(
                struct_size: structSize(induct_tensor_schema.self), role: tensor.role.rawValue,
                name: memory.store(text: tensor.name), dtype: tensor.type.code, rank: Int32(tensor.shape.count),
                shape: UnsafePointer(memory.store(array: tensor.shape.map(\.code))), limit: Int64(tensor.limit ?? 0))
        }
        return UnsafePointer(
            memory.store(
                induct_schema(
                    struct_size: structSize(induct_schema.self), task: task.rawValue, loss: loss.rawValue,
                    tensor_count: UInt32(tensors.count), tensors: memory.store(pointersTo: records),
                    classes: Int64(classes), outputs: Int64(outputs), positions: positions.code,
                    maximum_length: Int64(maximumLength ?? 0), begin_tokens: UInt32(beginTokens), reserved: 0)))
    }
}

extension TensorSchema {
    init(_ record: induct_tensor_schema) throws(InductError) {
        guard let name = text(record.name), let role = TensorRole(rawValue: record.role),
            let type = ElementType(record.dtype)
        else { throw InductError(.internal, "a schema has a tensor without name, role or type that is known") }
        var shape: [Dimension] = []
        for axis in 0..<Int(record.rank) { shape.append(try Dimension(record.shape[axis])) }
        self.init(name, type, role, shape: shape, limit: record.limit > 0 ? Int(record.limit) : nil)
    }

    /// Holds a tensor against its description.
    func check(_ tensor: Tensor, batch: Int, length: Int) throws(InductError) {
        var fits = tensor.type == type && tensor.rank == shape.count
        if fits {
            for axis in shape.indices where tensor.dimension(axis) != shape[axis].bound(batch: batch, length: length) {
                fits = false
            }
        }
        if !fits {
            throw InductError(
                .internal,
                "the host's tensor '\(name)' is \(tensor.type) \(tensor.shape), which is not what was declared")
        }
    }
}
