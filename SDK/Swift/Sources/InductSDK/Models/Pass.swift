// SPDX-License-Identifier: Apache-2.0

public import CInduct

/// One pass over a shard of a batch, forward or backward: induct_pass with Swift's types.
///
/// A view of the host's memory, valid during the call; making one and reading it allocates nothing. Shapes are compact
/// and row-major.
public struct Pass: ~Copyable {
    /// The call as the host made it; fields the host does not know are zero.
    public let call: induct_pass

    init(required pass: UnsafePointer<induct_pass>?) throws(InductError) {
        guard let pass else { throw InductError(.internal, "the host made a pass without a call struct") }
        call = readGrowable(pass)
    }

    /// What the pass is for.
    public var mode: PassMode { call.mode == INDUCT_MODE_EVALUATE ? .evaluate : .train }
    /// Whose workspace this is.
    public var slot: Int { Int(call.slot) }
    /// Backward: add to the gradients instead of writing them.
    public var accumulates: Bool { call.accumulate != 0 }
    /// Rows of this shard.
    public var count: Int { Int(call.count) }
    /// Items of the inputs.
    public var length: Int { Int(call.length) }
    /// Gates: the number of experts K.
    public var expertCount: Int { Int(call.expert_count) }
    /// Bytes of `workspace`.
    public var workspaceSize: Int { Int(clamping: call.workspace_size) }

    /// This slot's workspace, 64-byte aligned, at least what `workspaceSize(mode:count:length:)` asked for.
    public var workspace: UnsafeMutableRawPointer {
        guard let pointer = call.workspace else { preconditionFailure("the host gave no workspace") }
        return pointer
    }

    /// `[count, P, classes or outputs]`; for gates `[count, P, K]`.
    public var outputs: UnsafeMutablePointer<Float> {
        guard let pointer = call.outputs else { preconditionFailure("the host gave no room for outputs") }
        return pointer
    }

    /// Backward: d loss / d outputs.
    public var outputGradients: UnsafePointer<Float> {
        guard let pointer = call.output_gradients else { preconditionFailure("the host gave no output gradients") }
        return pointer
    }

    /// The parameter with this index, in the order of `parameters`.
    public func parameter(_ index: Int) -> UnsafePointer<Float> {
        guard let pointer = call.parameters?[index] else { preconditionFailure("the host gave no parameter \(index)") }
        return pointer
    }

    /// Backward: the gradient of the parameter with this index; nil for frozen ones.
    public func gradient(_ index: Int) -> UnsafeMutablePointer<Float>? { call.gradients?[index] }

    /// Gates: the predictions of expert `index`, `[count, P, classes or outputs]`, probabilities or values.
    public func expert(_ index: Int) -> UnsafePointer<Float> {
        guard index < expertCount, let pointer = call.experts?[index] else {
            preconditionFailure("the host gave no predictions of expert \(index)")
        }
        return pointer
    }

    /// The int32 elements of the input with this index in the schema; nil when the host left it out.
    public func integers(_ index: Int) -> UnsafePointer<Int32>? {
        elementsOfTensor(index, call.tensors, call.tensor_count)?.assumingMemoryBound(to: Int32.self)
    }

    /// The float32 elements of the input with this index in the schema; nil when the host left it out.
    public func floats(_ index: Int) -> UnsafePointer<Float>? {
        elementsOfTensor(index, call.tensors, call.tensor_count)?.assumingMemoryBound(to: Float.self)
    }

    /// The requests of this pass.
    public var requestCount: Int { Int(call.request_count) }

    /// One wish to see, or to change, a point.
    public func request(_ index: Int) -> Request? {
        guard index < requestCount, let pointer = call.requests?[index] else { return nil }
        return Request(call: readGrowable(pointer))
    }
}

/// A wish to see, or to change, a named point inside a forward pass.
public struct Request {
    /// The call as the host made it.
    public let call: induct_request

    /// What is wished for.
    public enum Action: Sendable {
        /// Write the point's values into `values`.
        case read
        /// Replace the point's values by `values`.
        case replace
        /// Add `values` to the point's values.
        case add
    }

    /// nil: an action that this version does not know.
    public var action: Action? {
        switch call.action {
        case INDUCT_REQUEST_READ: .read
        case INDUCT_REQUEST_REPLACE: .replace
        case INDUCT_REQUEST_ADD: .add
        default: nil
        }
    }

    /// The point's shape with batch and length bound, float32; nil when the host gave no memory.
    public var values: UnsafeMutablePointer<Float>? {
        guard let tensor = call.tensor, let data = tensor.pointee.data else { return nil }
        return (data + Int(tensor.pointee.byte_offset)).assumingMemoryBound(to: Float.self)
    }

    /// `[count, length]`: changes happen where it is not 0; nil = everywhere.
    public var mask: UnsafePointer<Float>? { call.mask }

    /// Whether the request is about this point; compares bytes and allocates nothing.
    public func names(_ point: String) -> Bool {
        guard var name = call.point else { return false }
        for byte in point.utf8 {
            if UInt8(bitPattern: name.pointee) != byte { return false }
            name += 1
        }
        return name.pointee == 0
    }

    /// The point's name, for messages.
    public var point: String { call.point.map { String(cString: $0) } ?? "" }
}
