// SPDX-License-Identifier: Apache-2.0

// For a row of logits z with target t and smoothing s, in nats:
//
//      log p[c] = z[c] - max z - ln sum exp(z - max z)
//      loss     = -(1 - s) log p[t] - s mean(log p)
//      dz[c]    = scale weight (p[c] - (1 - s) [c = t] - s / classes)
//
// One pass reads the maximum, one sums exp(z - max) and keeps it where the gradient will lie, one scales. dlogits may be the
// logits: where log p is wanted as well, the exponentials are taken again instead of kept.

import CInduct
import CVectors

func crossEntropy(_ call: induct_cross_entropy) {
    let rows = Int(call.rows)
    let classes = Int(call.classes)
    guard let logits = call.logits, let targets = call.targets, classes > 0 else { return }
    let smoothing = call.label_smoothing
    let uniform = Vector(repeating: smoothing / Float(classes))
    let kept = call.log_probabilities == nil ? call.dlogits : nil
    for row in 0..<rows {
        let z = logits + row * classes
        let target = Int(targets[row])
        let isValid = target >= 0 && target < classes
        let largest = rowMaximum(z, count: classes)
        let shift = Vector(repeating: largest)
        let targetLogit = isValid ? z[target] - largest : .nan
        var meanLogit: Float = 0
        if smoothing != 0 {
            var sums = Vector.zeros
            forEachVector(classes) { offset, count in
                sums += keeping(count, of: load(z + offset, count: count) - shift)
            }
            meanLogit = sum(sums) / Float(classes)
        }
        var sums = Vector.zeros
        forEachFour(classes) { offset in
            let power = exponentialOfDifference(Four.loaded(z + offset) - Four(repeating: shift))
            sums = power.added(to: sums)
            if let kept { power.store(to: kept + row * classes + offset) }
        } _: { offset, count in
            let power = exponentialOfDifference(load(z + offset, count: count) - shift)
            sums += keeping(count, of: power)
            if let kept { store(power, kept + row * classes + offset, count: count) }
        }
        let total = sum(sums)
        let logTotal = naturalLogarithm(total)
        if let losses = call.losses {
            var loss = logTotal - targetLogit
            if smoothing != 0 { loss = (1 - smoothing) * loss + smoothing * (logTotal - meanLogit) }
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
                let power =
                    kept == nil
                    ? exponentialOfDifference(load(z + offset, count: count) - shift) : load(to + offset, count: count)
                let probability = power * inverse
                // A row without a valid target has gradient 0 even where its logits are not finite.
                store(factor == 0 ? .zeros : (probability - uniform) * factors, to + offset, count: count)
            }
            if isValid { to[target] -= factor * (1 - smoothing) }
        }
    }
}
