// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

// d x from d x' of one block, in place in `streamGradient`; see Transformer+Blocks.swift for the three forms.

extension Transformer {
    func backwardBlock(_ pass: borrowing Pass, _ block: Int, _ workspace: Workspace) {
        switch options.form {
        case .preNorm: preNormBackward(pass, block, workspace)
        case .postNorm: postNormBackward(pass, block, workspace)
        case .parallel: parallelBackward(pass, block, workspace)
        }
    }

    /// Each branch adds its part to d x within the backward kernel of its norm.
    private func preNormBackward(_ pass: borrowing Pass, _ block: Int, _ workspace: Workspace) {
        let index = layout.blocks[block]
        let parts = workspace.layout.block
        let (dstream, dbranch) = (workspace.streamGradient, workspace.branchGradient)
        if let mlp = index.mlp, let norm = mlp.norm {
            transformBackward(
                pass, block, mlp, rows: rows(pass), x: workspace.part(parts.normalised2, of: block), dy: dstream,
                dx: dbranch, workspace)
            normaliseBackward(
                pass, norm, rows: rows(pass), x: workspace.part(parts.middle, of: block),
                mean: workspace.part(parts.mean2, of: block),
                inverse: workspace.part(parts.inverse2, of: block), dy: dbranch, residual: dstream, dx: dstream,
                workspace)
        }
        attendBackward(
            pass, block, x: workspace.part(parts.normalised1, of: block), dy: dstream, dx: dbranch, workspace)
        normaliseBackward(
            pass, index.norm, rows: rows(pass), x: workspace.stream(block),
            mean: workspace.part(parts.mean1, of: block),
            inverse: workspace.part(parts.inverse1, of: block), dy: dbranch, residual: dstream, dx: dstream, workspace)
    }

    /// d of a sum passes to its residual as it is; each branch adds its part to it.
    private func postNormBackward(_ pass: borrowing Pass, _ block: Int, _ workspace: Workspace) {
        let index = layout.blocks[block]
        let parts = workspace.layout.block
        let (dstream, dbranch) = (workspace.streamGradient, workspace.branchGradient)
        let middle = workspace.part(parts.middle, of: block)
        let (mean, inverse) = (workspace.part(parts.mean1, of: block), workspace.part(parts.inverse1, of: block))
        if let mlp = index.mlp, let norm = mlp.norm {
            normaliseBackward(
                pass, norm, rows: rows(pass), x: workspace.part(parts.normalised2, of: block),
                mean: workspace.part(parts.mean2, of: block), inverse: workspace.part(parts.inverse2, of: block),
                dy: dstream, residual: nil, dx: dbranch, workspace)
            transformBackward(
                pass, block, mlp, rows: rows(pass), x: workspace.part(parts.normalised1, of: block), dy: dbranch,
                dx: dbranch,
                addsToInput: true, workspace)
            normaliseBackward(
                pass, index.norm, rows: rows(pass), x: middle, mean: mean, inverse: inverse, dy: dbranch, residual: nil,
                dx: dstream,
                workspace)
        } else {
            normaliseBackward(
                pass, index.norm, rows: rows(pass), x: middle, mean: mean, inverse: inverse, dy: dstream, residual: nil,
                dx: dbranch,
                workspace)
            dstream.update(from: dbranch, count: rows(pass) * options.width)
        }
        attendBackward(
            pass, block, x: workspace.stream(block), dy: dstream, dx: dstream, addsToInput: true, workspace)
    }

    /// Both branches add to d of the norm that they read.
    private func parallelBackward(_ pass: borrowing Pass, _ block: Int, _ workspace: Workspace) {
        let index = layout.blocks[block]
        let parts = workspace.layout.block
        let dstream = workspace.streamGradient
        let normalised = workspace.part(parts.normalised1, of: block)
        var dnormalised = workspace.branchGradient
        if let mlp = index.mlp {
            dnormalised = workspace.sharedGradient
            transformBackward(
                pass, block, mlp, rows: rows(pass), x: normalised, dy: dstream, dx: dnormalised, workspace)
        }
        attendBackward(
            pass, block, x: normalised, dy: dstream, dx: dnormalised, addsToInput: index.mlp != nil, workspace)
        normaliseBackward(
            pass, index.norm, rows: rows(pass), x: workspace.stream(block),
            mean: workspace.part(parts.mean1, of: block),
            inverse: workspace.part(parts.inverse1, of: block), dy: dnormalised, residual: dstream, dx: dstream,
            workspace)
    }

