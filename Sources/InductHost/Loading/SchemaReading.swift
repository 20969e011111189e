// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// Checks a source's induct_schema and turns it into a `Schema`: whatever passes can be allocated, filled and learned
/// from without another look.
enum SchemaReading {
    /// Most tensors that a schema may have.
    static let mostTensors = 64
    /// Most elements that one sample of a tensor may have, the length counted as 1.
    static let mostElements = 1 << 28

    static func schema(_ pointer: UnsafePointer<induct_schema>?) throws(TableDefect) -> Schema {
        let table = try Negotiation.read(pointer, "induct_schema", minimum: 48)
        guard let task = Task(rawValue: Int(table.task)) else {
            throw TableDefect("its schema has the unknown task \(table.task)")
        }
        let loss = try loss(table.loss, task: task)
        guard table.tensor_count > 0, table.tensor_count <= mostTensors, let list = table.tensors else {
            throw TableDefect("its schema has \(table.tensor_count) tensors; declare 1 to \(mostTensors)")
        }
        var tensors: [TensorSchema] = []
        for i in 0..<Int(table.tensor_count) {
            let tensor = try tensor(list[i], index: i)
            guard !tensors.contains(where: { $0.name == tensor.name }) else {
                throw TableDefect("its schema has two tensors named '\(tensor.name)'")
            }
            tensors.append(tensor)
        }
        let isRegression = task == .regression
        guard isRegression || (1...Int64(Int32.max)).contains(table.classes) else {
            throw TableDefect("its schema has \(table.classes) classes; declare 1 to \(Int32.max)")
        }
        guard !isRegression || (1...Int64(Int32.max)).contains(table.outputs) else {
            throw TableDefect("its schema has \(table.outputs) outputs; a regression has 1 to \(Int32.max)")
        }
        let positions = try dimension(table.positions, "positions")
        guard positions != .batch, positions != .constant(0) else {
            throw TableDefect("its schema predicts no position; declare the length or a number above 0")
        }
        guard table.maximum_length >= 0 else {
            throw TableDefect("its schema has the maximum length \(table.maximum_length); 0 means no limit")
        }
        guard table.begin_tokens <= 1 else {
            throw TableDefect("its schema has \(table.begin_tokens) begin tokens; there are 0 or 1")
        }
        var schema = Schema(
            task: task, loss: loss, tensors: tensors, classes: isRegression ? 0 : Int(table.classes),
            outputs: isRegression ? Int(table.outputs) : 0, positions: positions,
            maximumLength: table.maximum_length == 0 ? nil : Int(table.maximum_length),
            beginTokens: Int(table.begin_tokens))
        try checkReservedNames(&schema)
        return schema
    }

    private static func loss(_ code: UInt32, task: Task) throws(TableDefect) -> Loss {
        let usual: Loss = task == .regression ? .squaredError : .crossEntropy
        if code == INDUCT_LOSS_DEFAULT { return usual }
        guard let loss = Loss(rawValue: Int(code)) else {
            throw TableDefect("its schema has the unknown loss \(code)")
        }
        guard loss == usual else {
            throw TableDefect(
                "its schema's loss does not fit its task: regression has the squared error, others have "
                    + "the cross-entropy")
        }
        return loss
    }

