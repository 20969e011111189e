// SPDX-License-Identifier: Apache-2.0

// y = f(gate) * up, where row r of x holds gate [width], then up [width]; dx holds d gate, then d up.
// Source: N. Shazeer, "GLU variants improve transformer", 2020.

import CInduct
import CVectors

func gated(
    _ kind: UInt32, rows: Int, width: Int, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
) {
    @inline(always)
    func map<Function: ActivationFunction>(_: Function.Type) {
        for row in 0..<rows {
            let gate = x + row * 2 * width
            let up = gate + width
            let to = y + row * width
            forEachVector(width) { offset, count in
                let value = Function.value(load(gate + offset, count: count)) * load(up + offset, count: count)
                store(value, to + offset, count: count)
            }
        }
    }
    switch kind {
    case INDUCT_ACTIVATION_RELU: map(Relu.self)
    case INDUCT_ACTIVATION_GELU: map(Gelu.self)
    case INDUCT_ACTIVATION_SILU: map(Silu.self)
    case INDUCT_ACTIVATION_TANH: map(Tanh.self)
    case INDUCT_ACTIVATION_SIGMOID: map(Sigmoid.self)
    default: map(Identity.self)
    }
}

func gatedBackward(
    _ kind: UInt32, rows: Int, width: Int, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
    into dx: UnsafeMutablePointer<Float>
) {
    @inline(always)
    func map<Function: ActivationFunction>(_: Function.Type) {
        for row in 0..<rows {
            let gate = x + row * 2 * width
            let up = gate + width
            let from = dy + row * width
            let dgate = dx + row * 2 * width
            let dup = dgate + width
            forEachVector(width) { offset, count in
                let g = load(gate + offset, count: count)
                let u = load(up + offset, count: count)
                let d = load(from + offset, count: count)
                let f = Function.valueAndSlope(g)
                store(d * u * f.slope, dgate + offset, count: count)
                store(d * f.value, dup + offset, count: count)
            }
        }
    }
    switch kind {
    case INDUCT_ACTIVATION_RELU: map(Relu.self)
    case INDUCT_ACTIVATION_GELU: map(Gelu.self)
    case INDUCT_ACTIVATION_SILU: map(Silu.self)
    case INDUCT_ACTIVATION_TANH: map(Tanh.self)
    case INDUCT_ACTIVATION_SIGMOID: map(Sigmoid.self)
    default: map(Identity.self)
    }
}
