// SPDX-License-Identifier: Apache-2.0

import InductCore
import Testing

/// Holds gradients in single precision against central differences of a plain model in double precision, whose own error is
/// below 1e-8, by the norm over a few sampled entries of each parameter.
///
/// - Parameters:
///   - driver: whose parameters they are.
///   - gradients: by parameter.
///   - tolerance: of the norm.
///   - loss: of the plain model with these values: the sum of outputs times the driver's output gradients.
func expectGradients(
    of driver: ModelDriver, _ gradients: [[Float]], tolerance: Double = 2e-5, loss: ([String: [Double]]) -> Double
) {
    var random = Randomness(seed: 3)
    var values = driver.values
    let step = 1e-5
    for (description, gradient) in zip(driver.model.parameters, gradients) {
        var (error, size) = (0.0, 0.0)
        for _ in 0..<4 {
            let index = random.integer(below: gradient.count)
            var losses: [Double] = []
            for change in [step, -2 * step, step] {
                values[description.name]?[index] += change
                losses.append(loss(values))
            }
            let difference = (losses[0] - losses[1]) / (2 * step)
            error += (difference - Double(gradient[index])) * (difference - Double(gradient[index]))
            size += difference * difference
        }
        #expect(
            error.squareRoot() <= tolerance * (size.squareRoot() + 0.1),
            "\(description.name): \(error.squareRoot()) of \(size.squareRoot())")
    }
}
