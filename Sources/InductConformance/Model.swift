// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductCore

/// An architecture or gate with random parameters, on a made-up task.
final class Model {
    let architecture: any Architecture
    let task: MadeUpTask
    /// K of a gate; 0 for an architecture.
    let experts: Int

    init(architecture: any Architecture, task: MadeUpTask, experts: Int) {
        self.architecture = architecture
        self.task = task
        self.experts = experts
    }

    /// Numbers that a sample's outputs have.
    var outputsPerSample: Int { task.positions * (experts > 0 ? experts : task.schema.width) }

    /// Parameters as a training run might find them: their start, and something random where they are trained.
    func parameters(_ words: inout RandomWords) -> [Tensor] {
        architecture.parameters.map { parameter in
            let tensor = Tensor(.float32, parameter.shape)
            for i in tensor.floats.indices {
                let start: Float =
                    switch parameter.initialiser {
                    case .zeros: 0
                    case .constant(let value): Float(value)
                    case .normal(let mean, let deviation), .truncatedNormal(let mean, let deviation):
                        Float(mean) + Float(deviation) * 1.7 * words.centred()
                    case .uniform(let low, let high): Float(low) + Float(high - low) * (words.centred() + 1) / 2
                    }
                tensor.floats[i] = parameter.isTrained ? start + 0.2 * words.centred() : start
            }
            return tensor
        }
    }

    /// What the experts predict: random laws, or values for regression.
    func predictions(count: Int, _ words: inout RandomWords) -> [Tensor] {
        let width = task.schema.width
        return (0..<experts).map { _ in
            let tensor = Tensor(.float32, [count, task.positions, width])
            for row in 0..<count * task.positions {
                let numbers = (0..<width).map { _ in words.centred() }
                let isLaw = task.schema.task != .regression
                let powers = isLaw ? numbers.map { expf($0) } : numbers
                let sum = isLaw ? powers.reduce(0, +) : 1
                for k in 0..<width { tensor.floats[row * width + k] = powers[k] / sum }
            }
            return tensor
        }
    }
}

/// One slot's passes over rows of a batch, with guarded memory.
struct Passes {
    let model: Model
    let batch: Batch
    let parameters: [Tensor]
    let experts: [Tensor]
    let seed: UInt64

    /// Bytes behind the workspace that nobody may touch.
    private static let guardBytes = 256

    /// - Throws: `CheckFailure` where the model's parameters are too large.
    init(_ model: Model, count: Int, seed: UInt64, words: inout RandomWords) throws(CheckFailure) {
        try Room.check("its parameters", sizes: model.architecture.parameters.map(\.shape))
        self.model = model
        self.seed = seed
        batch = model.task.batch(count: count, words: &words)
        parameters = model.parameters(&words)
        experts = model.predictions(count: count, &words)
    }

    /// The outputs of the rows, and, given d loss / d outputs, the gradients of the trained parameters.
    ///
    /// - Parameters:
    ///   - rows: of the batch
    ///   - mode: evaluation keeps nothing for a backward pass
    ///   - background: what every byte of outputs and workspace holds before
    ///   - outputGradients: d loss / d outputs; nil = no backward pass
    ///   - sums: what the gradients are added to; nil = they are written
    ///   - slot: of the pass
    /// - Returns: the outputs, and by parameter the gradient, empty where it is not trained.
    /// - Throws: what the plugin gives, and `CheckFailure` when it writes beyond its workspace.
    func run(
        _ rows: Range<Int>, mode: PassMode = .train, background: UInt8 = 0, outputGradients: [Float]? = nil,
        addingTo sums: [[Float]]? = nil, slot: Int = 0
    ) throws -> (outputs: [Float], gradients: [[Float]]) {
        let count = rows.count
        let outputs = Tensor(.float32, [max(1, count * model.outputsPerSample)])
        outputs.data.initializeMemory(as: UInt8.self, repeating: background, count: outputs.count * 4)
        let size = model.architecture.workspaceSize(mode: mode, count: count, length: model.task.length)
        try Room.check("the workspace that it asks for, for \(count) samples,", sizes: [[size]], bytes: 1)
        let words = (size + Self.guardBytes + 3) / 4
        let workspace = Tensor(.int32, [words])
        workspace.data.initializeMemory(as: UInt8.self, repeating: background ^ 0x3c, count: words * 4)
        (workspace.data + size).initializeMemory(as: UInt8.self, repeating: 0xa5, count: Self.guardBytes)
        var pass = Pass()
        pass.mode = mode
        pass.slot = slot
        pass.step = 3
        pass.seed = seed
        pass.first = UInt64(rows.lowerBound)
        pass.count = count
        pass.length = model.task.length
        pass.tensors = zip(batch.tensors, batch.schema.tensors).map { tensor, description in
            let isSeen = description.role == .input || model.architecture.isOnline && description.role == .key
            return isSeen ? tensor?.rows(rows.lowerBound, count) : nil
        }
        pass.parameters = parameters.map { UnsafePointer($0.data.assumingMemoryBound(to: Float.self)) }
        pass.workspace = workspace.data
        pass.workspaceSize = size
        pass.outputs = outputs.data.assumingMemoryBound(to: Float.self)
        let step = model.task.positions * model.task.schema.width
        pass.experts = experts.map {
            UnsafePointer($0.data.assumingMemoryBound(to: Float.self) + rows.lowerBound * step)
        }
        try model.architecture.forward(pass)
        var gradients: [[Float]] = []
        if let outputGradients {
            let incoming = Tensor(.float32, [max(1, outputGradients.count)])
            for (i, value) in outputGradients.enumerated() { incoming.floats[i] = value }
            pass.outputGradients = UnsafePointer(incoming.data.assumingMemoryBound(to: Float.self))
            pass.accumulate = sums != nil
            let tensors = model.architecture.parameters.enumerated().map { index, parameter -> Tensor? in
                guard parameter.isTrained else { return nil }
                let tensor = Tensor(.float32, parameter.shape)
                for i in tensor.floats.indices { tensor.floats[i] = sums?[index][i] ?? .nan }
                return tensor
            }
            pass.gradients = tensors.map { $0?.data.assumingMemoryBound(to: Float.self) }
            try model.architecture.backward(pass)
            gradients = tensors.map { $0.map { Array($0.floats) } ?? [] }
            withExtendedLifetime(incoming) {}
        }
        let guarded = UnsafeRawBufferPointer(start: workspace.data + size, count: Self.guardBytes)
        try require(
            guarded.allSatisfy { $0 == 0xa5 }, "it writes beyond the workspace that it asked for, \(size) bytes")
        return (Array(outputs.floats.prefix(count * model.outputsPerSample)), gradients)
    }
}
