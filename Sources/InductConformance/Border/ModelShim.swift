// SPDX-License-Identifier: Apache-2.0

import CInduct

/// An architecture's or gate's table whose calls go through the border to another's.
final class ModelShim {
    private let original: UnsafePointer<induct_architecture>
    private let border: Border
    private let own: UnsafeMutablePointer<induct_architecture>
    private let online: UnsafeMutablePointer<induct_online>
    /// Of an output row: classes or outputs, or the number of experts.
    private let width: Int
    /// Predicted positions; nil = as many as the length.
    private let positions: Int?
    private let predictionWidth: Int

    private init(_ original: UnsafePointer<induct_architecture>, _ border: Border, _ call: induct_create) {
        self.original = original
        self.border = border
        own = .allocate(capacity: 1)
        own.initialize(to: induct_architecture())
        online = .allocate(capacity: 1)
        online.initialize(to: induct_online())
        let schema = call.schema?.pointee ?? induct_schema()
        predictionWidth = Int(schema.task == INDUCT_TASK_REGRESSION ? schema.outputs : schema.classes)
        width = call.expert_count > 0 ? Int(call.expert_count) : predictionWidth
        positions = schema.positions < 0 ? nil : Int(schema.positions)
    }

    deinit {
        own.deallocate()
        online.deallocate()
    }

    /// The table that stands for the plugin's; slots that the plugin lacks stay NULL.
    static func table(_ made: UnsafeRawPointer, _ border: Border, for call: induct_create) -> UnsafeRawPointer {
        let original = made.assumingMemoryBound(to: induct_architecture.self)
        let size = original.pointee.struct_size
        guard size >= MemoryLayout<induct_architecture>.size else { return made }
        let theirs = original.pointee
        let shim = ModelShim(original, border, call)
        var table = induct_architecture()
        table.struct_size = size
        table.output = theirs.output
        table.instance = Unmanaged.passRetained(shim).toOpaque()
        if theirs.destroy != nil {
            table.destroy = { handle in
                guard let shim = ModelShim.of(handle) else { return }
                shim.original.pointee.destroy(shim.original)
                Unmanaged.passUnretained(shim).release()
            }
        }
        if theirs.parameter != nil {
            table.parameter = { handle, index in
                ModelShim.of(handle).flatMap { $0.original.pointee.parameter($0.original, index) }
            }
        }
        if theirs.workspace_size != nil {
            table.workspace_size = { handle, mode, count, length in
                ModelShim.of(handle).map { $0.original.pointee.workspace_size($0.original, mode, count, length) } ?? 0
            }
        }
        if theirs.forward != nil {
            table.forward = { handle, pass, error in
                guard let shim = ModelShim.of(handle), let pass else { return INDUCT_INTERNAL }
                return shim.forward(pass, error)
            }
        }
        if theirs.backward != nil {
            table.backward = { handle, pass, error in
                guard let shim = ModelShim.of(handle), let pass else { return INDUCT_INTERNAL }
                return shim.backward(pass, error)
            }
        }
        if theirs.get_extension != nil {
            table.get_extension = { handle, id in ModelShim.of(handle)?.extensionTable(id) }
        }
        shim.own.initialize(to: table)
        return UnsafeRawPointer(shim.own)
    }

    private static func of(_ handle: UnsafePointer<induct_architecture>?) -> ModelShim? {
        handle?.pointee.instance.map { Unmanaged<ModelShim>.fromOpaque($0).takeUnretainedValue() }
    }

    private func forward(
        _ pass: UnsafePointer<induct_pass>, _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        let outputs = GuardedMemory(bytes: outputCount(pass.pointee) * 4, copying: pass.pointee.outputs)
        let inputs = self.inputs(of: pass.pointee)
        var changed = pass.pointee
        changed.outputs = outputs.data.assumingMemoryBound(to: Float.self)
        let status = border.withError("forward", error) { error in
            withStruct(&changed, as: border.changes.call) { original.pointee.forward(original, $0, error) }
        }
        border.compare("forward", guarded: [("outputs", outputs)], read: inputs)
        if let target = pass.pointee.outputs { outputs.copy(to: target) }
        return status
    }

