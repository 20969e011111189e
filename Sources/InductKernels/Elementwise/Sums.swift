// SPDX-License-Identifier: Apache-2.0

import CVectors

/// y += x.
func add(count: Int, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>) {
    forEachVector(count) { offset, count in
        store(load(y + offset, count: count) + load(x + offset, count: count), y + offset, count: count)
    }
}

/// x *= factor.
func scale(count: Int, by factor: Float, _ x: UnsafeMutablePointer<Float>) {
    let factors = Vector(repeating: factor)
    forEachVector(count) { offset, count in
        store(load(x + offset, count: count) * factors, x + offset, count: count)
    }
}

/// Sum of x^2 in double: 32 interleaved sums (value i belongs to sum i mod 32), then a tree.
///
/// The order does not depend on the width of a vector, so every variant gives the same bits. The square of a float is
/// exact in double.
func sumOfSquares(count: Int, _ x: UnsafePointer<Float>) -> Double {
    typealias Wide = SIMD8<Double>
    var sums = InlineArray<4, Wide>(repeating: Wide(repeating: 0))
    var offset = 0
    while offset + 32 <= count {
        for part in 0..<4 {
            let values = doubles(x + offset + 8 * part)
            sums[part] += values * values
        }
        offset += 32
    }
    for i in offset..<max(offset, count) {
        let value = Double(x[i])
        sums[(i - offset) / 8][(i - offset) % 8] += value * value
    }
    let eight = (sums[0] + sums[2]) + (sums[1] + sums[3])
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
}

/// y[j] = sum over rows of x[r][j], plus y[j] before when `accumulate`.
///
/// Rows are added in blocks of 64 and the blocks' sums in order, which keeps the rounding error near 2 sqrt(rows).
func columnSums(
    rows: Int, columns: Int, _ x: UnsafePointer<Float>, stride: Int, into y: UnsafeMutablePointer<Float>,
    accumulate: Bool
) {
    let rowsPerBlock = 64
    forEachVector(columns) { offset, count in
        var total = accumulate ? load(y + offset, count: count) : .zeros
        var row = 0
        while row < rows {
            let end = min(rows, row + rowsPerBlock)
            var block = Vector.zeros
            while row < end {
                block += load(x + row * stride + offset, count: count)
                row += 1
            }
            total += block
        }
        store(total, y + offset, count: count)
    }
}
