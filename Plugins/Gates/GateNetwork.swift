// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

/// The MLP of a gate, and its part of the workspace: logits of the experts, rows K apart, which become their weights.
///
///     scratch | features | the layers' memory | weights [rows, K] | d logits [rows, K]
struct GateNetwork: Sendable {
    let kernels: Kernels
    let features: InputFeatures
    let layers: MultilayerPerceptron
    /// K.
    let experts: Int

    /// - Throws: `InductError` for fewer than two experts, and for a source whose inputs it cannot read.
    init(_ creation: Creation, for user: String, outputs: Int) throws(InductError) {
        guard let schema = creation.schema, creation.expertCount >= 2 else {
            throw InductError.invalid("it weighs two experts or more, and there are \(creation.expertCount)")
        }
        kernels = try Kernels(creation.host, for: user)
        experts = creation.expertCount
        features = try InputFeatures(schema, .all, withLabels: try creation.configuration.boolean("labels"))
        layers = try MultilayerPerceptron(inputs: features.width, outputs: outputs, creation.configuration)
    }

    func workspaceSize(count: Int, length: Int) -> Int {
        Parts(self, rows: features.rows(count: count, length: length)).size * MemoryLayout<Float>.stride
    }

    /// Writes the layers' outputs into the rows of the weights' memory, and gives that and the number of rows.
    func logits(_ pass: borrowing Pass) throws(InductError) -> (UnsafeMutablePointer<Float>, rows: Int) {
        let rows = features.rows(count: pass.count, length: pass.length)
        let parts = Parts(self, rows: rows)
        let base = try parts.base(pass)
        let x = try features.matrix(pass, memory: base + parts.features)
        layers.forward(
            pass, kernels, rows: rows, x: x.start, xStride: x.stride, y: base + parts.weights, stride: experts,
            memory: base + parts.layers, scratch: pass.workspace)
        return (base + parts.weights, rows)
    }

    /// Fills the gradients, where the weights' memory holds the softmax of the logits, or of some of them and zeros.
    ///
    /// A weight that is zero has no gradient.
    func backward(_ pass: borrowing Pass) throws(InductError) {
        let rows = features.rows(count: pass.count, length: pass.length)
        let parts = Parts(self, rows: rows)
        let base = try parts.base(pass)
        let dlogits = base + parts.gradients
        kernels.table.softmax_backward(
            Int64(rows), Int64(experts), base + parts.weights, pass.outputGradients, dlogits)
        let x = try features.matrix(pass, memory: base + parts.features)
        try layers.backward(
            pass, kernels, rows: rows, x: x.start, xStride: x.stride, dy: dlogits, stride: experts,
            memory: base + parts.layers, scratch: pass.workspace)
    }

    /// Offsets in floats, every part on a 64-byte boundary; computed, never stored.
    private struct Parts {
        let features: Int
        let layers: Int
        let weights: Int
        let gradients: Int
        let size: Int

        init(_ network: GateNetwork, rows: Int) {
            func padded(_ floats: Int) -> Int { (floats + 15) & ~15 }
            features = padded(network.kernels.scratchSize / MemoryLayout<Float>.stride)
            layers = padded(features + rows * network.features.width)
            weights = padded(layers + network.layers.memorySize(rows: rows))
            gradients = padded(weights + rows * network.experts)
            size = gradients + rows * network.experts
        }

        func base(_ pass: borrowing Pass) throws(InductError) -> UnsafeMutablePointer<Float> {
            guard pass.workspaceSize >= size * MemoryLayout<Float>.stride else {
                throw InductError(
                    .invalidArgument,
                    "the workspace has \(pass.workspaceSize) bytes, but workspace_size asked for "
                        + "\(size * MemoryLayout<Float>.stride)")
            }
            return pass.workspace.assumingMemoryBound(to: Float.self)
        }
    }
}
