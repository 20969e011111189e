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
            @inline(always)
            func map<V: Lanes>(_: V.Type, _ offset: Int, _ count: Int) {
                let value = Function.value(V.loaded(gate + offset, count: count)) * .loaded(up + offset, count: count)
                value.store(to: to + offset, count: count)
            }
            forEachFour(width) {
                map(Four.self, $0, lanes)
            } _: {
                map(Vector.self, $0, $1)
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
            @inline(always)
            func map<V: Lanes>(_: V.Type, _ offset: Int, _ count: Int) {
                let d = V.loaded(from + offset, count: count)
                let u = V.loaded(up + offset, count: count)
                let f = Function.valueAndSlope(V.loaded(gate + offset, count: count))
                (d * u * f.slope).store(to: dgate + offset, count: count)
                (d * f.value).store(to: dup + offset, count: count)
            }
            forEachFour(width) {
                map(Four.self, $0, lanes)
            } _: {
                map(Vector.self, $0, $1)
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
