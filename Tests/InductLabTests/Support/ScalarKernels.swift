// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore

/// The training loop's kernels as plain loops.
struct ScalarKernels: TrainingKernels {
    var variant: String { "scalar" }

    func crossEntropy(
        rows: Int, classes: Int, logits: UnsafePointer<Float>, targets: UnsafePointer<Int32>,
        weights: UnsafePointer<Float>?, scale: Float, losses: UnsafeMutablePointer<Float>?,
        logProbabilities: UnsafeMutablePointer<Float>?, gradients: UnsafeMutablePointer<Float>?
    ) {
        for row in 0..<rows {
            let x = (0..<classes).map { Double(logits[row * classes + $0]) }
            let largest = x.max() ?? 0
            let logSum = largest + log(x.reduce(0) { $0 + exp($1 - largest) })
            let target = Int(targets[row])
            let isKnown = (0..<classes).contains(target)
            losses?[row] = isKnown ? Float(logSum - x[target]) : .nan
            for c in 0..<classes {
                logProbabilities?[row * classes + c] = Float(x[c] - logSum)
                let gradient = exp(x[c] - logSum) - (c == target ? 1 : 0)
                gradients?[row * classes + c] =
                    isKnown ? Float(gradient) * scale * (weights?[row] ?? 1) : 0
            }
        }
    }

    func softmax(rows: Int, columns: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
        for row in 0..<rows {
            let logits = (0..<columns).map { Double(x[row * columns + $0]) }
            let powers = logits.map { exp($0 - (logits.max() ?? 0)) }
            for (c, power) in powers.enumerated() { y[row * columns + c] = Float(power / powers.reduce(0, +)) }
        }
    }

    func softmaxBackward(
        rows: Int, columns: Int, outputs: UnsafePointer<Float>, gradients: UnsafeMutablePointer<Float>
    ) {
        for row in 0..<rows {
            let range = row * columns..<(row + 1) * columns
            let mean = range.reduce(0.0) { $0 + Double(gradients[$1]) * Double(outputs[$1]) }
            for i in range { gradients[i] = Float(Double(outputs[i]) * (Double(gradients[i]) - mean)) }
        }
    }

    func add(count: Int, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>) {
        for i in 0..<count { y[i] += x[i] }
    }

    func scale(count: Int, by factor: Float, _ x: UnsafeMutablePointer<Float>) {
        for i in 0..<count { x[i] *= factor }
    }

    func sumOfSquares(count: Int, _ x: UnsafePointer<Float>) -> Double {
        (0..<count).reduce(0) { $0 + Double(x[$1]) * Double(x[$1]) }
    }

    func adam(
        _ step: AdamStep, count: Int, parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
        firstMoment: UnsafeMutablePointer<Float>, secondMoment: UnsafeMutablePointer<Float>
    ) {
        for i in 0..<count {
            let gradient = step.gradientScale * gradients[i] + (step.isDecoupled ? 0 : step.decay * parameters[i])
            firstMoment[i] = step.beta1 * firstMoment[i] + (1 - step.beta1) * gradient
            secondMoment[i] = step.beta2 * secondMoment[i] + (1 - step.beta2) * gradient * gradient
            let root = (step.correction2 * secondMoment[i]).squareRoot()
            let decay = step.isDecoupled ? step.rate * step.decay * parameters[i] : 0
            parameters[i] -= step.rate * (step.correction1 * firstMoment[i]) / (root + step.epsilon) + decay
        }
    }

    func sgd(
        rate: Float, momentum: Float, isNesterov: Bool, decay: Float, gradientScale: Float, count: Int,
        parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
        momentumBuffer: UnsafeMutablePointer<Float>?
    ) {
        for i in 0..<count {
            let gradient = gradientScale * gradients[i] + decay * parameters[i]
            guard let momentumBuffer else {
                parameters[i] -= rate * gradient
                continue
            }
            momentumBuffer[i] = momentum * momentumBuffer[i] + gradient
            parameters[i] -= rate * (isNesterov ? gradient + momentum * momentumBuffer[i] : momentumBuffer[i])
        }
    }

    func uniforms(seed: UInt64, purpose: UInt32, index: UInt64, count: Int, _ output: UnsafeMutablePointer<Float>) {
        for i in 0..<count { output[i] = Self.uniform(seed, purpose, index, i) }
    }

    func normals(seed: UInt64, purpose: UInt32, index: UInt64, count: Int, _ output: UnsafeMutablePointer<Float>) {
        for i in 0..<count {
            let radius = (-2 * log(1 - Double(Self.uniform(seed, purpose, index, 2 * i)))).squareRoot()
            output[i] = Float(radius * cos(2 * .pi * Double(Self.uniform(seed, purpose, index, 2 * i + 1))))
        }
    }

    /// Word `word` of a stream, in [0, 1).
    static func uniform(_ seed: UInt64, _ purpose: UInt32, _ index: UInt64, _ word: Int) -> Float {
        let words = Philox.block(seed: seed, purpose: purpose, index: index, block: UInt32(word / 4))
        let bits = [words.0, words.1, words.2, words.3][word % 4]
        return Float(bits >> 8) * 0x1p-24
    }
}