    /// dx (+)= d loss / d x of the MLP on x, and its parameters' gradients; dy may be dx.
    func transformBackward(
        _ pass: borrowing Pass, _ block: Int, _ mlp: MLPIndex, rows: Int, x: UnsafePointer<Float>,
        dy: UnsafePointer<Float>,
        dx: UnsafeMutablePointer<Float>, addsToInput: Bool = false, _ workspace: Workspace
    ) {
        let parts = workspace.layout.block
        let isGated = options.activation.isGated
        let (dhidden, stride) = (workspace.innerGradient, workspace.layout.hiddenStride)
        propagate(
            pass, mlp.output, rows: rows, x: workspace.part(parts.hidden, of: block), xStride: stride,
            dy: dropped(pass, at: .mlp(block), gradient: dy, workspace), dx: dhidden, dxStride: stride,
            slope: isGated ? nil : UnsafePointer(workspace.part(parts.slope, of: block)), scratch: workspace.scratch)
        var dexpanded = dhidden
        if isGated {
            dexpanded = workspace.expandedGradient
            kernels.table.gated_backward(
                options.activation.kernel, Int64(rows), Int64(options.mlpSize),
                workspace.part(parts.expanded, of: block), dhidden, dexpanded)
        }
        propagate(
            pass, mlp.input, rows: rows, x: x, dy: dexpanded, stride: isGated ? nil : stride, dx: dx,
            addsToInput: addsToInput, scratch: workspace.scratch)
    }

    /// dx (+)= d loss / d x of attention over x, and its parameters' gradients; dy may be dx.
    ///
    /// Uses `branchGradient`, which may be dx as well unless it is added to.
    private func attendBackward(
        _ pass: borrowing Pass, _ block: Int, x: UnsafePointer<Float>, dy: UnsafePointer<Float>,
        dx: UnsafeMutablePointer<Float>, addsToInput: Bool = false, _ workspace: Workspace
    ) {
        let index = layout.blocks[block]
        propagate(
            pass, index.attentionOutput, rows: rows(pass),
            x: workspace.part(workspace.layout.block.attended, of: block),
            dy: dropped(pass, at: .attention(block), gradient: dy, workspace), dx: workspace.branchGradient,
            scratch: workspace.scratch)
        scoresBackward(pass, block, x: x, dx: dx, addsToInput: addsToInput, workspace)
    }

    /// The same from d loss / d attended, `[R, queryColumns]`, in `branchGradient`.
    func scoresBackward(
        _ pass: borrowing Pass, _ block: Int, x: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>,
        addsToInput: Bool = false, _ workspace: Workspace
    ) {
        let (dprojected, stride) = (workspace.innerGradient, workspace.layout.projectedStride)
        var call = attentionCall(pass, block: block, workspace)
        call.dout = UnsafePointer(workspace.branchGradient)
        call.dq = dprojected
        call.dk = dprojected + options.queryColumns
        call.dv = dprojected + options.queryColumns + options.keyValueColumns
        if layout.relativePositions != nil { call.drelative = workspace.relativeGradient }
        kernels.attentionBackward(call)
        let rows = self.rows(pass)
        rotate(dprojected, stride: stride, rows: rows, length: length(pass), direction: -1)
        for (number, projection) in layout.blocks[block].projections.enumerated() {
            propagate(
                pass, projection.linear, rows: rows, x: x, dy: dprojected + projection.column,
                stride: stride, dx: dx, addsToInput: addsToInput || number > 0, scratch: workspace.scratch)
        }
    }
}
