// SPDX-License-Identifier: Apache-2.0

// g' = gradient_scale g + decay p;  b = momentum b + g';  p = p - rate (nesterov ? g' + momentum b : b)
// Source: I. Sutskever, J. Martens, G. Dahl, G. Hinton, "On the importance of initialization and momentum", 2013.

import CInduct
import CVectors

func sgd(_ call: induct_sgd) {
    guard let parameters = call.parameters, let gradients = call.gradients else { return }
    let buffer = call.momentum_buffer
    let momentum = Vector(repeating: call.momentum)
    let decay = Vector(repeating: call.decay)
    let gradientScale = Vector(repeating: call.gradient_scale)
    let rate = Vector(repeating: call.rate)
    let isNesterov = call.nesterov != 0
    forEachVector(Int(call.count)) { offset, count in
        let p = load(parameters + offset, count: count)
        let g = fusedMultiplyAdd(decay, p, gradientScale * load(gradients + offset, count: count))
        var direction = g
        if let buffer {
            let b = fusedMultiplyAdd(momentum, load(buffer + offset, count: count), g)
            store(b, buffer + offset, count: count)
            direction = isNesterov ? fusedMultiplyAdd(momentum, b, g) : b
        }
        store(fusedMultiplyAdd(-rate, direction, p), parameters + offset, count: count)
    }
}
