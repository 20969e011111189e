// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

/// Memory at fixed addresses, given back with its owner.
final class Memory {
    private var blocks: [UnsafeMutableRawPointer] = []

    deinit { blocks.forEach { $0.deallocate() } }

    /// The values one after the other.
    func list<Value: BitwiseCopyable>(_ values: [Value]) -> UnsafeMutablePointer<Value> {
        let pointer = UnsafeMutablePointer<Value>.allocate(capacity: max(1, values.count))
        for (index, value) in values.enumerated() { (pointer + index).initialize(to: value) }
        blocks.append(pointer)
        return pointer
    }

    func one<Value: BitwiseCopyable>(_ value: Value) -> UnsafeMutablePointer<Value> { list([value]) }

    func text(_ text: String) -> UnsafePointer<CChar> {
        UnsafePointer(list(text.utf8.map { CChar(bitPattern: $0) } + [0]))
    }
}

/// Calls the stranger's plugin as a host in C would: through its tables and nothing else.
final class ExportedTables {
    let plugin: UnsafePointer<induct_plugin>
    let memory = Memory()

    /// What the host was told.
    struct Failure: Error, Equatable {
        let status: Int32
        let message: String
    }

    init() throws {
        let error = memory.one(induct_error())
        error.pointee.struct_size = UInt32(MemoryLayout<induct_error>.size)
        let table = Plugin(
            id: "org.example.stranger", version: "1.2.3", summary: "for tests",
            parts: [Bigram.self, Winners.self, WorstLoss.self]
        )
        .export(nil, error)
        guard let table else { throw Self.failure(INDUCT_INTERNAL, error.pointee) }
        plugin = table
    }

    private static func failure(_ status: induct_status, _ error: induct_error) -> Failure {
        withUnsafeBytes(of: error.message) { bytes in
            Failure(status: status, message: String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
        }
    }

    /// Makes a call that may fail.
    static func checked(_ call: (UnsafeMutablePointer<induct_error>) -> induct_status) throws {
        var error = induct_error()
        error.struct_size = UInt32(MemoryLayout<induct_error>.size)
        let status = call(&error)
        guard status == INDUCT_OK else { throw failure(status, error) }
    }

    func factory<Factory>(_ id: String, as type: Factory.Type) throws -> UnsafePointer<Factory> {
        guard let address = plugin.pointee.get_factory(id) else {
            throw Failure(status: INDUCT_NOT_FOUND, message: "no factory \(id)")
        }
        return address.assumingMemoryBound(to: type)
    }

    /// The call struct of `create` for a next-token model of three classes and four positions.
    func creation(_ name: String, config: String = "{}", experts: UInt64 = 0) -> UnsafePointer<induct_create> {
        var tensor = induct_tensor_schema()
        tensor.struct_size = UInt32(MemoryLayout<induct_tensor_schema>.size)
        tensor.name = memory.text("tokens")
        tensor.dtype = induct_dtype(code: UInt8(INDUCT_TYPE_INT), bits: 32, lanes: 1)
        tensor.rank = 2
        tensor.shape = UnsafePointer(memory.list([INDUCT_DIMENSION_BATCH, 4]))
        tensor.limit = 3
        var schema = induct_schema()
        schema.struct_size = UInt32(MemoryLayout<induct_schema>.size)
        schema.tensor_count = 1
        schema.tensors = UnsafePointer(memory.list([UnsafePointer(memory.one(tensor)) as UnsafePointer?]))
        schema.classes = 3
        schema.positions = 4
        var call = induct_create()
        call.struct_size = UInt32(MemoryLayout<induct_create>.size)
        call.name = memory.text(name)
        call.config = memory.text(config)
        call.schema = UnsafePointer(memory.one(schema))
        call.length = 4
        call.expert_count = experts
        return UnsafePointer(memory.one(call))
    }

    func bigram() throws -> UnsafePointer<induct_architecture> {
        let factory = try factory(INDUCT_ARCHITECTURE_FACTORY, as: induct_architecture_factory.self)
        return try model(factory, creation("bigram", config: "{\"deviation\": 0.5}"))
    }

    func winners() throws -> UnsafePointer<induct_architecture> {
        let factory = try factory(INDUCT_GATE_FACTORY, as: induct_gate_factory.self)
        return try model(factory, creation("winners", experts: 2))
    }

    func model(
        _ factory: UnsafePointer<induct_architecture_factory>, _ call: UnsafePointer<induct_create>
    ) throws -> UnsafePointer<induct_architecture> {
        var model: UnsafePointer<induct_architecture>?
        try Self.checked { factory.pointee.create(call, &model, $0) }
        guard let model else { throw Failure(status: INDUCT_INTERNAL, message: "create gave nothing") }
        return model
    }

    func worstLoss() throws -> UnsafePointer<induct_evaluator> {
        let factory = try factory(INDUCT_EVALUATOR_FACTORY, as: induct_evaluator_factory.self)
        var evaluator: UnsafePointer<induct_evaluator>?
        try Self.checked { factory.pointee.create(creation("worst-loss"), &evaluator, $0) }
        guard let evaluator else { throw Failure(status: INDUCT_INTERNAL, message: "create gave nothing") }
        return evaluator
    }

    /// A pass over one sequence, the tokens 0, 1, 1, 2.
    func pass(
        parameters: UnsafeMutablePointer<Float>, outputs: UnsafeMutablePointer<Float>,
        gradients: UnsafeMutablePointer<Float>? = nil, outputGradients: [Float] = []
    ) -> UnsafeMutablePointer<induct_pass> {
        var tensor = induct_tensor()
        tensor.data = UnsafeMutableRawPointer(memory.list([Int32(0), 1, 1, 2]))
        tensor.rank = 2
        tensor.dtype = induct_dtype(code: UInt8(INDUCT_TYPE_INT), bits: 32, lanes: 1)
        tensor.shape = memory.list([Int64(1), 4])
        tensor.strides = memory.list([Int64(4), 1])
        var pass = induct_pass()
        pass.struct_size = UInt32(MemoryLayout<induct_pass>.size)
        pass.count = 1
        pass.length = 4
        pass.tensor_count = 1
        pass.tensors = UnsafePointer(memory.list([UnsafePointer(memory.one(tensor)) as UnsafePointer?]))
        pass.parameters = UnsafePointer(memory.list([UnsafePointer(parameters) as UnsafePointer?]))
        pass.gradients = UnsafePointer(memory.list([gradients]))
        pass.outputs = outputs
        pass.output_gradients = UnsafePointer(memory.list(outputGradients))
        return memory.one(pass)
    }
}
