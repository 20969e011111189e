// SPDX-License-Identifier: Apache-2.0

// g' = gradient_scale g (+ decay p when not decoupled)
// m  = b1 m + (1 - b1) g';   v = b2 v + (1 - b2) g'^2
// p  = p - rate (correction1 m) / (sqrt(correction2 v) + epsilon) (- rate decay p when decoupled)
// Sources: D. P. Kingma, J. Ba, "Adam", 2015, algorithm 1; I. Loshchilov, F. Hutter, "Decoupled weight decay
// regularization", 2019.

import CInduct
import CVectors

func adam(_ call: induct_adam) {
    guard let parameters = call.parameters, let gradients = call.gradients, let first = call.first_moment,
        let second = call.second_moment
    else { return }
    let beta1 = Vector(repeating: call.beta1)
    let beta2 = Vector(repeating: call.beta2)
    let rest1 = Vector(repeating: 1 - call.beta1)
    let rest2 = Vector(repeating: 1 - call.beta2)
    let gradientScale = Vector(repeating: call.gradient_scale)
    let coupledDecay = Vector(repeating: call.decoupled == 0 ? call.decay : 0)
    let decoupledDecay = Vector(repeating: call.decoupled != 0 ? call.rate * call.decay : 0)
    let step = Vector(repeating: call.rate * call.correction1)
    let correction2 = Vector(repeating: call.correction2)
    let epsilon = Vector(repeating: call.epsilon)
    forEachVector(Int(call.count)) { offset, count in
        let p = load(parameters + offset, count: count)
        let g = fusedMultiplyAdd(coupledDecay, p, gradientScale * load(gradients + offset, count: count))
        let m = fusedMultiplyAdd(beta1, load(first + offset, count: count), rest1 * g)
        let v = fusedMultiplyAdd(beta2, load(second + offset, count: count), rest2 * (g * g))
        let update = step * m / (squareRoot(correction2 * v) + epsilon)
        store(m, first + offset, count: count)
        store(v, second + offset, count: count)
        store(fusedMultiplyAdd(-decoupledDecay, p, p) - update, parameters + offset, count: count)
    }
}
