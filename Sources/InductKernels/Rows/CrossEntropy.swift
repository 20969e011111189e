// SPDX-License-Identifier: Apache-2.0

// For a row of logits z with target t and smoothing s, in nats:
//
//      log p[c] = z[c] - max z - ln sum exp(z - max z)
//      loss     = -(1 - s) log p[t] - s mean(log p)
//      dz[c]    = scale weight (p[c] - (1 - s) [c = t] - s / classes)
//
// One pass reads the maximum, one stores exp(z - max) or log p and sums, one scales. dlogits may be the logits.

import CInduct
import CVectors

func crossEntropy(_ call: induct_cross_entropy) {
    let rows = Int(call.rows)
    let classes = Int(call.classes)
    guard let logits = call.logits, let targets = call.targets, classes > 0 else { return }
    let smoothing = call.label_smoothing
    let uniform = Vector(repeating: smoothing / Float(classes))
    for row in 0..<rows {
        let z = logits + row * classes
        let target = Int(targets[row])
        let isValid = target >= 0 && target < classes
        let largest = rowMaximum(z, count: classes)
        let shift = Vector(repeating: largest)
        var sums = Vector.zeros
        var logitSums = Vector.zeros
        forEachVector(classes) { offset, count in
            let shifted = load(z + offset, count: count) - shift
            sums += keeping(count, of: exponential(shifted))
            logitSums += keeping(count, of: shifted)
        }
        let total = sum(sums)
        let logTotal = naturalLogarithm(total)
        let targetLogit = isValid ? z[target] - largest : .nan

        if let losses = call.losses {
            var loss = logTotal - targetLogit
            if smoothing != 0 {
                let meanLoss = logTotal - sum(logitSums) / Float(classes)
                loss = (1 - smoothing) * loss + smoothing * meanLoss
            }
            losses[row] = loss
        }
        if let logProbabilities = call.log_probabilities {
            let normaliser = Vector(repeating: logTotal)
            let to = logProbabilities + row * classes
            forEachVector(classes) { offset, count in
                store((load(z + offset, count: count) - shift) - normaliser, to + offset, count: count)
            }
        }
        if let gradients = call.dlogits {
            let to = gradients + row * classes
            let factor = isValid ? call.scale * (call.weights?[row] ?? 1) : 0
            let factors = Vector(repeating: factor)
            let inverse = Vector(repeating: 1 / total)
            forEachVector(classes) { offset, count in
                let probability = exponential(load(z + offset, count: count) - shift) * inverse
                // A row without a valid target has gradient 0 even where its logits are not finite.
                store(factor == 0 ? .zeros : (probability - uniform) * factors, to + offset, count: count)
            }
            if isValid { to[target] -= factor * (1 - smoothing) }
        }
    }
}