    private static func tensor(
        _ pointer: UnsafePointer<induct_tensor_schema>?, index: Int
    ) throws(TableDefect) -> TensorSchema {
        let table = try Negotiation.read(pointer, "induct_tensor_schema", minimum: 32)
        let name = try Negotiation.requiredText(table.name, "tensor \(index)'s name", limit: INDUCT_MAX_STRING)
        guard Names.isSnakeCase(name) else {
            throw TableDefect("its tensor \(index) is named '\(name)'; names are snake_case: 'group_size'")
        }
        guard let role = TensorRole(rawValue: Int(table.role)) else {
            throw TableDefect("its tensor '\(name)' has the unknown role \(table.role)")
        }
        let type: ElementType
        switch (UInt32(table.dtype.code), table.dtype.bits, table.dtype.lanes) {
        case (INDUCT_TYPE_INT, 32, 1): type = .int32
        case (INDUCT_TYPE_FLOAT, 32, 1): type = .float32
        default: throw TableDefect("its tensor '\(name)' is neither int32 nor float32")
        }
        let wanted: ElementType? = role == .weight ? .float32 : role == .key ? .int32 : nil
        guard wanted == nil || wanted == type else {
            throw TableDefect(
                "its tensor '\(name)' of role \(role) is \(type.rawValue); weights are float32, keys int32")
        }
        guard (1...Int32(INDUCT_MAX_RANK)).contains(table.rank), let dimensions = table.shape else {
            throw TableDefect("its tensor '\(name)' has rank \(table.rank); ranks are 1 to \(INDUCT_MAX_RANK)")
        }
        var shape: [Dimension] = []
        var elements = 1
        for axis in 0..<Int(table.rank) {
            let dimension = try dimension(dimensions[axis], "tensor '\(name)'")
            guard (axis == 0) == (dimension == .batch) else {
                throw TableDefect("its tensor '\(name)' must have the batch as its first dimension, and only there")
            }
            if case .constant(let count) = dimension {
                let (product, overflow) = elements.multipliedReportingOverflow(by: max(1, count))
                guard !overflow, product <= mostElements else {
                    throw TableDefect(
                        "its tensor '\(name)' is too large for one sample: a dimension of \(count) beside \(elements) others; at "
                            + "most \(mostElements) numbers are possible")
                }
                elements = product
            }
            shape.append(dimension)
        }
        guard table.limit >= 0, table.limit <= Int64(Int32.max) + 1 else {
            throw TableDefect("its tensor '\(name)' has the limit \(table.limit); limits are 0 to 2^31")
        }
        return TensorSchema(
            name: name, type: type, role: role, shape: shape,
            limit: table.limit > 0 && type == .int32 ? Int(table.limit) : nil)
    }

    private static func dimension(_ value: Int64, _ place: String) throws(TableDefect) -> Dimension {
        switch value {
        case symbolBatch: return .batch
        case symbolLength: return .length
        case 0...: return .constant(Int(value))
        default: throw TableDefect("its \(place) has the dimension \(value); it is neither a size nor a symbol")
        }
    }

    /// schema.h's reserved names mean what it says, and what the task needs is there.
    private static func checkReservedNames(_ schema: inout Schema) throws(TableDefect) {
        func check(_ name: String, _ type: ElementType, _ form: String, _ fits: (TensorSchema) -> Bool)
            throws(TableDefect) -> Int?
        {
            guard let index = schema.index(of: name) else { return nil }
            let tensor = schema.tensors[index]
            guard tensor.type == type, fits(tensor) else {
                throw TableDefect("its tensor '\(name)' must be \(form)")
            }
            return index
        }
        let isNextToken = schema.task == .nextToken
        let tokens = try check("tokens", .int32, "an int32 input [batch, length]") {
            $0.role == .input && $0.shape == [.batch, .length]
        }
        _ = try check("inputs", .float32, "a float32 input [batch, items, ...]") {
            $0.role == .input && $0.shape.count >= 2
        }
        _ = try check("labels", .int32, "int32 [batch, items - 1]") { $0.shape.count == 2 }
        if isNextToken {
            guard let tokens else { throw TableDefect("its schema predicts tokens but has no tensor 'tokens'") }
            guard schema.positions == .length else {
                throw TableDefect("its schema predicts tokens; its positions are the length")
            }
            guard schema.index(of: "targets") == nil else {
                throw TableDefect("its schema predicts tokens; the host makes 'targets' from them")
            }
            guard schema.tensors[tokens].limit ?? schema.classes == schema.classes else {
                throw TableDefect("its tokens have a limit that is not the number of classes, \(schema.classes)")
            }
            schema.tensors[tokens].limit = schema.classes
            return
        }
        let type: ElementType = schema.task == .regression ? .float32 : .int32
        let plain: [Dimension] = [.batch, schema.positions]
        let wide = plain + [.constant(schema.outputs)]
        let targets = try check("targets", type, "a \(type.rawValue) target with one entry for each position") {
            $0.role == .target
                && ($0.shape == wide && type == .float32
                    || $0.shape == plain && (type == .int32 || schema.outputs == 1))
        }
        guard let targets else { throw TableDefect("its schema has no tensor 'targets'") }
        guard schema.tensors.contains(where: { $0.role == .input }) else {
            throw TableDefect("its schema has no input; nothing could be learned")
        }
        if type == .int32 {
            guard schema.tensors[targets].limit ?? schema.classes <= schema.classes else {
                throw TableDefect("its targets have a limit above the number of classes, \(schema.classes)")
            }
            schema.tensors[targets].limit = schema.tensors[targets].limit ?? schema.classes
        }
    }
}
