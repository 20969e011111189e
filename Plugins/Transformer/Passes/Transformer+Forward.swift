// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

// The forward pass of a decoder, R = count * length rows of width d:
//
//   x_0     = tokens[t] + positions                            (Transformer+Embedding.swift)
//   x_(i+1) = block i of x_i                                   (Transformer+Blocks.swift)
//   outputs = U final_norm(x_layers)                           of all rows, or of those that are predicted from

extension Transformer {
    func forward(_ pass: borrowing Pass) throws(InductError) {
        let inputs = try checkedInputs(pass)
        try checkRequests(pass)
        let workspace = try workspace(pass)

        embed(pass, inputs, workspace)
        serve(pass, point: 0, values: workspace.stream(0))
        spreadRelativePositions(pass, workspace)
        for block in 0..<options.layers {
            if block == options.layers - 1, needsLastRowsAlone(pass) {
                forwardLastRows(pass, block, workspace)
                break
            }
            forwardBlock(pass, block, workspace)
            serve(pass, point: 1 + block, values: workspace.stream(block + 1))
        }
        unembed(pass, workspace)
    }

    /// The outputs from x_layers.
    private func unembed(_ pass: borrowing Pass, _ workspace: Workspace) {
        var last = workspace.stream(options.layers)
        if options.examples != nil {
            if !needsLastRowsAlone(pass) { gatherPredictedRows(pass, last, to: workspace.predicted) }
            last = workspace.predicted
        }
        if let norm = layout.finalNorm {
            normalise(
                pass, norm, rows: outputRows(pass), x: last, y: workspace.finalNormalised, mean: workspace.finalMean,
                inverse: workspace.finalInverse)
            last = workspace.finalNormalised
            if options.examples == nil { serve(pass, point: 1 + options.layers, values: last) }
        }
        kernels.linear(
            layout.unembedding.layer, rows: outputRows(pass), x: last,
            weight: pass.parameter(layout.unembedding.weight), bias: nil, y: pass.outputs, scratch: workspace.scratch)
    }

    func normalise(
        _ pass: borrowing Pass, _ index: NormIndex, rows: Int, x: UnsafePointer<Float>,
        y: UnsafeMutablePointer<Float>, mean: UnsafeMutablePointer<Float>, inverse: UnsafeMutablePointer<Float>
    ) {
        var call = normCall(pass, index, rows: rows, x: x, mean: mean, inverse: inverse)
        call.y = y
        kernels.norm(call)
    }
}
