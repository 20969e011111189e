// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

// Products over all times at once where nothing depends on the state before, one per time where it does. Row t * count + s
// belongs to item t of sample s.

extension GRU {
    func forward(_ pass: borrowing Pass) throws {
        let (parts, base) = try workspace(pass)
        try checkRequests(pass)
        try input.embed(pass, to: base + parts.stream(0), embedded: base + parts.embedded, kernels)
        serve(pass, point: 0, stream: base + parts.stream(0), parts)
        (base + parts.origin).update(repeating: 0, count: pass.count * width)
        for index in layers.indices {
            forwardLayer(pass, index, parts, base)
            serve(pass, point: index + 1, stream: base + parts.stream(index + 1), parts)
        }
        let states = base + parts.stream(layers.count)
        var read = UnsafePointer(states + (parts.length - 1) * pass.count * width)
        if !input.predictsLast {
            reorder(from: states, to: base + parts.last, pass.count, parts.length)
            read = UnsafePointer(base + parts.last)
        }
        kernels.linear(
            readout, rows: outputRows(pass), x: read, weight: pass.parameter(readoutWeight), bias: nil, y: pass.outputs,
            scratch: pass.workspace)
    }

    func outputRows(_ pass: borrowing Pass) -> Int {
        input.predictsLast ? pass.count : pass.count * pass.length
    }

    /// The states of one layer from those of the layer below.
    private func forwardLayer(
        _ pass: borrowing Pass, _ index: Int, _ parts: GRUWorkspace, _ base: UnsafeMutablePointer<Float>
    ) {
        let layer = layers[index]
        let rows = pass.count * parts.length
        let (x, h) = (base + parts.stream(index), base + parts.stream(index + 1))
        let (rz, n, u) = (base + parts.gates(index), base + parts.candidate(index), base + parts.recurrent(index))
        let (weight, bias) = (pass.parameter(layer.inputWeight), pass.parameter(layer.inputBias))
        let (hiddenWeight, hiddenBias) = (pass.parameter(layer.hiddenWeight), pass.parameter(layer.hiddenBias))
        kernels.linear(gates, rows: rows, x: x, weight: weight, bias: bias, y: rz, scratch: pass.workspace)
        kernels.linear(
            candidate, rows: rows, x: x, weight: weight + candidateOffset, bias: bias + 2 * width, y: n,
            scratch: pass.workspace)
        for time in 0..<parts.length {
            let start = time * pass.count * width
            let before = UnsafePointer(time == 0 ? base + parts.origin : h + start - pass.count * width)
            let (rz, n, u, h) = (rz + 2 * start, n + start, u + start, h + start)
            addRecurrentGates(pass, from: before, weight: hiddenWeight, bias: hiddenBias, to: rz)
            kernels.linear(
                candidate, rows: pass.count, x: before, weight: hiddenWeight + candidateOffset,
                bias: hiddenBias + 2 * width, y: u, scratch: pass.workspace)
            for sample in 0..<pass.count {
                let (row, reset) = (sample * width, rz + 2 * sample * width)
                for j in 0..<width { n[row + j] += reset[j] * u[row + j] }
            }
            kernels.table.activation(INDUCT_ACTIVATION_TANH, Int64(pass.count * width), n, n)
            for sample in 0..<pass.count {
                let (row, update) = (sample * width, rz + (2 * sample + 1) * width)
                for j in 0..<width {
                    h[row + j] = (1 - update[j]) * n[row + j] + update[j] * before[row + j]
                }
            }
        }
    }

    /// rz = sigmoid(rz + U h + c), both gates in one product.
    private func addRecurrentGates(
        _ pass: borrowing Pass, from before: UnsafePointer<Float>, weight: UnsafePointer<Float>,
        bias: UnsafePointer<Float>, to rz: UnsafeMutablePointer<Float>
    ) {
        var call = induct_gemm()
        call.activation = INDUCT_ACTIVATION_SIGMOID
        call.transpose_b = 1
        call.accumulate = 1
        (call.m, call.n, call.k) = (Int64(pass.count), Int64(2 * width), Int64(width))
        (call.a, call.lda) = (before, Int64(width))
        (call.b, call.ldb) = (weight, Int64(width))
        (call.c, call.ldc) = (rz, Int64(2 * width))
        call.bias = bias
        call.scratch = pass.workspace
        kernels.gemm(call)
    }
}
