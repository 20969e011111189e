// SPDX-License-Identifier: Apache-2.0

// y[i] = f(x[i]); dx[i] = dy[i] f'(x[i]). Any count, any alignment; y may be x, dx may be dy.
// Each value depends on its own argument only: lanes behind the end are loaded as zero and not stored.

import CInduct
import CVectors

func activation(_ kind: UInt32, count: Int, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
    @inline(always)
    func map<Function: ActivationFunction>(_: Function.Type) {
        forEachFour(count) { offset in
            Function.value(Four.loaded(x + offset)).store(to: y + offset)
        } _: { offset, count in
            Function.value(Vector.loaded(x + offset, count: count)).store(to: y + offset, count: count)
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

func activationBackward(
    _ kind: UInt32, count: Int, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
    into dx: UnsafeMutablePointer<Float>
) {
    @inline(always)
    func map<Function: ActivationFunction>(_: Function.Type) {
        forEachFour(count) { offset in
            (Function.slope(Four.loaded(x + offset)) * Four.loaded(dy + offset)).store(to: dx + offset)
        } _: { offset, count in
            let slope = Function.slope(Vector.loaded(x + offset, count: count))
            (slope * Vector.loaded(dy + offset, count: count)).store(to: dx + offset, count: count)
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
