// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

/// Where a pass of the network reads and writes.
struct ResidualPass {
    let images: Int
    /// `[images, height, width, channels]`.
    let x: UnsafePointer<Float>
    let memory: UnsafeMutablePointer<Float>
    let parts: ResidualWorkspace
    let kernels: Kernels
    let scratch: UnsafeMutableRawPointer

    /// `[images, outputs]`: what the network gives.
    var vectors: UnsafePointer<Float> { UnsafePointer(memory + parts.vectors) }
}

extension ResidualNetwork {
    /// The vectors, `[images, outputs]`, at `parts.vectors`.
    ///
    /// - Parameters:
    ///   - call: where it reads and writes.
    ///   - pass: what brings the parameters.
    ///   - base: index of the network's first parameter.
    func forward(_ call: ResidualPass, _ pass: borrowing Pass, base: Int) {
        let (images, memory) = (call.images, call.memory)
        convolve(call, pass, stem, base, base + 1, from: call.x, to: memory + call.parts.stem)
        var next = call.parts.last
        if !blocks.isEmpty { next = call.parts.part(0).x }
        pooling.forward(images: images, x: memory + call.parts.stem, y: memory + next)
        for (index, block) in blocks.enumerated() {
            let part = call.parts.part(index)
            let (rectified, output, branch) = (
                memory + part.rectified, memory + part.output, memory + part.branch
            )
            call.kernels.table.activation(
                INDUCT_ACTIVATION_RELU, Int64(images * block.input.floats), memory + part.x, rectified)
            func layer(
                _ number: Int, _ convolution: Convolution, _ from: Int, _ to: Int, _ activation: UInt32
            ) {
                convolve(
                    call, pass, convolution, base + block.weight(number), base + block.bias(number),
                    from: memory + from, to: memory + to, activation)
            }
            layer(0, block.reduce, part.rectified, part.reduced, INDUCT_ACTIVATION_RELU)
            layer(1, block.middle, part.reduced, part.middle, INDUCT_ACTIVATION_RELU)
            layer(2, block.expand, part.middle, part.branch, INDUCT_ACTIVATION_NONE)
            if let shortcut = block.shortcut {
                layer(3, shortcut, part.rectified, part.output, INDUCT_ACTIVATION_NONE)
            } else {
                output.update(from: memory + part.x, count: images * block.output.floats)
            }
            let gain = pass.parameter(base + block.gain)[0]
            for i in 0..<images * block.output.floats { output[i] += gain * branch[i] }
        }
        average.forward(images: images, x: memory + call.parts.last, y: memory + call.parts.vectors)
    }

    private func convolve(
        _ call: ResidualPass, _ pass: borrowing Pass, _ convolution: Convolution, _ weight: Int, _ bias: Int,
        from x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>,
        _ activation: UInt32 = INDUCT_ACTIVATION_NONE
    ) {
        convolution.forward(
            images: call.images, x: x, weight: pass.parameter(weight), bias: pass.parameter(bias), y: y,
            activation: activation, patches: call.memory + call.parts.patches, call.kernels, scratch: call.scratch)
    }

    /// The parameters' gradients from those of the vectors, at `parts.vectorGradients`; follows `forward`.
    func backward(_ call: ResidualPass, _ pass: borrowing Pass, base: Int) {
        let (images, memory, table) = (call.images, call.memory, call.kernels.table)
        var (dy, dx) = (memory + call.parts.gradients.0, memory + call.parts.gradients.1)
        let inner = memory + call.parts.gradients.2
        average.backward(
            images: images, x: memory + call.parts.last, dy: memory + call.parts.vectorGradients, dx: dy)
        for index in blocks.indices.reversed() {
            let block = blocks[index]
            let part = call.parts.part(index)
            let branch = memory + part.branch
            func layer(
                _ number: Int, _ convolution: Convolution, x: Int, dy: UnsafePointer<Float>,
                dx: UnsafeMutablePointer<Float>
            ) {
                propagate(
                    call, pass, convolution, base + block.weight(number), base + block.bias(number),
                    x: memory + x, dy: dy, dx: dx)
            }
            let gain = pass.parameter(base + block.gain)[0]
            var sum = 0.0
            for i in 0..<images * block.output.floats {
                sum += Double(dy[i]) * Double(branch[i])
                branch[i] = gain * dy[i]
            }
            if let dgain = pass.gradient(base + block.gain) {
                dgain[0] = Float(sum) + (pass.accumulates ? dgain[0] : 0)
            }
            let middleFloats = images * block.middle.output.floats
            inner.update(repeating: 0, count: middleFloats)
            layer(2, block.expand, x: part.middle, dy: branch, dx: inner)
            table.activation_backward(
                INDUCT_ACTIVATION_RELU, Int64(middleFloats), memory + part.middle, inner, inner)
            let reducedFloats = images * block.reduce.output.floats
            dx.update(repeating: 0, count: reducedFloats)
            layer(1, block.middle, x: part.reduced, dy: inner, dx: dx)
            table.activation_backward(INDUCT_ACTIVATION_RELU, Int64(reducedFloats), memory + part.reduced, dx, inner)
            let inputFloats = images * block.input.floats
            dx.update(repeating: 0, count: inputFloats)
            layer(0, block.reduce, x: part.rectified, dy: inner, dx: dx)
            if let shortcut = block.shortcut { layer(3, shortcut, x: part.rectified, dy: dy, dx: dx) }
            table.activation_backward(INDUCT_ACTIVATION_RELU, Int64(inputFloats), memory + part.rectified, dx, dx)
            if block.shortcut == nil { table.add(Int64(inputFloats), dy, dx) }
            swap(&dy, &dx)
        }
        inner.update(repeating: 0, count: images * stem.output.floats)
        pooling.backward(images: images, x: memory + call.parts.stem, dy: dy, dx: inner)
        propagate(call, pass, stem, base, base + 1, x: call.x, dy: inner, dx: nil)
    }

    private func propagate(
        _ call: ResidualPass, _ pass: borrowing Pass, _ convolution: Convolution, _ weight: Int, _ bias: Int,
        x: UnsafePointer<Float>, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>?
    ) {
        guard let dweight = pass.gradient(weight), let dbias = pass.gradient(bias) else { return }
        convolution.backward(
            images: call.images, x: x, dy: dy, weight: pass.parameter(weight), dweight: dweight, dbias: dbias, dx: dx,
            accumulate: pass.accumulates, patches: call.memory + call.parts.patches, call.kernels,
            scratch: call.scratch)
    }
}
