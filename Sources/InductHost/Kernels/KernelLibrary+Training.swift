// SPDX-License-Identifier: Apache-2.0

import CInduct
package import InductCore

/// The kernels that the training loop uses. That every slot is there was checked when the library was opened, so each
/// call goes straight to it.
extension KernelLibrary {
    package func crossEntropy(
        rows: Int, classes: Int, logits: UnsafePointer<Float>, targets: UnsafePointer<Int32>,
        weights: UnsafePointer<Float>?, scale: Float, losses: UnsafeMutablePointer<Float>?,
        logProbabilities: UnsafeMutablePointer<Float>?, gradients: UnsafeMutablePointer<Float>?
    ) {
        var call = induct_cross_entropy()
        call.struct_size = UInt32(MemoryLayout<induct_cross_entropy>.size)
        call.rows = Int64(rows)
        call.classes = Int64(classes)
        call.logits = logits
        call.targets = targets
        call.weights = weights
        call.scale = scale
        call.losses = losses
        call.log_probabilities = logProbabilities
        call.dlogits = gradients
        table.pointee.cross_entropy(&call)
    }

    package func softmax(rows: Int, columns: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
        table.pointee.softmax(Int64(rows), Int64(columns), x, y)
    }

    package func softmaxBackward(
        rows: Int, columns: Int, outputs: UnsafePointer<Float>, gradients: UnsafeMutablePointer<Float>
    ) {
        table.pointee.softmax_backward(Int64(rows), Int64(columns), outputs, gradients, gradients)
    }

    package func add(count: Int, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>) {
        table.pointee.add(Int64(count), x, y)
    }

    package func scale(count: Int, by factor: Float, _ x: UnsafeMutablePointer<Float>) {
        table.pointee.scale(Int64(count), factor, x)
    }

    package func sumOfSquares(count: Int, _ x: UnsafePointer<Float>) -> Double {
        table.pointee.sum_of_squares(Int64(count), x)
    }

    package func adam(
        _ step: AdamStep, count: Int, parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
        firstMoment: UnsafeMutablePointer<Float>, secondMoment: UnsafeMutablePointer<Float>
    ) {
        var call = induct_adam()
        call.struct_size = UInt32(MemoryLayout<induct_adam>.size)
        call.decoupled = step.isDecoupled ? 1 : 0
        call.count = Int64(count)
        call.parameters = parameters
        call.gradients = gradients
        call.first_moment = firstMoment
        call.second_moment = secondMoment
        call.rate = step.rate
        call.beta1 = step.beta1
        call.beta2 = step.beta2
        call.epsilon = step.epsilon
        call.decay = step.decay
        call.gradient_scale = step.gradientScale
        call.correction1 = step.correction1
        call.correction2 = step.correction2
        table.pointee.adam(&call)
    }

    package func sgd(
        rate: Float, momentum: Float, isNesterov: Bool, decay: Float, gradientScale: Float, count: Int,
        parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
        momentumBuffer: UnsafeMutablePointer<Float>?
    ) {
        var call = induct_sgd()
        call.struct_size = UInt32(MemoryLayout<induct_sgd>.size)
        call.nesterov = isNesterov ? 1 : 0
        call.count = Int64(count)
        call.parameters = parameters
        call.gradients = gradients
        call.momentum_buffer = momentumBuffer
        call.rate = rate
        call.momentum = momentum
        call.decay = decay
        call.gradient_scale = gradientScale
        table.pointee.sgd(&call)
    }

    package func uniforms(
        seed: UInt64, purpose: UInt32, index: UInt64, count: Int, _ output: UnsafeMutablePointer<Float>
    ) {
        table.pointee.random_uniforms(seed, purpose, index, 0, UInt64(count), output)
    }

    package func normals(
        seed: UInt64, purpose: UInt32, index: UInt64, count: Int, _ output: UnsafeMutablePointer<Float>
    ) {
        table.pointee.random_normals(seed, purpose, index, 0, UInt64(count), output)
    }
}
