// SPDX-License-Identifier: Apache-2.0

import CInduct

extension Reference {
    static func adam(_ call: induct_adam) {
        guard let parameters = call.parameters, let gradients = call.gradients, let first = call.first_moment,
            let second = call.second_moment
        else { return }
        let beta1 = Double(call.beta1)
        let beta2 = Double(call.beta2)
        for i in 0..<max(0, Int(call.count)) {
            let p = Double(parameters[i])
            let coupled = call.decoupled == 0 ? Double(call.decay) * p : 0
            let g = Double(call.gradient_scale) * Double(gradients[i]) + coupled
            let m = beta1 * Double(first[i]) + (1 - beta1) * g
            let v = beta2 * Double(second[i]) + (1 - beta2) * g * g
            first[i] = Float(m)
            second[i] = Float(v)
            let root = (Double(call.correction2) * v).squareRoot()
            let step = Double(call.correction1) * m / (root + Double(call.epsilon))
            let decoupled = call.decoupled != 0 ? Double(call.decay) * p : 0
            parameters[i] = Float(p - Double(call.rate) * (step + decoupled))
        }
    }

    static func sgd(_ call: induct_sgd) {
        guard let parameters = call.parameters, let gradients = call.gradients else { return }
        let momentum = Double(call.momentum)
        for i in 0..<max(0, Int(call.count)) {
            let p = Double(parameters[i])
            let g = Double(call.gradient_scale) * Double(gradients[i]) + Double(call.decay) * p
            var direction = g
            if let buffer = call.momentum_buffer {
                let b = momentum * Double(buffer[i]) + g
                buffer[i] = Float(b)
                direction = call.nesterov != 0 ? g + momentum * b : b
            }
            parameters[i] = Float(p - Double(call.rate) * direction)
        }
    }
}
