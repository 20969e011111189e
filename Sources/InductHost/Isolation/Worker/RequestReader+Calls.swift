// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// The binary records of Documentation/Worker-protocol.md, as the call structs of the ABI.
extension RequestReader {
    func fill() throws(TableDefect) -> induct_source_fill {
        var call = induct_source_fill()
        call.struct_size = UInt32(MemoryLayout<induct_source_fill>.size)
        call.view = try take()
        call.tensor_count = try take()
        call.seed = try take()
        call.first = try take()
        call.count = try take()
        call.length = try take()
        call.tensors = UnsafePointer(try tensors(try count(call.tensor_count)))
        return call
    }

    func oracle() throws(TableDefect) -> induct_source_oracle_call {
        var call = induct_source_oracle_call()
        call.struct_size = UInt32(MemoryLayout<induct_source_oracle_call>.size)
        call.view = try take()
        call.tensor_count = try take()
        call.seed = try take()
        call.count = try take()
        call.length = try take()
        call.tensors = constant(try tensors(try count(call.tensor_count)))
        call.predictive = try doubles()
        call.belief = try doubles()
        call.posterior = try doubles()
        call.log_probability = try doubles()
        return call
    }

    /// A pass with the slot's workspace; valid until the next request.
    func pass(
        _ architecture: PluginArchitecture, _ workspaces: SlotWorkspaces, _ text: JSON
    ) throws(TableDefect) -> UnsafePointer<induct_pass> {
        var pass = induct_pass()
        pass.struct_size = UInt32(MemoryLayout<induct_pass>.size)
        pass.mode = try take()
        pass.slot = try take()
        pass.accumulate = try take()
        pass.request_count = try take()
        pass.step = try take()
        pass.seed = try take()
        pass.first = try take()
        pass.count = try take()
        pass.length = try take()
        pass.tensor_count = try take()
        let (parameters, gradients): (UInt32, UInt32) = (try take(), try take())
        pass.expert_count = try take()
        _ = try take(UInt64.self)
        try check(parameters, architecture, orNone: false)
        try check(gradients, architecture, orNone: true)
        pass.outputs = try floats()
        pass.output_gradients = UnsafePointer(try floats())
        pass.tensors = constant(try tensors(try count(pass.tensor_count)))
        pass.parameters = constant(try floatLists(try count(parameters)))
        pass.gradients = gradients == 0 ? nil : UnsafePointer(try floatLists(try count(gradients)))
        pass.experts = constant(try floatLists(try count(pass.expert_count)))
        if pass.request_count > 0 { pass.requests = try requests(try count(pass.request_count), text) }
        guard pass.slot < 1 << 16, pass.count <= UInt64(Int32.max), pass.length >= 0 else {
            throw TableDefect("the pass has slot \(pass.slot), \(pass.count) rows, length \(pass.length)")
        }
        let workspace = workspaces.workspace(
            slot: Int(pass.slot), mode: pass.mode == INDUCT_MODE_EVALUATE ? .evaluate : .train, count: Int(pass.count),
            length: Int(pass.length))
        pass.workspace = workspace.base
        pass.workspace_size = UInt64(workspace.size)
        let place = allocate(induct_pass.self, 1)
        place.initialize(to: pass)
        return UnsafePointer(place)
    }

    func observation(_ architecture: PluginArchitecture) throws(TableDefect) -> UnsafePointer<induct_observation> {
        var observation = induct_observation()
        observation.struct_size = UInt32(MemoryLayout<induct_observation>.size)
        observation.step = try take()
        observation.count = try take()
        observation.length = try take()
        observation.expert_count = try take()
        observation.tensor_count = try take()
        let parameters: UInt32 = try take()
        _ = try take(UInt64.self)
        try check(parameters, architecture, orNone: false)
        observation.outputs = UnsafePointer(try floats())
        observation.expert_losses = UnsafePointer(try floats())
        observation.tensors = constant(try tensors(try count(observation.tensor_count)))
        observation.parameters = UnsafePointer(try floatLists(try count(parameters)))
        let place = allocate(induct_observation.self, 1)
        place.initialize(to: observation)
        return UnsafePointer(place)
    }

