// SPDX-License-Identifier: Apache-2.0

import CInduct
import Testing

@Suite struct ModelExportTests {
    private let tables: ExportedTables
    private let memory: Memory

    init() throws {
        tables = try ExportedTables()
        memory = tables.memory
    }

    @Test func theEntryIsIdempotent() throws {
        #expect(try ExportedTables().plugin == tables.plugin)
        #expect(tables.plugin.pointee.abi_major == INDUCT_ABI_MAJOR)
        #expect(tables.plugin.pointee.get_factory("induct.unknown/1") == nil)
    }

    @Test func parametersCrossWithShapeInitialiserAndFlags() throws {
        let model = try tables.bigram()
        let parameter = try #require(model.pointee.parameter(model, 0)).pointee
        #expect(String(cString: parameter.name) == "table")
        #expect(parameter.rank == 2 && parameter.shape[0] == 3 && parameter.shape[1] == 3)
        #expect(parameter.initialiser == INDUCT_INITIALISER_NORMAL && parameter.a == 0 && parameter.b == 0.5)
        #expect(parameter.flags == INDUCT_PARAMETER_NOT_DECAYED)
        #expect(model.pointee.parameter(model, 1) == nil)
        #expect(model.pointee.output == INDUCT_OUTPUT_LOGITS)
        model.pointee.destroy(model)
    }

    @Test func forwardAndBackwardRunOnTheHostsMemory() throws {
        let model = try tables.bigram()
        let table = memory.list((0..<9).map { Float($0) })
        let (outputs, gradients) = (
            memory.list([Float](repeating: .nan, count: 12)), memory.list([Float](repeating: .nan, count: 9))
        )
        let pass = tables.pass(
            parameters: table, outputs: outputs, gradients: gradients, outputGradients: (0..<12).map { Float($0) })
        try ExportedTables.checked { model.pointee.forward(model, pass, $0) }
        #expect((0..<12).map { outputs[$0] } == [0, 1, 2, 3, 4, 5, 3, 4, 5, 6, 7, 8])
        try ExportedTables.checked { model.pointee.backward(model, pass, $0) }
        #expect((0..<9).map { gradients[$0] } == [0, 1, 2, 9, 11, 13, 9, 10, 11])
        pass.pointee.accumulate = 1
        try ExportedTables.checked { model.pointee.backward(model, pass, $0) }
        #expect((0..<9).map { gradients[$0] } == [0, 2, 4, 18, 22, 26, 18, 20, 22])
        model.pointee.destroy(model)
    }

    /// A host of an older minor version allocates shorter structs; what it does not know is zero.
    @Test func aShorterPassIsReadAsFarAsItGoes() throws {
        let model = try tables.bigram()
        let outputs = memory.list([Float](repeating: .nan, count: 12))
        let pass = tables.pass(parameters: memory.list((0..<9).map { Float($0) }), outputs: outputs)
        // Rubbish where the older host's struct ends: requests that are none.
        pass.pointee.request_count = 7
        pass.pointee.struct_size = UInt32(try #require(MemoryLayout<induct_pass>.offset(of: \.request_count)))
        try ExportedTables.checked { model.pointee.forward(model, pass, $0) }
        #expect(outputs[0] == 0 && outputs[11] == 8)
        model.pointee.destroy(model)
    }

    @Test func pointsAndRequestsCross() throws {
        let model = try tables.bigram()
        let address = try #require(model.pointee.get_extension(model, INDUCT_ARCHITECTURE_ACTIVATIONS))
        let points = address.assumingMemoryBound(to: induct_points.self).pointee
        let point = try #require(points.points[0]).pointee
        #expect(points.count == 1 && String(cString: point.name) == "row" && point.rank == 3)
        #expect((0..<3).map { point.shape[$0] } == [INDUCT_DIMENSION_BATCH, INDUCT_DIMENSION_LENGTH, 3])
        #expect(model.pointee.get_extension(model, INDUCT_ARCHITECTURE_ATTENTION) == nil)

        let (outputs, read) = (
            memory.list([Float](repeating: 0, count: 12)), memory.list([Float](repeating: 0, count: 12))
        )
        let pass = tables.pass(parameters: memory.list((0..<9).map { Float($0) }), outputs: outputs)
        var tensor = induct_tensor()
        tensor.data = UnsafeMutableRawPointer(read)
        var request = induct_request()
        request.struct_size = UInt32(MemoryLayout<induct_request>.size)
        request.action = INDUCT_REQUEST_READ
        request.point = memory.text("row")
        request.tensor = memory.one(tensor)
        pass.pointee.request_count = 1
        pass.pointee.requests = UnsafePointer(memory.list([UnsafePointer(memory.one(request)) as UnsafePointer?]))
        try ExportedTables.checked { model.pointee.forward(model, pass, $0) }
        #expect((0..<12).allSatisfy { read[$0] == outputs[$0] })

        request.point = memory.text("rows")
        pass.pointee.requests = UnsafePointer(memory.list([UnsafePointer(memory.one(request)) as UnsafePointer?]))
        let failure = #expect(throws: ExportedTables.Failure.self) {
            try ExportedTables.checked { model.pointee.forward(model, pass, $0) }
        }
        #expect(failure == .init(status: INDUCT_NOT_FOUND, message: "bigram has no point 'rows' to read"))
        model.pointee.destroy(model)
    }

