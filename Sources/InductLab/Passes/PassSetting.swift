// SPDX-License-Identifier: Apache-2.0

import InductCore

/// What all nodes of a shard's pass have in common when it is built.
struct PassSetting {
    let model: Model
    let kernels: any TrainingKernels
    let mode: PassMode
    /// Rows of the batch.
    let rows: Range<Int>
    let length: Int
    /// In the bound schema's order.
    let tensors: [Tensor?]
    let parameters: ParameterArena
    /// nil: the pass never learns.
    let gradients: ParameterArena?
    /// Wishes to read points, by the full name of the point.
    let requests: [PassRequest]
    /// Of the losses that are learned from; see `LossFunction`.
    let labelSmoothing: Float

    init(
        model: Model, kernels: any TrainingKernels, mode: PassMode, rows: Range<Int>, length: Int, tensors: [Tensor?],
        parameters: ParameterArena, gradients: ParameterArena? = nil, requests: [PassRequest] = [],
        labelSmoothing: Double = 0
    ) {
        self.model = model
        self.kernels = kernels
        self.mode = mode
        self.rows = rows
        self.length = length
        self.tensors = tensors
        self.parameters = parameters
        self.gradients = gradients
        self.requests = requests
        self.labelSmoothing = Float(labelSmoothing)
    }

    /// Predicted positions in the shard's rows.
    var positions: Int { rows.count * model.positions(length: length) }

    /// The first of the shard's floats in a tensor `[batch, ...]`.
    func floats(_ tensor: Tensor) -> UnsafeMutablePointer<Float> {
        tensor.rows(rows.lowerBound, rows.count).data.assumingMemoryBound(to: Float.self)
    }

    /// The shard's targets.
    var targets: UnsafeRawPointer {
        guard let tensor = tensors[model.tensors.target] else { preconditionFailure("the batch has no targets") }
        return UnsafeRawPointer(tensor.rows(rows.lowerBound, rows.count).data)
    }

    /// The shard's weights `[positions]`, if positions are weighted.
    var weights: UnsafePointer<Float>? {
        guard let index = model.tensors.weight else { return nil }
        guard let tensor = tensors[index] else { preconditionFailure("the batch has no weights") }
        return UnsafePointer(floats(tensor))
    }

    func loss(_ output: OutputKind) -> LossFunction {
        LossFunction(kernels: kernels, output: output, width: model.width, smoothing: labelSmoothing)
    }

    /// The pass of one leaf, but for what changes from run to run.
    func pass(_ leaf: ModelLeaf, outputs: UnsafeMutablePointer<Float>) -> Pass {
        var pass = Pass()
        pass.mode = mode
        pass.first = UInt64(rows.lowerBound)
        pass.count = rows.count
        pass.length = length
        pass.tensors = model.schema.tensors.indices.map { index in
            let isSeen =
                model.tensors.inputs.contains(index)
                || leaf.architecture.isOnline && model.schema.tensors[index].role == .key
            return isSeen ? tensors[index]?.rows(rows.lowerBound, rows.count) : nil
        }
        pass.parameters = leaf.parameters.map { UnsafePointer(parameters[$0].baseAddress ?? parameters.data) }
        pass.gradients = leaf.parameters.map { index in
            guard let gradients, model.parameters[index].isTrained else { return nil }
            return gradients[index].baseAddress
        }
        pass.workspaceSize = leaf.architecture.workspaceSize(mode: mode, count: rows.count, length: length)
        pass.outputs = outputs
        pass.requests = requests.filter { $0.point.hasPrefix(leaf.path) }.map { request in
            var request = request
            request.point.removeFirst(leaf.path.count)
            return request
        }
        return pass
    }
}
