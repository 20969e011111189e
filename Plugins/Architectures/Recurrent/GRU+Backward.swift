// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

// d loss / d states runs from the last item to the first; what does not depend on time is done for all times at once.

extension GRU {
    func backward(_ pass: borrowing Pass) throws {
        let (parts, base) = try workspace(pass)
        for index in modelParameters.indices where pass.gradient(index) == nil {
            throw InductError(
                .invalidArgument, "the pass has no room for the gradient of \(modelParameters[index].name)")
        }
        readoutBackward(pass, parts, base)
        for index in layers.indices.reversed() {
            backwardLayer(pass, index, parts, base)
            try parameterGradients(pass, index, parts, base)
        }
        try input.embedBackward(
            pass, from: base + parts.streamGradient, embedded: base + parts.embedded, kernels)
    }

    /// d loss / d the last layer's states, and the readout's gradient.
    private func readoutBackward(
        _ pass: borrowing Pass, _ parts: GRUWorkspace, _ base: UnsafeMutablePointer<Float>
    ) {
        let rows = outputRows(pass)
        let dstream = base + parts.streamGradient
        let lastStart = (parts.length - 1) * pass.count * width
        let read = base + (input.predictsLast ? parts.stream(layers.count) + lastStart : parts.last)
        if let dweight = pass.gradient(readoutWeight) {
            kernels.linearParameterGradients(
                readout, rows: rows, x: read, dy: pass.outputGradients, dweight: dweight, dbias: nil,
                accumulate: pass.accumulates, scratch: pass.workspace)
        }
        if input.predictsLast {
            dstream.update(repeating: 0, count: lastStart)
            kernels.linearInputGradient(
                readout, rows: rows, dy: pass.outputGradients, weight: pass.parameter(readoutWeight),
                dx: dstream + lastStart, scratch: pass.workspace)
        } else {
            kernels.linearInputGradient(
                readout, rows: rows, dy: pass.outputGradients, weight: pass.parameter(readoutWeight),
                dx: base + parts.last, scratch: pass.workspace)
            reorder(from: base + parts.last, to: dstream, parts.length, pass.count)
        }
    }

    /// The gradients of what the gates' and the candidate's functions are applied to, last time first.
    private func backwardLayer(
        _ pass: borrowing Pass, _ index: Int, _ parts: GRUWorkspace, _ base: UnsafeMutablePointer<Float>
    ) {
        let states = base + parts.stream(index + 1)
        let carried = base + parts.carriedGradient
        let weight = pass.parameter(layers[index].hiddenWeight)
        carried.update(repeating: 0, count: pass.count * width)
        for time in (0..<parts.length).reversed() {
            let start = time * pass.count * width
            let before = time == 0 ? base + parts.origin : states + start - pass.count * width
            let (rz, n, u) = (
                base + parts.gates(index) + 2 * start, base + parts.candidate(index) + start,
                base + parts.recurrent(index) + start
            )
            let (dh, drz) = (base + parts.streamGradient + start, base + parts.gateGradient + 2 * start)
            let (dn, du) = (base + parts.candidateGradient + start, base + parts.recurrentGradient + start)
            for sample in 0..<pass.count {
                let (row, gate) = (sample * width, 2 * sample * width)
                for j in 0..<width {
                    let (r, z) = (rz[gate + j], rz[gate + width + j])
                    let d = dh[row + j] + carried[row + j]
                    let inner = d * (1 - z) * (1 - n[row + j] * n[row + j])
                    dn[row + j] = inner
                    du[row + j] = inner * r
                    drz[gate + j] = inner * u[row + j] * r * (1 - r)
                    drz[gate + width + j] = d * (before[row + j] - n[row + j]) * z * (1 - z)
                    carried[row + j] = d * z
                }
            }
            kernels.linearInputGradient(
                gates, rows: pass.count, dy: drz, weight: weight, dx: carried, accumulate: true,
                scratch: pass.workspace)
            kernels.linearInputGradient(
                candidate, rows: pass.count, dy: du, weight: weight + candidateOffset, dx: carried,
                accumulate: true, scratch: pass.workspace)
        }
    }

    /// The gradients of a layer's parameters, and of what it read, over all times at once.
    private func parameterGradients(
        _ pass: borrowing Pass, _ index: Int, _ parts: GRUWorkspace, _ base: UnsafeMutablePointer<Float>
    ) throws(InductError) {
        let layer = layers[index]
        guard let dweight = pass.gradient(layer.inputWeight), let dbias = pass.gradient(layer.inputBias),
            let dhiddenWeight = pass.gradient(layer.hiddenWeight), let dhiddenBias = pass.gradient(layer.hiddenBias)
        else { throw InductError(.invalidArgument, "the pass has no room for the gradients of layer \(index)") }
        let rows = pass.count * parts.length
        let weight = pass.parameter(layer.inputWeight)
        let dstream = base + parts.streamGradient
        func add(_ linear: Linear, _ offset: Int, dinput: Int, drecurrent: Int) {
            let biasOffset = offset / width
            kernels.linearParameterGradients(
                linear, rows: rows, x: base + parts.stream(index), dy: base + dinput, dweight: dweight + offset,
                dbias: dbias + biasOffset, accumulate: pass.accumulates, scratch: pass.workspace)
            // The state before the first item is 0: its rows count for the bias alone.
            kernels.linearParameterGradients(
                linear, rows: rows - pass.count, x: base + parts.stream(index + 1),
                dy: base + drecurrent + pass.count * linear.outputs, dweight: dhiddenWeight + offset,
                dbias: dhiddenBias + biasOffset, accumulate: pass.accumulates, scratch: pass.workspace)
            kernels.table.column_sums(
                Int64(pass.count), Int64(linear.outputs), base + drecurrent, Int64(linear.outputs),
                dhiddenBias + biasOffset, 1)
            kernels.linearInputGradient(
                linear, rows: rows, dy: base + dinput, weight: weight + offset, dx: dstream, accumulate: offset > 0,
                scratch: pass.workspace)
        }
        add(gates, 0, dinput: parts.gateGradient, drecurrent: parts.gateGradient)
        add(candidate, candidateOffset, dinput: parts.candidateGradient, drecurrent: parts.recurrentGradient)
    }
}
