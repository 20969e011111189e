// SPDX-License-Identifier: Apache-2.0

import InductCore

/// The loss of predictions, and its gradient.
///
/// - Cross-entropy, nats: -ln p(target), from logits or probabilities. A probability below the smallest normal float
///   counts as that, so that a loss is at most 87.34.
/// - Squared error: the mean over the outputs of (prediction - target)^2.
struct LossFunction: Sendable {
    let kernels: any TrainingKernels
    let output: OutputKind
    /// Classes, or outputs of a regression.
    let width: Int

    /// Losses by row, unweighted, and `scale * weight * d loss / d outputs`, each where its pointer is given.
    ///
    /// Outputs and gradients are `[rows, width]`, a row for every predicted position; targets `[rows]` int32 class ids, or
    /// `[rows, width]` float32 values; weights and losses `[rows]`, no weights counting as 1.
    func evaluate(
        rows: Int, outputs: UnsafePointer<Float>, targets: UnsafeRawPointer, weights: UnsafePointer<Float>?,
        scale: Float,
        losses: UnsafeMutablePointer<Float>?, gradients: UnsafeMutablePointer<Float>?
    ) {
        switch output {
        case .logits:
            kernels.crossEntropy(
                rows: rows, classes: width, logits: outputs, targets: targets.assumingMemoryBound(to: Int32.self),
                weights: weights, scale: scale, losses: losses, logProbabilities: nil, gradients: gradients)
        case .probabilities:
            crossEntropyOfProbabilities(
                rows: rows, outputs, targets.assumingMemoryBound(to: Int32.self), weights, scale, losses, gradients)
        case .values:
            squaredError(
                rows: rows, outputs, targets.assumingMemoryBound(to: Float.self), weights, scale, losses, gradients)
        }
    }

    private func crossEntropyOfProbabilities(
        rows: Int, _ outputs: UnsafePointer<Float>, _ targets: UnsafePointer<Int32>, _ weights: UnsafePointer<Float>?,
        _ scale: Float, _ losses: UnsafeMutablePointer<Float>?, _ gradients: UnsafeMutablePointer<Float>?
    ) {
        for row in 0..<rows {
            let target = Int(targets[row])
            let isKnown = target >= 0 && target < width
            let probability = isKnown ? max(outputs[row * width + target], .leastNormalMagnitude) : .nan
            if let losses { losses[row] = Float(-ReproducibleFunctions.logarithm(Double(probability))) }
            if let gradients {
                (gradients + row * width).update(repeating: 0, count: width)
                if isKnown { gradients[row * width + target] = -scale * (weights?[row] ?? 1) / probability }
            }
        }
    }

    private func squaredError(
        rows: Int, _ outputs: UnsafePointer<Float>, _ targets: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?,
        _ scale: Float, _ losses: UnsafeMutablePointer<Float>?, _ gradients: UnsafeMutablePointer<Float>?
    ) {
        let share = 1 / Float(width)
        for row in 0..<rows {
            let factor = 2 * share * scale * (weights?[row] ?? 1)
            var sum: Float = 0
            for column in row * width..<(row + 1) * width {
                let difference = outputs[column] - targets[column]
                sum += difference * difference
                gradients?[column] = factor * difference
            }
            losses?[row] = sum * share
        }
    }
}
