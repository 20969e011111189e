// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

// The forward pass of a pre-norm decoder (Radford et al. 2019), R = count * length rows of width d:
//
//   x_0     = tokens[t] + positions
//   x_i.5   = x_i   + Wo attention(rotate(Wqkv norm1(x_i)))
//   x_(i+1) = x_i.5 + Wout f(Win norm2(x_i.5))
//   outputs = U final_norm(x_layers)
//
// Biases, activations and residual additions are epilogues of the products.

extension Transformer {
    func forward(_ pass: borrowing Pass) throws(InductError) {
        let rows = pass.count * pass.length
        let tokens = try checkedTokens(pass)
        try checkRequests(pass)
        let workspace = try workspace(pass)

        embed(pass, tokens: tokens, to: workspace.stream(0), rows: rows)
        serve(pass, point: 0, values: workspace.stream(0))
        for block in 0..<options.layers {
            attend(pass, block: block, workspace)
            transform(pass, block: block, workspace)
            serve(pass, point: 1 + block, values: workspace.stream(block + 1))
        }
        normalise(
            pass, layout.finalNorm, x: workspace.stream(options.layers), y: workspace.finalNormalised,
            mean: workspace.finalMean, inverse: workspace.finalInverse)
        serve(pass, point: 1 + options.layers, values: workspace.finalNormalised)
        kernels.linear(
            layout.unembedding.layer, rows: rows, x: workspace.finalNormalised,
            weight: pass.parameter(layout.unembedding.weight), bias: nil, y: pass.outputs, scratch: workspace.scratch)
    }

    /// x_0.
    private func embed(
        _ pass: borrowing Pass, tokens: UnsafePointer<Int32>, to stream: UnsafeMutablePointer<Float>, rows: Int
    ) {
        let table = pass.parameter(layout.tokens)
        let positions = layout.positions.map { pass.parameter($0) } ?? sinusoidalPositions?.pointer
        kernels.table.embedding(
            Int64(rows), Int64(pass.length), Int64(options.width), tokens, table, positions, stream)
    }

    /// x_i.5 from x_i.
    private func attend(_ pass: borrowing Pass, block: Int, _ workspace: Workspace) {
        let rows = pass.count * pass.length
        let index = layout.blocks[block]
        let parts = workspace.layout.block
        let input = workspace.stream(block)
        let normalised = workspace.part(parts.normalised1, of: block)
        let projected = workspace.part(parts.projected, of: block)
        let attended = workspace.part(parts.attended, of: block)
        normalise(
            pass, index.norm1, x: input, y: normalised, mean: workspace.part(parts.mean1, of: block),
            inverse: workspace.part(parts.inverse1, of: block))
        for projection in index.projections {
            kernels.linear(
                projection.linear.layer, rows: rows, x: normalised, weight: pass.parameter(projection.linear.weight),
                bias: projection.linear.bias.map { pass.parameter($0) }, y: projected + projection.column,
                stride: options.projectedColumns, scratch: workspace.scratch)
        }
        rotate(projected, rows: rows, length: pass.length, direction: 1)
        var call = attentionCall(pass, block: block, workspace)
        call.probabilities = attentionRequest(pass, block: block)
        kernels.attention(call)
        repeatAttention(pass, block: block)

        let output = index.attentionOutput
        let middle = pass.mode == .train ? workspace.part(parts.middle, of: block) : input
        kernels.linear(
            output.layer, rows: rows, x: attended, weight: pass.parameter(output.weight),
            bias: output.bias.map { pass.parameter($0) }, y: middle, epilogue: LinearEpilogue(residual: input),
            scratch: workspace.scratch)
    }

    /// x_(i+1) from x_i.5.
    private func transform(_ pass: borrowing Pass, block: Int, _ workspace: Workspace) {
        let rows = pass.count * pass.length
        let index = layout.blocks[block]
        let parts = workspace.layout.block
        let middle =
            pass.mode == .train ? workspace.part(parts.middle, of: block) : workspace.stream(block)
        let normalised = workspace.part(parts.normalised2, of: block)
        let preactivation = workspace.part(parts.preactivation, of: block)
        let hidden = workspace.part(parts.hidden, of: block)
        normalise(
            pass, index.norm2, x: middle, y: normalised, mean: workspace.part(parts.mean2, of: block),
            inverse: workspace.part(parts.inverse2, of: block))
        let bias = index.mlpInput.bias.map { pass.parameter($0) }
        let activation = options.activation.kernel
        if options.activation.isGated {
            kernels.linear(
                index.mlpInput.layer, rows: rows, x: normalised, weight: pass.parameter(index.mlpInput.weight),
                bias: bias, y: preactivation, scratch: workspace.scratch)
            kernels.table.gated(activation, Int64(rows), Int64(options.mlpSize), preactivation, hidden)
        } else {
            let kept = preactivation == hidden ? nil : preactivation
            kernels.linear(
                index.mlpInput.layer, rows: rows, x: normalised, weight: pass.parameter(index.mlpInput.weight),
                bias: bias, y: hidden, epilogue: LinearEpilogue(activation: activation, preactivation: kept),
                scratch: workspace.scratch)
        }
        kernels.linear(
            index.mlpOutput.layer, rows: rows, x: hidden, weight: pass.parameter(index.mlpOutput.weight),
            bias: index.mlpOutput.bias.map { pass.parameter($0) }, y: workspace.stream(block + 1),
            epilogue: LinearEpilogue(residual: middle), scratch: workspace.scratch)
    }

    private func normalise(
        _ pass: borrowing Pass, _ index: NormIndex, x: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>,
        mean: UnsafeMutablePointer<Float>, inverse: UnsafeMutablePointer<Float>
    ) {
        var call = normCall(pass, index, x: x, mean: mean, inverse: inverse)
        call.y = y
        kernels.norm(call)
    }
}
