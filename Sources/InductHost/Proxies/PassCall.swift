// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// The call struct of one slot and its tensors, made once: a training step allocates nothing.
final class PassCall: @unchecked Sendable {
    private let arena = Arena()
    private let pass: UnsafeMutablePointer<induct_pass>
    private let tensorCount: Int
    private let tensors: UnsafeMutablePointer<induct_tensor>
    private let pointers: UnsafeMutablePointer<UnsafePointer<induct_tensor>?>
    private let sizes: UnsafeMutablePointer<Int64>

    init(tensorCount: Int) {
        self.tensorCount = tensorCount
        pass = arena.allocate(induct_pass.self, count: 1)
        tensors = arena.allocate(induct_tensor.self, count: tensorCount)
        pointers = arena.allocate(UnsafePointer<induct_tensor>?.self, count: tensorCount)
        sizes = arena.allocate(Int64.self, count: tensorCount * 2 * Int(INDUCT_MAX_RANK))
        pass.pointee.struct_size = UInt32(MemoryLayout<induct_pass>.size)
    }

    /// Whether it has room for this many tensors.
    func fits(_ count: Int) -> Bool { count == tensorCount }

    /// Fills the struct from a pass and hands it to `body`.
    func with(
        _ source: borrowing Pass, _ body: (UnsafePointer<induct_pass>) throws(PluginFailure) -> Void
    ) throws(PluginFailure) {
        for i in 0..<tensorCount {
            guard let slice = source.tensors[i] else {
                pointers[i] = nil
                continue
            }
            TensorTable.write(
                TensorTable.Rows(slice), to: tensors + i, sizes: sizes + i * 2 * Int(INDUCT_MAX_RANK))
            pointers[i] = UnsafePointer(tensors + i)
        }
        pass.pointee.mode = UInt32(source.mode.rawValue)
        pass.pointee.slot = UInt32(source.slot)
        pass.pointee.accumulate = source.accumulate ? 1 : 0
        pass.pointee.step = source.step
        pass.pointee.seed = source.seed
        pass.pointee.first = source.first
        pass.pointee.count = UInt64(source.count)
        pass.pointee.length = Int64(source.length)
        pass.pointee.tensor_count = UInt32(tensorCount)
        pass.pointee.tensors = UnsafePointer(pointers)
        pass.pointee.workspace = source.workspace
        pass.pointee.workspace_size = UInt64(source.workspaceSize)
        pass.pointee.outputs = source.outputs
        pass.pointee.output_gradients = source.outputGradients
        let (parameters, gradients, experts) = (source.parameters, source.gradients, source.experts)
        pass.pointee.expert_count = UInt32(experts.count)
        let requests = source.requests.isEmpty ? nil : RequestTable(source.requests)
        pass.pointee.request_count = UInt32(requests?.count ?? 0)
        pass.pointee.requests = requests?.pointers
        let pass = pass
        try parameters.withUnsafeBufferPointer { parameters throws(PluginFailure) in
            try gradients.withUnsafeBufferPointer { gradients throws(PluginFailure) in
                try experts.withUnsafeBufferPointer { experts throws(PluginFailure) in
                    pass.pointee.parameters = pointerList(parameters)
                    pass.pointee.gradients = gradients.baseAddress
                    pass.pointee.experts = pointerList(experts)
                    try body(UnsafePointer(pass))
                }
            }
        }
        withExtendedLifetime(requests) {}
    }
}

/// A list of pointers as C has it: any of them might be NULL.
func pointerList(
    _ buffer: UnsafeBufferPointer<UnsafePointer<Float>>
) -> UnsafePointer<UnsafePointer<Float>?>? {
    buffer.baseAddress.map { UnsafeRawPointer($0).assumingMemoryBound(to: UnsafePointer<Float>?.self) }
}

/// The wishes of a pass as plugins see them.
final class RequestTable {
    private let arena = Arena()
    let count: Int
    let pointers: UnsafePointer<UnsafePointer<induct_request>?>

    init(_ requests: [PassRequest]) {
        let arena = arena
        count = requests.count
        let list: [UnsafePointer<induct_request>?] = requests.map {
            var request = induct_request()
            request.struct_size = UInt32(MemoryLayout<induct_request>.size)
            request.action = UInt32($0.action.rawValue)
            request.point = arena.copy(text: $0.point)
            request.tensor = arena.copy(tensor: $0.tensor)
            request.mask = $0.mask
            return UnsafePointer(arena.copy(request))
        }
        pointers = UnsafePointer(arena.copy(list))
    }
}

extension Arena {
    /// A tensor as plugins see it; it lives as long as the arena.
    func copy(tensor: TensorSlice) -> UnsafeMutablePointer<induct_tensor> {
        let pointer = allocate(induct_tensor.self, count: 1)
        TensorTable.write(
            TensorTable.Rows(tensor), to: pointer, sizes: allocate(Int64.self, count: 2 * Int(INDUCT_MAX_RANK)))
        return pointer
    }

    /// A list of tensors, NULL where there is none.
    func copy(tensors: [TensorSlice?]) -> UnsafePointer<UnsafePointer<induct_tensor>?> {
        UnsafePointer(copy(tensors.map { slice in slice.map { UnsafePointer(copy(tensor: $0)) } }))
    }
}
