// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

// The last block of a pre-norm decoder over labelled examples, whose last rows alone are predicted from. Attention reads
// all R rows; what follows it is computed for the last row of each sample, n = count rows:
//
//   m  = x_last + Wo attention(Wqkv norm1(x))_last        [n, width]
//   x' = m + M(norm2(m))                                  [n, width], in `predicted`
//
// For one labelled pair, R = 3 n, and two blocks, that leaves out a quarter of all products. The rows left out have no
// gradient. A request may ask for any row of the stream, and dropout numbers rows: with either, all rows are computed.

extension Transformer {
    /// Whether the last block computes the last rows alone; `backward` comes with the requests of its `forward`.
    func needsLastRowsAlone(_ pass: borrowing Pass) -> Bool {
        options.examples?.predictsAll == false && options.layers > 0 && options.form == .preNorm
            && !options.isAttentionOnly && pass.requestCount == 0
            && !drops(pass)
    }

    func forwardLastRows(_ pass: borrowing Pass, _ block: Int, _ workspace: Workspace) {
        let index = layout.blocks[block]
        guard let mlp = index.mlp, let norm = mlp.norm else { return }
        let parts = workspace.layout.block
        let normalised = workspace.part(parts.normalised1, of: block)
        normalise(
            pass, index.norm, rows: rows(pass), x: workspace.stream(block), y: normalised,
            mean: workspace.part(parts.mean1, of: block), inverse: workspace.part(parts.inverse1, of: block))
        attend(pass, block: block, x: normalised, workspace)
        let middle = pass.mode == .train ? workspace.part(parts.middle, of: block) : workspace.predicted
        gatherPredictedRows(pass, workspace.stream(block), to: middle)
        let attended = lastAttended(pass, block, workspace)
        kernels.linear(
            index.attentionOutput.layer, rows: pass.count, x: attended.start, xStride: attended.stride,
            weight: pass.parameter(index.attentionOutput.weight),
            bias: index.attentionOutput.bias.map { pass.parameter($0) }, y: middle,
            epilogue: LinearEpilogue(residual: middle), scratch: workspace.scratch)
        let second = workspace.part(parts.normalised2, of: block)
        normalise(
            pass, norm, rows: pass.count, x: middle, y: second, mean: workspace.part(parts.mean2, of: block),
            inverse: workspace.part(parts.inverse2, of: block))
        transform(pass, block, mlp, rows: pass.count, x: second, residual: middle, to: workspace.predicted, workspace)
    }

    /// d x from d x' `[n, width]` in `predictedGradient`, which it changes.
    func lastRowsBackward(_ pass: borrowing Pass, _ block: Int, _ workspace: Workspace) {
        let index = layout.blocks[block]
        guard let mlp = index.mlp, let norm = mlp.norm else { return }
        let parts = workspace.layout.block
        let (dlast, dstream, dbranch) = (
            workspace.predictedGradient, workspace.streamGradient, workspace.branchGradient
        )
        transformBackward(
            pass, block, mlp, rows: pass.count, x: workspace.part(parts.normalised2, of: block), dy: dlast, dx: dbranch,
            workspace)
        normaliseBackward(
            pass, norm, rows: pass.count, x: workspace.part(parts.middle, of: block),
            mean: workspace.part(parts.mean2, of: block), inverse: workspace.part(parts.inverse2, of: block),
            dy: dbranch, residual: dlast, dx: dlast, workspace)
        let attended = lastAttended(pass, block, workspace)
        let output = index.attentionOutput
        if let dweight = pass.gradient(output.weight) {
            kernels.linearParameterGradients(
                output.layer, rows: pass.count, x: attended.start, xStride: attended.stride, dy: dlast,
                dweight: dweight, dbias: output.bias.flatMap { pass.gradient($0) }, accumulate: pass.accumulates,
                scratch: workspace.scratch)
        }
        kernels.linearInputGradient(
            output.layer, rows: pass.count, dy: dlast, weight: pass.parameter(output.weight),
            dx: workspace.innerGradient, scratch: workspace.scratch)
        spreadPredictedRows(pass, workspace.innerGradient, width: options.queryColumns, to: dbranch)
        scoresBackward(pass, block, x: workspace.part(parts.normalised1, of: block), dx: dbranch, workspace)
        spreadPredictedRows(pass, dlast, width: options.width, to: dstream)
        normaliseBackward(
            pass, index.norm, rows: rows(pass), x: workspace.stream(block),
            mean: workspace.part(parts.mean1, of: block), inverse: workspace.part(parts.inverse1, of: block),
            dy: dbranch, residual: dstream, dx: dstream, workspace)
    }

    /// The last rows of what attention gives: where the first begins, and floats from one to the next.
    private func lastAttended(
        _ pass: borrowing Pass, _ block: Int, _ workspace: Workspace
    ) -> (start: UnsafePointer<Float>, stride: Int) {
        let start = workspace.part(workspace.layout.block.attended, of: block)
        return (UnsafePointer(start + (length(pass) - 1) * options.queryColumns), length(pass) * options.queryColumns)
    }

    /// Copies the rows of x `[R, width]` that are predicted from to y `[count * P, width]`.
    func gatherPredictedRows(_ pass: borrowing Pass, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>) {
        forEachPredictedRow(pass) { output, row in
            (y + output * options.width).update(from: x + row * options.width, count: options.width)
        }
    }

    /// y `[R, width]` is x `[count * P, width]` in the rows that are predicted from, and zero elsewhere.
    func spreadPredictedRows(
        _ pass: borrowing Pass, _ x: UnsafePointer<Float>, width: Int, to y: UnsafeMutablePointer<Float>
    ) {
        y.update(repeating: 0, count: rows(pass) * width)
        forEachPredictedRow(pass) { output, row in
            (y + row * width).update(from: x + output * width, count: width)
        }
    }

    /// Calls `body(output, row)` for every row of the outputs: `row` of the stream is what it is predicted from.
    private func forEachPredictedRow(_ pass: borrowing Pass, _ body: (Int, Int) -> Void) {
        guard let examples = options.examples else { return }
        for sample in 0..<pass.count {
            for position in 0..<examples.positions {
                body(sample * examples.positions + position, sample * examples.length + examples.row(of: position))
            }
        }
    }
}
