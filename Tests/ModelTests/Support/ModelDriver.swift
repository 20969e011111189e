// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Drives an architecture or gate as the training loop does, on memory of its own.
final class ModelDriver {
    let model: any Architecture
    let schema: Schema
    let count: Int
    let length: Int
    let parameters: [Tensor]
    let gradients: [Tensor]
    let inputs: [Tensor?]
    let outputs: Tensor
    let outputGradients: Tensor
    /// Of the passes' dropout.
    var dropoutSeed: UInt64 = 12_345_678_901
    var step: UInt64 = 7
    private var workspaces: [PassMode: Tensor] = [:]

    /// Parameters, inputs and output gradients are drawn from the seed.
    ///
    /// - Parameters:
    ///   - model: What to drive.
    ///   - schema: The bound one that it was made for.
    ///   - count: Rows.
    ///   - length: Items.
    ///   - width: Floats of output per position: classes, or experts.
    ///   - seed: Of all numbers.
    init(_ model: any Architecture, schema: Schema, count: Int, length: Int, width: Int, seed: UInt64) {
        self.model = model
        self.schema = schema
        self.count = count
        self.length = length
        var random = Randomness(seed: seed)
        parameters = model.parameters.map { description in
            let tensor = Tensor(.float32, description.shape)
            let center: Float = if case .constant(let value) = description.initialiser { Float(value) } else { 0 }
            for i in tensor.floats.indices { tensor.floats[i] = center + Float(0.6 * random.number()) }
            return tensor
        }
        gradients = model.parameters.map { Tensor(.float32, $0.shape) }
        inputs = schema.tensors.map { tensor in
            guard tensor.role == .input || model.isOnline && tensor.role == .key else { return nil }
            var shape = tensor.shape.map { $0.bound(batch: count, length: length) }
            if tensor.name == "tokens" { shape = [count, length] }
            let values = Tensor(tensor.type, shape)
            if tensor.type == .int32 {
                for i in values.integers.indices {
                    values.integers[i] = Int32(random.integer(below: tensor.limit ?? schema.classes))
                }
            } else {
                for i in values.floats.indices { values.floats[i] = Float(random.number()) }
            }
            return values
        }
        let positions = schema.task == .nextToken ? length : schema.positions.bound(batch: count, length: length)
        outputs = Tensor(.float32, [count, positions, width])
        outputGradients = Tensor(.float32, [count, positions, width])
        for i in outputGradients.floats.indices { outputGradients.floats[i] = Float(random.number()) }
    }

    var tokens: Tensor { inputs[0] ?? Tensor(.int32, [0]) }

    /// A pass over all rows, or over some.
    func pass(_ mode: PassMode, rows: Range<Int>? = nil, requests: [PassRequest] = []) -> Pass {
        let rows = rows ?? 0..<count
        let size = model.workspaceSize(mode: mode, count: count, length: length)
        let workspace = workspaces[mode] ?? Tensor(.float32, [size / 4 + 16])
        if workspaces[mode] == nil {
            for i in workspace.floats.indices { workspace.floats[i] = .nan }
            workspaces[mode] = workspace
        }
        var pass = Pass()
        pass.mode = mode
        pass.step = step
        pass.seed = dropoutSeed
        pass.first = UInt64(rows.lowerBound)
        pass.count = rows.count
        pass.length = length
        pass.tensors = inputs.map { $0?.rows(rows.lowerBound, rows.count) }
        pass.parameters = parameters.map { UnsafePointer($0.data.assumingMemoryBound(to: Float.self)) }
        pass.gradients = gradients.map { $0.data.assumingMemoryBound(to: Float.self) }
        pass.workspace = workspace.data
        pass.workspaceSize = size
        pass.outputs = outputs.rows(rows.lowerBound, rows.count).data.assumingMemoryBound(to: Float.self)
        pass.outputGradients = UnsafePointer(
            outputGradients.rows(rows.lowerBound, rows.count).data.assumingMemoryBound(to: Float.self))
        pass.requests = requests
        return pass
    }

    /// The outputs of a forward pass.
    @discardableResult
    func forward(_ mode: PassMode, requests: [PassRequest] = []) throws -> [Float] {
        try model.forward(pass(mode, requests: requests))
        return Array(outputs.floats)
    }

    /// The gradients, by parameter, of a forward and a backward pass.
    func backward() throws -> [[Float]] {
        for gradient in gradients {
            for i in gradient.floats.indices { gradient.floats[i] = .nan }
        }
        try model.forward(pass(.train))
        try model.backward(pass(.train))
        return gradients.map { Array($0.floats) }
    }

    /// The parameters' values in double precision, by name.
    var values: [String: [Double]] {
        var values: [String: [Double]] = [:]
        for (description, tensor) in zip(model.parameters, parameters) {
            values[description.name] = tensor.floats.map(Double.init)
        }
        return values
    }

    /// Whether the passes so far kept to the workspace they asked for: what lies beyond it is still NaN.
    func keptToWorkspace(_ mode: PassMode) -> Bool {
        guard let workspace = workspaces[mode] else { return true }
        let size = model.workspaceSize(mode: mode, count: count, length: length)
        return workspace.floats[(size / 4)...].allSatisfy(\.isNaN)
    }
}
