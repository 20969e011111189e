// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

// The backward pass, in reverse order of the forward one. `streamGradient` holds d loss / d x between the blocks.

extension Transformer {
    func backward(_ pass: borrowing Pass) throws(InductError) {
        let inputs = try checkedInputs(pass)
        try checkGradients(pass)
        let workspace = try workspace(pass)

        if !pass.accumulates {
            if let table = layout.table, !options.isTied { clear(pass, table) }
            if let values = layout.values {
                clear(pass, values.weight)
                if let bias = values.bias { clear(pass, bias) }
            }
            if let positions = layout.positions { clear(pass, positions) }
            if let relative = layout.relativePositions { clear(pass, relative) }
        }
        unembedBackward(pass, workspace)
        clearRelativeGradient(pass, workspace)
        for block in (0..<options.layers).reversed() {
            if block == options.layers - 1, needsLastRowsAlone(pass) {
                lastRowsBackward(pass, block, workspace)
            } else {
                backwardBlock(pass, block, workspace)
            }
        }
        gatherRelativeGradient(pass, workspace)
        embedBackward(pass, inputs, workspace)
    }

    /// d x_layers.
    private func unembedBackward(_ pass: borrowing Pass, _ workspace: Workspace) {
        let rows = outputRows(pass)
        let areSomeAlone = options.examples != nil
        let last = areSomeAlone ? workspace.predicted : workspace.stream(options.layers)
        let dlast = areSomeAlone ? workspace.predictedGradient : workspace.streamGradient
        if let norm = layout.finalNorm {
            propagate(
                pass, layout.unembedding, rows: rows, x: workspace.finalNormalised, dy: pass.outputGradients,
                dx: workspace.branchGradient, scratch: workspace.scratch)
            normaliseBackward(
                pass, norm, rows: rows, x: last, mean: workspace.finalMean, inverse: workspace.finalInverse,
                dy: workspace.branchGradient, residual: nil, dx: dlast, workspace)
        } else {
            propagate(
                pass, layout.unembedding, rows: rows, x: last, dy: pass.outputGradients, dx: dlast,
                scratch: workspace.scratch)
        }
        if areSomeAlone, !needsLastRowsAlone(pass) {
            spreadPredictedRows(pass, dlast, width: options.width, to: workspace.streamGradient)
        }
    }

    /// Sets a gradient to zero, for kernels that only add.
    private func clear(_ pass: borrowing Pass, _ index: Int) {
        pass.gradient(index)?.update(repeating: 0, count: layout.parameters[index].count)
    }

    /// The gradients of a linear layer's parameters, and of its input.
    func propagate(
        _ pass: borrowing Pass, _ index: LinearIndex, rows: Int, x: UnsafePointer<Float>, xStride: Int? = nil,
        dy: UnsafePointer<Float>, stride: Int? = nil, dx: UnsafeMutablePointer<Float>, dxStride: Int? = nil,
        addsToInput: Bool = false, slope: UnsafePointer<Float>? = nil, scratch: UnsafeMutableRawPointer
    ) {
        if let dweight = pass.gradient(index.weight) {
            kernels.linearParameterGradients(
                index.layer, rows: rows, x: x, xStride: xStride, dy: dy, stride: stride, dweight: dweight,
                dbias: index.bias.flatMap { pass.gradient($0) }, accumulate: pass.accumulates, scratch: scratch)
        }
        kernels.linearInputGradient(
            index.layer, rows: rows, dy: dy, stride: stride, weight: pass.parameter(index.weight), dx: dx,
            dxStride: dxStride, accumulate: addsToInput, slope: slope, scratch: scratch)
    }

    /// dx = d loss / d x + residual from dy, and the gradients of gain and bias; `residual` may be dx.
    func normaliseBackward(
        _ pass: borrowing Pass, _ index: NormIndex, rows: Int, x: UnsafePointer<Float>,
        mean: UnsafeMutablePointer<Float>, inverse: UnsafeMutablePointer<Float>, dy: UnsafePointer<Float>,
        residual: UnsafePointer<Float>?,
        dx: UnsafeMutablePointer<Float>, _ workspace: Workspace
    ) {
        var call = normCall(pass, index, rows: rows, x: x, mean: mean, inverse: inverse)
        call.accumulate = pass.accumulates ? 1 : 0
        call.dy = dy
        call.dresidual = residual
        call.dx = dx
        call.dgain = pass.gradient(index.gain)
        call.dbias = index.bias.flatMap { pass.gradient($0) }
        call.scratch = workspace.scratch
        kernels.normBackward(call)
    }
}
