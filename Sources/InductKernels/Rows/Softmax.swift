// SPDX-License-Identifier: Apache-2.0

// y[r] = softmax(x[r]), in place allowed; dx = y (dy - sum(dy y)).
// The row's maximum is subtracted first, so the largest exponent is 0. Rows are independent.

import CVectors

/// The greatest value of a row.
@inline(always)
func rowMaximum(_ x: UnsafePointer<Float>, count: Int) -> Float {
    let lowest = Vector(repeating: -.infinity)
    var largest = lowest
    forEachVector(count) { offset, count in
        let value = load(x + offset, count: count)
        let behind = Vector(repeating: Float(count))
        largest = maximum(
            largest, count == lanes ? value : select(laneNumbers, less: behind, value, else: lowest))
    }
    return greatest(largest)
}

/// `value` in the first `count` lanes, zero in the others.
@inline(always)
func keeping(_ count: Int, of value: Vector) -> Vector {
    count == lanes ? value : select(laneNumbers, less: Vector(repeating: Float(count)), value, else: .zeros)
}

func softmax(rows: Int, columns: Int, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
    guard columns > lanes else { return softmaxOfOneVector(rows: rows, columns: columns, x, into: y) }
    for row in 0..<rows {
        let from = x + row * columns
        let to = y + row * columns
        let largest = Vector(repeating: rowMaximum(from, count: columns))
        var sums = Vector.zeros
        forEachFour(columns) { offset in
            let value = exponentialOfDifference(Four.loaded(from + offset) - Four(repeating: largest))
            value.store(to: to + offset)
            sums = value.added(to: sums)
        } _: { offset, count in
            let value = keeping(count, of: exponentialOfDifference(load(from + offset, count: count) - largest))
            sums += value
            store(value, to + offset, count: count)
        }
        let inverse = Vector(repeating: 1 / sum(sums))
        forEachVector(columns) { offset, count in
            store(load(to + offset, count: count) * inverse, to + offset, count: count)
        }
    }
}

/// Rows of at most one vector, such as classes and experts: what a row costs is little more than its exponential.
private func softmaxOfOneVector(
    rows: Int, columns: Int, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
) {
    guard columns > 0 else { return }
    let behind = Vector(repeating: Float(columns))
    let lowest = Vector(repeating: -.infinity)
    for row in 0..<rows {
        let value = load(x + row * columns, count: columns)
        let largest = greatest(select(laneNumbers, less: behind, value, else: lowest))
        let power = keeping(columns, of: exponentialOfDifference(value - Vector(repeating: largest)))
        store(power / Vector(repeating: sum(power)), y + row * columns, count: columns)
    }
}

func softmaxBackward(
    rows: Int, columns: Int, _ y: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
    into dx: UnsafeMutablePointer<Float>
) {
    for row in 0..<rows {
        let values = y + row * columns
        let from = dy + row * columns
        let to = dx + row * columns
        var products = Vector.zeros
        forEachVector(columns) { offset, count in
            products = fusedMultiplyAdd(
                load(values + offset, count: count), load(from + offset, count: count), products)
        }
        let mean = Vector(repeating: sum(products))
        forEachVector(columns) { offset, count in
            let value = load(values + offset, count: count) * (load(from + offset, count: count) - mean)
            store(value, to + offset, count: count)
        }
    }
}