    private func backward(
        _ pass: UnsafePointer<induct_pass>, _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        let descriptions = parameters()
        let targets = descriptions.indices.map { pass.pointee.gradients?[$0] }
        let memories = zip(descriptions, targets).map { parameter, target in
            target.map { GuardedMemory(bytes: parameter.count * 4, copying: $0) }
        }
        let bytes = outputCount(pass.pointee) * 4
        let inputs =
            self.inputs(of: pass.pointee) + [
                ReadOnlyMemory("output_gradients", pass.pointee.output_gradients, bytes: bytes)
            ]
        let pointers = memories.map { $0?.data.assumingMemoryBound(to: Float.self) }
        let status = pointers.withUnsafeBufferPointer { pointers in
            var changed = pass.pointee
            changed.gradients = pointers.baseAddress
            return border.withError("backward", error) { error in
                withStruct(&changed, as: border.changes.call) { original.pointee.backward(original, $0, error) }
            }
        }
        let guarded = zip(descriptions, memories).compactMap { parameter, memory in
            memory.map { ("gradient of \(parameter.name)", $0) }
        }
        border.compare("backward", guarded: guarded, read: inputs)
        for (target, memory) in zip(targets, memories) { if let target { memory?.copy(to: target) } }
        return status
    }

    private func parameters() -> [(name: String, count: Int)] {
        var list: [(String, Int)] = []
        while let parameter = original.pointee.parameter(original, UInt32(list.count)), list.count < 1 << 16 {
            let count = (0..<Int(parameter.pointee.rank)).reduce(1) { $0 * Int(parameter.pointee.shape[$1]) }
            list.append((parameter.pointee.name.map { String(cString: $0) } ?? "", count))
        }
        return list
    }

    private func outputCount(_ pass: induct_pass) -> Int {
        Int(pass.count) * (positions ?? Int(pass.length)) * width
    }

    /// All that a pass reads, parameters included.
    private func inputs(of pass: induct_pass) -> [ReadOnlyMemory?] {
        let tensors = (0..<Int(pass.tensor_count)).map { ReadOnlyMemory("tensor \($0)", pass.tensors[$0]) }
        let parameters = parameters().enumerated().map { index, parameter in
            ReadOnlyMemory(parameter.name, pass.parameters?[index], bytes: parameter.count * 4)
        }
        let rows = Int(pass.count) * (positions ?? Int(pass.length))
        let experts = (0..<Int(pass.expert_count)).map {
            ReadOnlyMemory("expert \($0)", pass.experts?[$0], bytes: rows * predictionWidth * 4)
        }
        return tensors + parameters + experts
    }

    /// Extensions with functions take the shim's table for `self` as well.
    private func extensionTable(_ id: UnsafePointer<CChar>?) -> UnsafeRawPointer? {
        guard let id, let table = original.pointee.get_extension(original, id) else { return nil }
        switch String(cString: id) {
        case INDUCT_ARCHITECTURE_ONLINE, INDUCT_GATE_ONLINE:
            let theirs = table.assumingMemoryBound(to: induct_online.self).pointee
            guard let observe = theirs.observe else { return table }
            observeOriginal = observe
            online.pointee = theirs
            online.pointee.observe = { handle, call, error in
                guard let shim = ModelShim.of(handle), let observe = shim.observeOriginal else {
                    return INDUCT_INTERNAL
                }
                return shim.border.withError("observe", error) { observe(shim.original, call, $0) }
            }
            return UnsafeRawPointer(online)
        // Recurrent decoding is no part of what is checked.
        case INDUCT_ARCHITECTURE_STATE: return nil
        default: return table
        }
    }

    private typealias Observe =
        @convention(c) (
            UnsafePointer<induct_architecture>?, UnsafePointer<induct_observation>?, UnsafeMutablePointer<induct_error>?
        ) -> induct_status
    private var observeOriginal: Observe?
}
