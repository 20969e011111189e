// SPDX-License-Identifier: Apache-2.0

public import CInduct

/// What an online rule sees once a step: the whole batch, in sample order.
public struct Observation: ~Copyable {
    /// The call as the host made it; fields the host does not know are zero.
    public let call: induct_observation

    init(_ observation: UnsafePointer<induct_observation>) { call = readGrowable(observation) }

    /// Of training.
    public var step: UInt64 { call.step }
    /// Samples of the batch.
    public var count: Int { Int(call.count) }
    /// Items of the inputs.
    public var length: Int { Int(call.length) }
    /// Gates: the number of experts K.
    public var expertCount: Int { Int(call.expert_count) }
    /// `[count, P, ...]`: what this architecture or gate predicted; nil when the host left it out.
    public var outputs: UnsafePointer<Float>? { call.outputs }
    /// Gates: `[count, P, K]`; nil for architectures.
    public var expertLosses: UnsafePointer<Float>? { call.expert_losses }

    /// The parameter with this index; only those flagged `isOnline` may be written.
    public func parameter(_ index: Int) -> UnsafeMutablePointer<Float> {
        guard let pointer = call.parameters?[index] else { preconditionFailure("the host gave no parameter \(index)") }
        return pointer
    }

    /// The int32 elements of the tensor with this index in the schema; nil when the host left it out.
    public func integers(_ index: Int) -> UnsafePointer<Int32>? {
        elementsOfTensor(index, call.tensors, call.tensor_count)?.assumingMemoryBound(to: Int32.self)
    }

    /// The float32 elements of the tensor with this index in the schema; nil when the host left it out.
    public func floats(_ index: Int) -> UnsafePointer<Float>? {
        elementsOfTensor(index, call.tensors, call.tensor_count)?.assumingMemoryBound(to: Float.self)
    }
}

/// Where the elements of one of a call's tensors begin; nil when there is no such tensor.
func elementsOfTensor(
    _ index: Int, _ tensors: UnsafePointer<UnsafePointer<induct_tensor>?>?, _ count: UInt32
) -> UnsafeRawPointer? {
    guard index < Int(count), let tensor = tensors?[index], let data = tensor.pointee.data else { return nil }
    return UnsafeRawPointer(data) + Int(tensor.pointee.byte_offset)
}
