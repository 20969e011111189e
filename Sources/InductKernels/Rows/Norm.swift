// SPDX-License-Identifier: Apache-2.0

// y = (x - mean) inverse gain + bias, inverse = 1 / sqrt(variance + epsilon), over each row [columns].
// The variance is the mean of (x - mean)^2, in a second pass over a row that lies in L1: no cancellation.
// RMS norm: mean = 0. Rows are independent of each other; four are taken side by side, since each is a chain of two sums over
// it, a root and a quotient, to be waited for.
// Sources: J. L. Ba, J. R. Kiros, G. E. Hinton, "Layer normalization", 2016; B. Zhang, R. Sennrich, "Root mean square
// layer normalization", 2019.

import CInduct
import CVectors

func norm(_ call: induct_norm) {
    guard call.columns > 0, let x = call.x, let gain = call.gain, let y = call.y else { return }
    forEachRow(Int(call.rows)) {
        NormRows<4>.run(call, row: $0, x, gain: gain, into: y)
    } _: {
        NormRows<1>.run(call, row: $0, x, gain: gain, into: y)
    }
}

/// Calls `fours` with the first of each four rows, then `body` with each row that is left.
@inline(always)
func forEachRow(_ rows: Int, _ fours: (_ row: Int) -> Void, _ body: (_ row: Int) -> Void) {
    for four in 0..<rows / 4 { fours(4 * four) }
    for row in rows / 4 * 4..<max(0, rows) { body(row) }
}

private enum NormRows<let rows: Int> {
    @inline(always)
    static func run(
        _ call: induct_norm, row: Int, _ x: UnsafePointer<Float>, gain: UnsafePointer<Float>,
        into y: UnsafeMutablePointer<Float>
    ) {
        let columns = Int(call.columns)
        let from = x + row * columns
        let to = y + row * columns
        var means = InlineArray<rows, Vector>(repeating: .zeros)
        if call.center != 0 {
            var sums = InlineArray<rows, Vector>(repeating: .zeros)
            forEachVector(columns) { offset, count in
                for i in 0..<rows { sums[i] += .loaded(from + i * columns + offset, count: count) }
            }
            for i in 0..<rows {
                let mean = sum(sums[i]) / Float(columns)
                call.mean?[row + i] = mean
                means[i] = Vector(repeating: mean)
            }
        }
        var squares = InlineArray<rows, Vector>(repeating: .zeros)
        forEachVector(columns) { offset, count in
            for i in 0..<rows {
                let deviation = keeping(count, of: .loaded(from + i * columns + offset, count: count) - means[i])
                squares[i] = fusedMultiplyAdd(deviation, deviation, squares[i])
            }
        }
        var inverses = InlineArray<rows, Vector>(repeating: .zeros)
        for i in 0..<rows {
            let inverse = 1 / (sum(squares[i]) / Float(columns) + call.epsilon).squareRoot()
            call.inverse?[row + i] = inverse
            inverses[i] = Vector(repeating: inverse)
        }
        forEachVector(columns) { offset, count in
            let gains = Vector.loaded(gain + offset, count: count)
            let shift = call.bias.map { .loaded($0 + offset, count: count) } ?? Vector.zeros
            for i in 0..<rows {
                let normal = (.loaded(from + i * columns + offset, count: count) - means[i]) * inverses[i]
                fusedMultiplyAdd(normal, gains, shift).store(to: to + i * columns + offset, count: count)
            }
        }
    }
}
