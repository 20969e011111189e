// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

// x_0, and the gradients of what makes it.
//
//   tokens     row t of a sample      table[token t] + positions[t]
//   examples   row 2 i                inputs[i] W^T + b, or inputs[i] as they are, + positions[i]
//              row 2 i + 1            table[label i] + positions[i], or value i w + b + positions[i]

extension Transformer {
    /// x_0.
    func embed(_ pass: borrowing Pass, _ inputs: CheckedInputs, _ workspace: Workspace) {
        let stream = workspace.stream(0)
        let positions = layout.positions.map { pass.parameter($0) } ?? sinusoidalPositions?.pointer
        switch inputs {
        case .tokens(let tokens):
            guard let table = layout.table else { return }
            kernels.table.embedding(
                Int64(rows(pass)), Int64(pass.length), Int64(options.width), tokens, pass.parameter(table), positions,
                stream)
        case .examples(let inputs, let answers):
            let embedded = embedInputs(pass, inputs, workspace)
            forEachItem(pass) { item, row, place in
                let to = stream + row * options.width
                if place.isAnswer {
                    embed(pass, answers, item, to: to)
                } else {
                    to.update(from: embedded + item * options.width, count: options.width)
                }
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
        let dpositions = layout.positions.flatMap { pass.gradient($0) }
        switch inputs {
        case .tokens(let tokens):
            kernels.table.embedding_backward(
                Int64(rows(pass)), Int64(pass.length), Int64(options.width), tokens, dstream,
                layout.table.flatMap { pass.gradient($0) }, dpositions)
        case .examples(let inputs, let answers):
            let dembedded = layout.inputs.map { _ in workspace.embedded }
            forEachItem(pass) { item, row, place in
                let from = dstream + row * options.width
                if place.isAnswer {
                    embedBackward(pass, answers, item, from)
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

    /// An answer as it enters the stream.
    private func embed(
        _ pass: borrowing Pass, _ answers: CheckedAnswers, _ item: Int, to row: UnsafeMutablePointer<Float>
    ) {
        switch answers {
        case .labels(let labels):
            guard let table = layout.table else { return }
            row.update(from: pass.parameter(table) + Int(labels[item]) * options.width, count: options.width)
        case .values(let values):
            guard let layer = layout.values else { return }
            let weight = pass.parameter(layer.weight)
            for column in 0..<options.width { row[column] = values[item] * weight[column] }
            if let bias = layer.bias { add(pass.parameter(bias), to: row) }
        }
    }

    /// What an answer's row of the stream adds to the gradients of its table or layer.
    private func embedBackward(
        _ pass: borrowing Pass, _ answers: CheckedAnswers, _ item: Int, _ drow: UnsafePointer<Float>
    ) {
        switch answers {
        case .labels(let labels):
            guard let dtable = layout.table.flatMap({ pass.gradient($0) }) else { return }
            add(drow, to: dtable + Int(labels[item]) * options.width)
        case .values(let values):
            guard let layer = layout.values else { return }
            if let dweight = pass.gradient(layer.weight) {
                for column in 0..<options.width { dweight[column] += values[item] * drow[column] }
            }
            if let dbias = layer.bias.flatMap({ pass.gradient($0) }) { add(drow, to: dbias) }
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

    /// Calls `body(item, row, place)` for every row of the stream, in order: `item` counts the inputs, or the answers, of
    /// the whole pass.
    private func forEachItem(_ pass: borrowing Pass, _ body: (Int, Int, (pair: Int, isAnswer: Bool)) -> Void) {
        guard let examples = options.examples else { return }
        for sample in 0..<pass.count {
            for position in 0..<examples.length {
                let (pair, isAnswer) = (position / 2, position % 2 == 1)
                let item = sample * (isAnswer ? examples.items - 1 : examples.items) + pair
                body(item, sample * examples.length + position, (pair, isAnswer))
            }
        }
    }
}
