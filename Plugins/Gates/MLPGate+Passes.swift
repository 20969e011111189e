// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

extension MLPGate {
    /// The kernel's number of an activation.
    static func activation(_ name: String) -> UInt32 {
        switch name {
        case "gelu": INDUCT_ACTIVATION_GELU
        case "silu": INDUCT_ACTIVATION_SILU
        case "tanh": INDUCT_ACTIVATION_TANH
        default: INDUCT_ACTIVATION_RELU
        }
    }

    func forward(_ pass: borrowing Pass) throws {
        let rows = features.rows(count: pass.count, length: pass.length)
        let parts = try workspace(pass, rows: rows)
        let base = pass.workspace.assumingMemoryBound(to: Float.self)
        try features.write(pass, to: base + parts.activation(0))
        let last = layers.count - 1
        for index in 0..<last {
            kernels.linear(
                layers[index], rows: rows, x: base + parts.activation(index), weight: pass.parameter(2 * index),
                bias: pass.parameter(2 * index + 1), y: base + parts.activation(index + 1),
                epilogue: LinearEpilogue(activation: activation, preactivation: base + parts.preactivation(index)),
                scratch: pass.workspace)
        }
        let weights = base + parts.weights
        kernels.linear(
            layers[last], rows: rows, x: base + parts.activation(last), weight: pass.parameter(2 * last),
            bias: pass.parameter(2 * last + 1), y: weights, stride: experts, scratch: pass.workspace)
        for row in 0..<rows { weights[row * experts + experts - 1] = 0 }
        // The weights stay in the workspace too: the host may reuse the outputs before `backward`.
        kernels.table.softmax(Int64(rows), Int64(experts), weights, weights)
        pass.outputs.update(from: weights, count: rows * experts)
    }

    func backward(_ pass: borrowing Pass) throws {
        let rows = features.rows(count: pass.count, length: pass.length)
        let parts = try workspace(pass, rows: rows)
        let base = pass.workspace.assumingMemoryBound(to: Float.self)
        var dy = base + parts.gradients.0
        var dx = base + parts.gradients.1
        kernels.table.softmax_backward(Int64(rows), Int64(experts), base + parts.weights, pass.outputGradients, dy)
        var stride = experts
        for index in layers.indices.reversed() {
            let layer = layers[index]
            guard let dweight = pass.gradient(2 * index), let dbias = pass.gradient(2 * index + 1) else {
                throw InductError(.invalidArgument, "the pass has no room for the gradients of layer \(index)")
            }
            kernels.linearParameterGradients(
                layer, rows: rows, x: base + parts.activation(index), dy: dy, stride: stride, dweight: dweight,
                dbias: dbias, accumulate: pass.accumulates, scratch: pass.workspace)
            guard index > 0 else { return }
            kernels.linearInputGradient(
                layer, rows: rows, dy: dy, stride: stride, weight: pass.parameter(2 * index), dx: dx,
                scratch: pass.workspace)
            kernels.table.activation_backward(
                activation, Int64(rows * layer.inputs), base + parts.preactivation(index - 1), dx, dx)
            swap(&dy, &dx)
            stride = layer.inputs
        }
    }

    private func workspace(_ pass: borrowing Pass, rows: Int) throws(InductError) -> GateWorkspace {
        let parts = GateWorkspace(self, rows: rows)
        guard pass.workspaceSize >= parts.size * MemoryLayout<Float>.stride else {
            throw InductError(
                .invalidArgument,
                "the workspace has \(pass.workspaceSize) bytes, but workspace_size asked for "
                    + "\(parts.size * MemoryLayout<Float>.stride)")
        }
        return parts
    }
}
