// SPDX-License-Identifier: Apache-2.0

// y = (x - mean) inverse gain + bias, inverse = 1 / sqrt(variance + epsilon), over each row [columns].
// The variance is the mean of (x - mean)^2, in a second pass over a row that lies in L1: no cancellation.
// RMS norm: mean = 0. Rows are independent of each other.
// Sources: J. L. Ba, J. R. Kiros, G. E. Hinton, "Layer normalization", 2016; B. Zhang, R. Sennrich, "Root mean square
// layer normalization", 2019.

import CInduct
import CVectors

func norm(_ call: induct_norm) {
    let columns = Int(call.columns)
    guard columns > 0, let x = call.x, let gain = call.gain, let y = call.y else { return }
    let centers = call.center != 0
    let bias = call.bias
    for row in 0..<Int(call.rows) {
        let from = x + row * columns
        let to = y + row * columns
        var mean: Float = 0
        if centers {
            var sums = Vector.zeros
            forEachVector(columns) { offset, count in sums += load(from + offset, count: count) }
            mean = sum(sums) / Float(columns)
            call.mean?[row] = mean
        }
        let means = Vector(repeating: mean)
        var squares = Vector.zeros
        forEachVector(columns) { offset, count in
            let deviation = keeping(count, of: load(from + offset, count: count) - means)
            squares = fusedMultiplyAdd(deviation, deviation, squares)
        }
        let inverse = 1 / (sum(squares) / Float(columns) + call.epsilon).squareRoot()
        call.inverse?[row] = inverse
        let inverses = Vector(repeating: inverse)
        forEachVector(columns) { offset, count in
            let normal = (load(from + offset, count: count) - means) * inverses
            let shift = bias.map { load($0 + offset, count: count) } ?? .zeros
            store(fusedMultiplyAdd(normal, load(gain + offset, count: count), shift), to + offset, count: count)
        }
    }
}
