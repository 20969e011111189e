// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

// x_0, and the gradients of what makes it.
//
//   tokens     row t of a sample      table[token t] + positions[t]
//   examples   row 2 i                inputs[i] W^T + b, or inputs[i] as they are, + positions[i]
//              row 2 i + 1            table[label i] + positions[i]

extension Transformer {
    /// x_0.
    func embed(_ pass: borrowing Pass, _ inputs: CheckedInputs, _ workspace: Workspace) {
        let stream = workspace.stream(0)
        let table = pass.parameter(layout.table)
        let positions = layout.positions.map { pass.parameter($0) } ?? sinusoidalPositions?.pointer
        switch inputs {
        case .tokens(let tokens):
            kernels.table.embedding(
                Int64(rows(pass)), Int64(pass.length), Int64(options.width), tokens, table, positions, stream)
        case .examples(let inputs, let labels):
            let embedded = embedInputs(pass, inputs, workspace)
            forEachItem(pass) { item, row, place in
                let to = stream + row * options.width
                let from = place.isLabel ? table + Int(labels[item]) * options.width : embedded + item * options.width
                to.update(from: from, count: options.width)
                if let positions {
                    for column in 0..<options.width { to[column] += positions[place.pair * options.width + column] }
                }
            }
        }
        if drops(pass) { drop(pass, at: .embedding, stream, to: stream, workspace) }
    }

    /// The gradients of tables, positions and input layer from `streamGradient`, d loss / d x_0.
    func embedBackward(_ pass: borrowing Pass, _ inputs: CheckedInputs, _ workspace: Workspace) {
        let dstream = workspace.streamGradient
        if drops(pass) { drop(pass, at: .embedding, dstream, to: dstream, workspace) }
        let dtable = pass.gradient(layout.table)
        let dpositions = layout.positions.flatMap { pass.gradient($0) }
        switch inputs {
        case .tokens(let tokens):
            kernels.table.embedding_backward(
                Int64(rows(pass)), Int64(pass.length), Int64(options.width), tokens, dstream, dtable, dpositions)
        case .examples(let inputs, let labels):
            let dembedded = layout.inputs.map { _ in workspace.embedded }
            forEachItem(pass) { item, row, place in
                let from = dstream + row * options.width
                if place.isLabel {
                    if let dtable { add(from, to: dtable + Int(labels[item]) * options.width) }
                } else {
                    (dembedded.map { $0 + item * options.width })?.update(from: from, count: options.width)
                }
                if let dpositions { add(from, to: dpositions + place.pair * options.width) }
            }
            guard let layer = layout.inputs, let dembedded, let dweight = pass.gradient(layer.weight) else { return }
            let images = imagePass(pass, inputs, workspace)
            kernels.linearParameterGradients(
                layer.layer, rows: pass.count * options.places, x: images?.vectors ?? inputs, dy: dembedded,
                dweight: dweight, dbias: layer.bias.flatMap { pass.gradient($0) }, accumulate: pass.accumulates,
                scratch: workspace.scratch)
            guard let network = options.imageNetwork, let images else { return }
            kernels.linearInputGradient(
                layer.layer, rows: images.images, dy: dembedded, weight: pass.parameter(layer.weight),
                dx: images.memory + images.parts.vectorGradients, scratch: workspace.scratch)
            network.backward(images, pass, base: layout.imageNetwork)
        }
    }

    /// Inputs as they enter the stream, `[count * items, width]`.
    private func embedInputs(
        _ pass: borrowing Pass, _ inputs: UnsafePointer<Float>, _ workspace: Workspace
    ) -> UnsafePointer<Float> {
        guard let layer = layout.inputs else { return inputs }
        let images = imagePass(pass, inputs, workspace)
        if let images { options.imageNetwork?.forward(images, pass, base: layout.imageNetwork) }
        kernels.linear(
            layer.layer, rows: pass.count * options.places, x: images?.vectors ?? inputs,
            weight: pass.parameter(layer.weight), bias: layer.bias.map { pass.parameter($0) }, y: workspace.embedded,
            scratch: workspace.scratch)
        return UnsafePointer(workspace.embedded)
    }

    /// Where the residual network reads and writes; nil: there is none.
    private func imagePass(
        _ pass: borrowing Pass, _ inputs: UnsafePointer<Float>, _ workspace: Workspace
    ) -> ResidualPass? {
        guard let network = options.imageNetwork else { return nil }
        let images = pass.count * options.places
        return ResidualPass(
            images: images, x: inputs, memory: workspace.imageNetwork,
            parts: ResidualWorkspace(network, images: images, trains: pass.mode == .train), kernels: kernels,
            scratch: workspace.scratch)
    }

    private func add(_ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>) {
        for column in 0..<options.width { y[column] += x[column] }
    }

    /// Calls `body(item, row, place)` for every row of the stream, in order: `item` counts the inputs, or the labels, of
    /// the whole pass.
    private func forEachItem(_ pass: borrowing Pass, _ body: (Int, Int, (pair: Int, isLabel: Bool)) -> Void) {
        guard let examples = options.examples else { return }
        for sample in 0..<pass.count {
            for position in 0..<examples.length {
                let (pair, isLabel) = (position / 2, position % 2 == 1)
                let item = sample * (isLabel ? examples.items - 1 : examples.items) + pair
                body(item, sample * examples.length + position, (pair, isLabel))
            }
        }
    }
}
