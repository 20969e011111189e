// SPDX-License-Identifier: Apache-2.0

import InductCore

private let tasks: [(String, Task)] = [
    ("next-token", .nextToken), ("classification", .classification), ("regression", .regression),
]
private let losses: [(String, Loss)] = [("cross-entropy", .crossEntropy), ("squared-error", .squaredError)]
private let types: [(String, ElementType)] = [("int32", .int32), ("float32", .float32)]
private let roles: [(String, TensorRole)] = [
    ("input", .input), ("target", .target), ("weight", .weight), ("key", .key), ("info", .info),
]

/// Schemas as workers are told of them, and tell of them.
extension Schema {
    var record: JSON {
        [
            "task": recordName(of: task, in: tasks), "loss": recordName(of: loss, in: losses),
            "tensors": .array(
                tensors.map {
                    [
                        "name": .string($0.name), "type": recordName(of: $0.type, in: types),
                        "role": recordName(of: $0.role, in: roles), "shape": .array($0.shape.map(\.record)),
                        "limit": $0.limit.map { .integer(Int64($0)) } ?? .null,
                    ]
                }),
            "classes": .integer(Int64(classes)), "outputs": .integer(Int64(outputs)), "positions": positions.record,
            "maximum_length": maximumLength.map { .integer(Int64($0)) } ?? .null,
            "begin_tokens": .integer(Int64(beginTokens)),
        ]
    }

    /// What a record says; whether it makes sense is for `SchemaReading` to see.
    init(_ record: RecordReader) throws(TableDefect) {
        var tensors: [TensorSchema] = []
        for tensor in try record.objects("tensors") {
            let limit = try tensor.size("limit")
            tensors.append(
                TensorSchema(
                    name: try tensor.text("name"), type: try tensor.choice("type", types),
                    role: try tensor.choice("role", roles), shape: try tensor.dimensions("shape"),
                    limit: limit == 0 ? nil : limit))
        }
        let maximum = try record.size("maximum_length")
        let task = try record.choice("task", tasks)
        let usual: Loss = task == .regression ? .squaredError : .crossEntropy
        let begin = try record.size("begin_tokens")
        guard begin <= 1 else { throw record.wrong("begin_tokens", "0 or 1 at") }
        self.init(
            task: task, loss: record["loss"] == nil ? usual : try record.choice("loss", losses), tensors: tensors,
            classes: try record.size("classes"), outputs: try record.size("outputs"),
            positions: try Dimension(record: record["positions"] ?? .null, record, "positions"),
            maximumLength: maximum == 0 ? nil : maximum, beginTokens: begin)
    }
}

extension Dimension {
    var record: JSON {
        switch self {
        case .batch: "batch"
        case .length: "length"
        case .constant(let value): .integer(Int64(value))
        }
    }

    fileprivate init(record: JSON, _ reader: RecordReader, _ key: String) throws(TableDefect) {
        switch record {
        case "batch": self = .batch
        case "length": self = .length
        default:
            guard let size = record.int, size >= 0 else { throw reader.wrong(key, "dimension in") }
            self = .constant(size)
        }
    }
}

extension RecordReader {
    func dimensions(_ key: String) throws(TableDefect) -> [Dimension] {
        var shape: [Dimension] = []
        for dimension in try list(key) { shape.append(try Dimension(record: dimension, self, key)) }
        return shape
    }
}
