// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

// One block, x to x', with A = Wo attention(Wqkv .) and M = Wout f(Win .), biases understood and dropout on both:
//
//   pre-norm    m = x + A(norm1(x))             x' = m + M(norm2(m))
//   post-norm   h = norm1(x + A(x))             x' = norm2(h + M(h))
//   parallel    n = norm1(x)                    x' = x + A(n) + M(n)
//
// Attention only: M and the norm before or after it are left out. Biases, activations and residual additions are epilogues
// of the products.

extension Transformer {
    func forwardBlock(_ pass: borrowing Pass, _ block: Int, _ workspace: Workspace) {
        let index = layout.blocks[block]
        let parts = workspace.layout.block
        let trains = pass.mode == .train
        let isPostNorm = options.form == .postNorm
        let (input, output) = (workspace.stream(block), workspace.stream(block + 1))
        let normalised = workspace.part(parts.normalised1, of: block)
        let (mean, inverse) = (workspace.part(parts.mean1, of: block), workspace.part(parts.inverse1, of: block))

        if !isPostNorm {
            normalise(pass, index.norm, rows: rows(pass), x: input, y: normalised, mean: mean, inverse: inverse)
        }
        attend(pass, block: block, x: isPostNorm ? input : normalised, workspace)
        // A pre-norm stream that no gradient will read is changed in place.
        let keepsMiddle = isPostNorm || (trains && index.mlp != nil)
        let middle = keepsMiddle ? workspace.part(parts.middle, of: block) : output
        add(
            pass, index.attentionOutput, rows: rows(pass), x: workspace.part(parts.attended, of: block),
            residual: input, to: middle,
            at: .attention(block), workspace)
        guard let mlp = index.mlp else {
            if isPostNorm {
                normalise(pass, index.norm, rows: rows(pass), x: middle, y: output, mean: mean, inverse: inverse)
            }
            return
        }
        guard let norm = mlp.norm else {
            return transform(pass, block, mlp, rows: rows(pass), x: normalised, residual: middle, to: output, workspace)
        }
        let second = workspace.part(parts.normalised2, of: block)
        let (mean2, inverse2) = (workspace.part(parts.mean2, of: block), workspace.part(parts.inverse2, of: block))
        if isPostNorm {
            normalise(pass, index.norm, rows: rows(pass), x: middle, y: normalised, mean: mean, inverse: inverse)
            transform(pass, block, mlp, rows: rows(pass), x: normalised, residual: normalised, to: second, workspace)
            normalise(pass, norm, rows: rows(pass), x: second, y: output, mean: mean2, inverse: inverse2)
        } else {
            normalise(pass, norm, rows: rows(pass), x: middle, y: second, mean: mean2, inverse: inverse2)
            transform(pass, block, mlp, rows: rows(pass), x: second, residual: middle, to: output, workspace)
        }
    }

    /// Attention before its output layer.
    func attend(_ pass: borrowing Pass, block: Int, x: UnsafePointer<Float>, _ workspace: Workspace) {
        let rows = self.rows(pass)
        let projected = workspace.part(workspace.layout.block.projected, of: block)
        let stride = workspace.layout.projectedStride
        for projection in layout.blocks[block].projections {
            kernels.linear(
                projection.linear.layer, rows: rows, x: x, weight: pass.parameter(projection.linear.weight),
                bias: projection.linear.bias.map { pass.parameter($0) }, y: projected + projection.column,
                stride: stride, scratch: workspace.scratch)
        }
        rotate(projected, stride: stride, rows: rows, length: length(pass), direction: 1)
        var call = attentionCall(pass, block: block, workspace)
        call.probabilities = attentionRequest(pass, block: block)
        kernels.attention(call)
        repeatAttention(pass, block: block)
    }

    /// y = residual + M(x), `[rows, width]`.
    func transform(
        _ pass: borrowing Pass, _ block: Int, _ mlp: MLPIndex, rows: Int, x: UnsafePointer<Float>,
        residual: UnsafePointer<Float>,
        to y: UnsafeMutablePointer<Float>, _ workspace: Workspace
    ) {
        let parts = workspace.layout.block
        let (hidden, stride) = (workspace.part(parts.hidden, of: block), workspace.layout.hiddenStride)
        let bias = mlp.input.bias.map { pass.parameter($0) }
        let weight = pass.parameter(mlp.input.weight)
        let activation = options.activation.kernel
        if options.activation.isGated {
            let expanded = workspace.part(parts.expanded, of: block)
            kernels.linear(
                mlp.input.layer, rows: rows, x: x, weight: weight, bias: bias, y: expanded, scratch: workspace.scratch)
            kernels.table.gated(activation, Int64(rows), Int64(options.mlpSize), expanded, hidden)
        } else {
            let slope = pass.mode == .train ? workspace.part(parts.slope, of: block) : nil
            kernels.linear(
                mlp.input.layer, rows: rows, x: x, weight: weight, bias: bias, y: hidden, stride: stride,
                epilogue: LinearEpilogue(activation: activation, slope: slope), scratch: workspace.scratch)
        }
        add(
            pass, mlp.output, rows: rows, x: hidden, xStride: stride, residual: residual, to: y, at: .mlp(block),
            workspace)
    }

    /// y = residual + dropout(W x + b).
    private func add(
        _ pass: borrowing Pass, _ index: LinearIndex, rows: Int, x: UnsafePointer<Float>, xStride: Int? = nil,
        residual: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, at place: DropoutPlace,
        _ workspace: Workspace
    ) {
        let drops = drops(pass)
        kernels.linear(
            index.layer, rows: rows, x: x, xStride: xStride, weight: pass.parameter(index.weight),
            bias: index.bias.map { pass.parameter($0) }, y: drops ? workspace.dropped : y,
            epilogue: LinearEpilogue(residual: drops ? nil : residual), scratch: workspace.scratch)
        if drops { drop(pass, at: place, workspace.dropped, residual: residual, to: y, workspace) }
    }
}