    @Test func anOnlineGateCountsThroughItsParameters() throws {
        let gate = try tables.winners()
        #expect(gate.pointee.output == INDUCT_OUTPUT_PROBABILITIES)
        #expect(gate.pointee.backward == nil)
        let parameter = try #require(gate.pointee.parameter(gate, 0)).pointee
        #expect(parameter.flags == INDUCT_PARAMETER_ONLINE | INDUCT_PARAMETER_FROZEN)
        #expect(gate.pointee.get_extension(gate, INDUCT_ARCHITECTURE_ONLINE) == nil)
        let address = try #require(gate.pointee.get_extension(gate, INDUCT_GATE_ONLINE))
        let online = address.assumingMemoryBound(to: induct_online.self)

        let wins = memory.list([Float(1), 1])
        var call = induct_observation()
        call.struct_size = UInt32(MemoryLayout<induct_observation>.size)
        call.count = 1
        call.length = 4
        call.expert_count = 2
        call.parameters = UnsafePointer(memory.list([wins as UnsafeMutablePointer?]))
        call.expert_losses = UnsafePointer(memory.list([Float(1), 2, 3, 2, 1, 2, 0, 1]))
        let observation = memory.one(call)
        try ExportedTables.checked { online.pointee.observe(gate, observation, $0) }
        #expect(wins[0] == 4 && wins[1] == 2)

        let outputs = memory.list([Float](repeating: .nan, count: 8))
        let pass = tables.pass(parameters: wins, outputs: outputs)
        try ExportedTables.checked { gate.pointee.forward(gate, pass, $0) }
        #expect((0..<8).allSatisfy { (outputs[$0] - ($0 % 2 == 0 ? 4.0 : 2.0) / 6).magnitude < 1e-6 })
        gate.pointee.destroy(gate)
    }

    @Test func aRefusalOfCreateCarriesItsMessage() throws {
        let factory = try tables.factory(INDUCT_ARCHITECTURE_FACTORY, as: induct_architecture_factory.self)
        let call = UnsafeMutablePointer(mutating: tables.creation("bigram", config: "{\"deviation\": 0}"))
        call.pointee.schema = nil
        let failure = #expect(throws: ExportedTables.Failure.self) { try tables.model(factory, call) }
        #expect(failure == .init(status: INDUCT_INVALID_ARGUMENT, message: "bigram predicts the next token"))
        let unknown = #expect(throws: ExportedTables.Failure.self) {
            try tables.model(factory, tables.creation("trigram"))
        }
        #expect(unknown?.status == INDUCT_NOT_FOUND)
    }
}
