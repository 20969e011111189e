// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

// The backward pass, in reverse order of the forward one. `streamGradient` holds d loss / d x throughout: each branch
// adds its own part to it within the backward kernel of its norm.

extension Transformer {
    func backward(_ pass: borrowing Pass) throws(InductError) {
        let rows = pass.count * pass.length
        let tokens = try checkedTokens(pass)
        try checkGradients(pass)
        let workspace = try workspace(pass)
        let dstream = workspace.streamGradient

        let unembedding = layout.unembedding
        propagate(
            pass, unembedding, rows: rows, x: workspace.finalNormalised, dy: pass.outputGradients,
            dx: workspace.branchGradient, scratch: workspace.scratch)
        normaliseBackward(
            pass, layout.finalNorm, x: workspace.stream(options.layers), mean: workspace.finalMean,
            inverse: workspace.finalInverse, residual: nil, workspace)
        for block in (0..<options.layers).reversed() {
            transformBackward(pass, block: block, workspace)
            attendBackward(pass, block: block, workspace)
        }

        if !pass.accumulates {
            if !options.isTied { clear(pass, layout.tokens) }
            if let positions = layout.positions { clear(pass, positions) }
        }
        kernels.table.embedding_backward(
            Int64(rows), Int64(pass.length), Int64(options.width), tokens, dstream, pass.gradient(layout.tokens),
            layout.positions.flatMap { pass.gradient($0) })
    }

    /// Sets a gradient to zero, for kernels that only add.
    private func clear(_ pass: borrowing Pass, _ index: Int) {
        pass.gradient(index)?.update(repeating: 0, count: layout.parameters[index].count)
    }

    /// The gradients of a linear layer's parameters, and of its input.
    private func propagate(
        _ pass: borrowing Pass, _ index: LinearIndex, rows: Int, x: UnsafePointer<Float>, dy: UnsafePointer<Float>,
        stride: Int? = nil, dx: UnsafeMutablePointer<Float>, addsToInput: Bool = false,
        scratch: UnsafeMutableRawPointer
    ) {
        if let dweight = pass.gradient(index.weight) {
            kernels.linearParameterGradients(
                index.layer, rows: rows, x: x, dy: dy, stride: stride, dweight: dweight,
                dbias: index.bias.flatMap { pass.gradient($0) }, accumulate: pass.accumulates, scratch: scratch)
        }
        kernels.linearInputGradient(
            index.layer, rows: rows, dy: dy, stride: stride, weight: pass.parameter(index.weight), dx: dx,
            accumulate: addsToInput, scratch: scratch)
    }

    /// d x_i.5 from d x_(i+1).
    private func transformBackward(_ pass: borrowing Pass, block: Int, _ workspace: Workspace) {
        let rows = pass.count * pass.length
        let index = layout.blocks[block]
        let parts = workspace.layout.block
        let preactivation = workspace.part(parts.preactivation, of: block)
        let activation = options.activation.kernel
        let dhidden = workspace.innerGradient
        propagate(
            pass, index.mlpOutput, rows: rows, x: workspace.part(parts.hidden, of: block), dy: workspace.streamGradient,
            dx: dhidden, scratch: workspace.scratch)
        var dexpanded = dhidden
        if options.activation.isGated {
            dexpanded = workspace.expandedGradient
            kernels.table.gated_backward(
                activation, Int64(rows), Int64(options.mlpSize), preactivation, dhidden, dexpanded)
        } else {
            kernels.table.activation_backward(
                activation, Int64(rows * options.mlpSize), preactivation, dhidden, dhidden)
        }
        propagate(
            pass, index.mlpInput, rows: rows, x: workspace.part(parts.normalised2, of: block), dy: dexpanded,
            dx: workspace.branchGradient, scratch: workspace.scratch)
        normaliseBackward(
            pass, index.norm2, x: workspace.part(parts.middle, of: block), mean: workspace.part(parts.mean2, of: block),
            inverse: workspace.part(parts.inverse2, of: block), residual: workspace.streamGradient, workspace)
    }

    /// d x_i from d x_i.5.
    private func attendBackward(_ pass: borrowing Pass, block: Int, _ workspace: Workspace) {
        let rows = pass.count * pass.length
        let index = layout.blocks[block]
        let parts = workspace.layout.block
        let dprojected = workspace.innerGradient
        propagate(
            pass, index.attentionOutput, rows: rows, x: workspace.part(parts.attended, of: block),
            dy: workspace.streamGradient, dx: workspace.branchGradient, scratch: workspace.scratch)
        var call = attentionCall(pass, block: block, workspace)
        call.dout = UnsafePointer(workspace.branchGradient)
        call.dq = dprojected
        call.dk = dprojected + options.queryColumns
        call.dv = dprojected + options.queryColumns + options.keyValueColumns
        kernels.attentionBackward(call)
        rotate(dprojected, rows: rows, length: pass.length, direction: -1)
        for (number, projection) in index.projections.enumerated() {
            propagate(
                pass, projection.linear, rows: rows, x: workspace.part(parts.normalised1, of: block),
                dy: dprojected + projection.column, stride: options.projectedColumns, dx: workspace.branchGradient,
                addsToInput: number > 0, scratch: workspace.scratch)
        }
        normaliseBackward(
            pass, index.norm1, x: workspace.stream(block), mean: workspace.part(parts.mean1, of: block),
            inverse: workspace.part(parts.inverse1, of: block), residual: workspace.streamGradient, workspace)
    }

    /// From `branchGradient`, d loss / d y, to `streamGradient`, d loss / d x + residual.
    private func normaliseBackward(
        _ pass: borrowing Pass, _ index: NormIndex, x: UnsafePointer<Float>, mean: UnsafeMutablePointer<Float>,
        inverse: UnsafeMutablePointer<Float>, residual: UnsafePointer<Float>?, _ workspace: Workspace
    ) {
        var call = normCall(pass, index, x: x, mean: mean, inverse: inverse)
        call.accumulate = pass.accumulates ? 1 : 0
        call.dy = UnsafePointer(workspace.branchGradient)
        call.dresidual = residual
        call.dx = workspace.streamGradient
        call.dgain = pass.gradient(index.gain)
        call.dbias = index.bias.flatMap { pass.gradient($0) }
        call.scratch = workspace.scratch
        kernels.normBackward(call)
    }
}