    /// A batch for an evaluator, and the number of its accumulator.
    func evaluation(_ text: JSON) throws(TableDefect) -> (accumulator: Int, batch: EvaluationBatch) {
        let accumulator: UInt64 = try take()
        var batch = EvaluationBatch()
        batch.need = Int(try take(UInt32.self))
        _ = try take(UInt32.self)
        batch.step = try take()
        batch.first = try take()
        batch.count = Int(clamping: try take(UInt64.self))
        batch.length = Int(try take(Int64.self))
        batch.positions = Int(try take(Int64.self))
        batch.classes = Int(try take(Int64.self))
        batch.beliefSize = Int(clamping: try take(UInt64.self))
        batch.componentCount = Int(clamping: try take(UInt64.self))
        batch.expertCount = Int(clamping: try take(UInt64.self))
        let (tensors, points): (UInt32, UInt32) = (try take(), try take())
        let parameters: UInt32 = try take()
        _ = try take(UInt32.self)
        batch.predictions = UnsafePointer(try floats())
        batch.losses = UnsafePointer(try floats())
        batch.oracle = UnsafePointer(try doubles())
        batch.belief = UnsafePointer(try doubles())
        batch.posterior = UnsafePointer(try doubles())
        batch.gate = UnsafePointer(try floats())
        if let components = try reference() {
            batch.componentOfBelief = Array(
                UnsafeBufferPointer(start: components.assumingMemoryBound(to: UInt32.self), count: batch.beliefSize))
        }
        batch.expertLosses = UnsafePointer(try floats())
        for _ in 0..<(try count(tensors)) { batch.tensors.append(try slice()) }
        for _ in 0..<(try count(points)) {
            guard let point = try slice() else { throw TableDefect("the request has no memory for a point") }
            batch.points.append(point)
        }
        for _ in 0..<(try count(parameters)) {
            guard let parameter = try floats() else { throw TableDefect("the request has no memory for a parameter") }
            batch.parameters.append(UnsafePointer(parameter))
        }
        guard !text.isNull else { return (Int(accumulator), batch) }
        let record = try RecordReader(text, "consume")
        batch.pointNames = try record.texts("points")
        batch.parameterDescriptions = try ParameterDescription.list(record, "parameters")
        guard batch.pointNames.count == batch.points.count,
            batch.parameterDescriptions.count == batch.parameters.count
        else { throw TableDefect("the request has more points or parameters than names") }
        return (Int(accumulator), batch)
    }

    private func slice() throws(TableDefect) -> TensorSlice? {
        guard let tensor = try tensor()?.pointee, let data = tensor.data else { return nil }
        guard let type = TensorCode.type(TensorCode.code(tensor.dtype)) else { return nil }
        return TensorSlice(type: type, shape: (0..<Int(tensor.rank)).map { Int(tensor.shape[$0]) }, data: data)
    }

    private func requests(
        _ count: Int, _ text: JSON
    ) throws(TableDefect) -> UnsafePointer<UnsafePointer<induct_request>?> {
        let records = try RecordReader(text, "forward").objects("requests")
        guard records.count == count else { throw TableDefect("the request has \(records.count) names of \(count)") }
        let list = allocate(UnsafePointer<induct_request>?.self, count)
        for (index, record) in records.enumerated() {
            var request = induct_request()
            request.struct_size = UInt32(MemoryLayout<induct_request>.size)
            request.action = try record.choice(
                "action",
                [("read", INDUCT_REQUEST_READ), ("replace", INDUCT_REQUEST_REPLACE), ("add", INDUCT_REQUEST_ADD)])
            let name = Array(try record.text("point").utf8)
            let characters = allocate(CChar.self, name.count + 1)
            for (i, byte) in name.enumerated() { characters[i] = CChar(bitPattern: byte) }
            request.point = UnsafePointer(characters)
            request.tensor = try tensor()
            request.mask = UnsafePointer(try floats())
            let place = allocate(induct_request.self, 1)
            place.initialize(to: request)
            (list + index).initialize(to: UnsafePointer(place))
        }
        return UnsafePointer(list)
    }

    private func check(_ count: UInt32, _ architecture: PluginArchitecture, orNone: Bool) throws(TableDefect) {
        guard Int(count) == architecture.parameters.count || orNone && count == 0 else {
            throw TableDefect("the request has \(count) parameters, there are \(architecture.parameters.count)")
        }
    }
}
