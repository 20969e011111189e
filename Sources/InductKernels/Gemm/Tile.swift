// SPDX-License-Identifier: Apache-2.0

// Goals, in order: one chain of fused multiply-adds per element, in order of k, whatever the tile; both FMA pipes busy.
// A tile's accumulators fill the register file: 10 x 2 of 32 registers (AVX-512), 6 x 2 of 16 (elsewhere). With 11 or 12
// rows the compiler keeps accumulators in memory, which costs more than the wider tile gains.

import CVectors

#if V4
    /// Rows of the largest tile.
    @inline(always)
    var rowsPerTile: Int { 10 }
#else
    /// Rows of the largest tile.
    @inline(always)
    var rowsPerTile: Int { 6 }
#endif

/// Columns of the widest tile: two vectors.
@inline(always)
var columnsPerTile: Int { 2 * lanes }

/// A block of matrix a, read element by element: element (i, p) lies at `start[i * rowStride + p * stepStride]`.
///
/// Row-major storage has `stepStride` 1, transposed storage has `rowStride` 1; neither needs packing to be read.
struct LeftBlock {
    var start: UnsafePointer<Float>
    var rowStride: Int
    var stepStride: Int
}

/// A block of matrix b, read by vectors: step p starts at `start + p * stepStride`, its columns are contiguous.
///
/// Several panels, `panelStride` apart, are columns of c that follow each other.
struct RightBlock {
    var start: UnsafePointer<Float>
    var stepStride: Int
    var panels = 1
    var panelStride = 0
}

/// What a tile does to its sums before it stores them: a bias by column, max(., 0) with its slope, a factor, a residual, in
/// this order.
struct TileFinish {
    var bias: UnsafePointer<Float>?
    var isRelu = false
    var slope: UnsafeMutablePointer<Float>?
    var slopeStride = 0
    var factor: UnsafePointer<Float>?
    var factorStride = 0
    var residual: UnsafePointer<Float>?
    var residualStride = 0

    /// Nothing is done.
    @inline(always)
    static var none: TileFinish { TileFinish() }

    @inline(always)
    var isNone: Bool { bias == nil && !isRelu && factor == nil && residual == nil }
}

enum Tile<let rows: Int, let vectors: Int> {
    /// c = a b, or c += a b: [rows, vectors * lanes] = [rows, steps] [steps, vectors * lanes].
    @inline(always)
    static func multiply(
        _ left: LeftBlock, _ right: RightBlock, steps: Int, into c: UnsafeMutablePointer<Float>, stride: Int,
        adding: Bool, finish: TileFinish
    ) {
        // A zero that the compiler takes as any value: it would clear a known zero in memory, by a call.
        let zero = settled(.zeros)
        for panel in 0..<right.panels {
            var sums = InlineArray<rows, InlineArray<vectors, Vector>> { _ in InlineArray { _ in zero } }
            let rowStride = left.rowStride
            // Rows in threes: base, base + stride and base + 2 stride are addresses of one instruction.
            var bases = InlineArray<4, UnsafePointer<Float>> { left.start + 3 * $0 * rowStride }
            var b = right.start + panel * right.panelStride
            for _ in 0..<steps {
                var columns = InlineArray<vectors, Vector> { _ in .zeros }
                for j in 0..<vectors { columns[j] = load(b + j * lanes) }
                for i in 0..<rows {
                    let factor = Vector(repeating: bases[i / 3][i % 3 * rowStride])
                    for j in 0..<vectors { sums[i][j] = fusedMultiplyAdd(factor, columns[j], sums[i][j]) }
                }
                for group in 0..<(rows + 2) / 3 { bases[group] = settled(bases[group] + left.stepStride) }
                b += right.stepStride
            }
            let column = panel * columnsPerTile
            if finish.isNone {
                for i in 0..<rows {
                    for j in 0..<vectors {
                        let to = c + column + i * stride + j * lanes
                        store(adding ? sums[i][j] + load(to) : sums[i][j], to)
                    }
                }
            } else {
                finishAndStore(sums, into: c, stride: stride, adding: adding, finish: finish, column: column)
            }
        }
    }

    /// Finishes the sums, one thing after the other for all of them, and stores them.
    @inline(always)
    private static func finishAndStore(
        _ sums: InlineArray<rows, InlineArray<vectors, Vector>>, into c: UnsafeMutablePointer<Float>, stride: Int,
        adding: Bool, finish: TileFinish, column: Int
    ) {
        var sums = sums
        /// Replaces each sum; `i` is its row, `offset` its first column within the panel.
        @inline(always)
        func each(_ change: (_ sum: Vector, _ i: Int, _ offset: Int) -> Vector) {
            for i in 0..<rows {
                for j in 0..<vectors { sums[i][j] = change(sums[i][j], i, j * lanes) }
            }
        }
        let to = c + column
        if adding { each { $0 + load(to + $1 * stride + $2) } }
        if let bias = finish.bias { each { sum, _, offset in sum + load(bias + column + offset) } }
        if finish.isRelu {
            if let slope = finish.slope {
                each { sum, i, offset in
                    store(Relu.slope(sum), slope + column + i * finish.slopeStride + offset)
                    return sum
                }
            }
            each { sum, _, _ in Relu.value(sum) }
        }
        if let factor = finish.factor { each { $0 * load(factor + column + $1 * finish.factorStride + $2) } }
        if let residual = finish.residual { each { $0 + load(residual + column + $1 * finish.residualStride + $2) } }
        each { sum, i, offset in
            store(sum, to + i * stride + offset)
            return sum
        }
    }
}

/// Multiplies a tile: `rows` within [1, rowsPerTile], `vectors` within [1, 2].
@inline(never)
func multiplyTile(
    rows: Int, vectors: Int, _ left: LeftBlock, _ right: RightBlock, steps: Int,
    into c: UnsafeMutablePointer<Float>, stride: Int, adding: Bool, finish: TileFinish
) {
    switch 2 * rows + vectors {
    case 4:
        Tile<1, 2>.multiply(
            left, right, steps: steps, into: c, stride: stride, adding: adding, finish: finish)
    case 6:
        Tile<2, 2>.multiply(
            left, right, steps: steps, into: c, stride: stride, adding: adding, finish: finish)
    case 8:
        Tile<3, 2>.multiply(
            left, right, steps: steps, into: c, stride: stride, adding: adding, finish: finish)
    case 10:
        Tile<4, 2>.multiply(
            left, right, steps: steps, into: c, stride: stride, adding: adding, finish: finish)
    case 12:
        Tile<5, 2>.multiply(
            left, right, steps: steps, into: c, stride: stride, adding: adding, finish: finish)
    case 14:
        Tile<6, 2>.multiply(
            left, right, steps: steps, into: c, stride: stride, adding: adding, finish: finish)
    case 3:
        Tile<1, 1>.multiply(
            left, right, steps: steps, into: c, stride: stride, adding: adding, finish: finish)
    case 5:
        Tile<2, 1>.multiply(
            left, right, steps: steps, into: c, stride: stride, adding: adding, finish: finish)
    case 7:
        Tile<3, 1>.multiply(
            left, right, steps: steps, into: c, stride: stride, adding: adding, finish: finish)
    case 9:
        Tile<4, 1>.multiply(
            left, right, steps: steps, into: c, stride: stride, adding: adding, finish: finish)
    case 11:
        Tile<5, 1>.multiply(
            left, right, steps: steps, into: c, stride: stride, adding: adding, finish: finish)
    case 13:
        Tile<6, 1>.multiply(
            left, right, steps: steps, into: c, stride: stride, adding: adding, finish: finish)
    #if V4
        case 16:
            Tile<7, 2>.multiply(
                left, right, steps: steps, into: c, stride: stride, adding: adding, finish: finish)
        case 18:
            Tile<8, 2>.multiply(
                left, right, steps: steps, into: c, stride: stride, adding: adding, finish: finish)
        case 20:
            Tile<9, 2>.multiply(
                left, right, steps: steps, into: c, stride: stride, adding: adding, finish: finish)
        case 22:
            Tile<10, 2>.multiply(
                left, right, steps: steps, into: c, stride: stride, adding: adding, finish: finish)
        case 15:
            Tile<7, 1>.multiply(
                left, right, steps: steps, into: c, stride: stride, adding: adding, finish: finish)
        case 17:
            Tile<8, 1>.multiply(
                left, right, steps: steps, into: c, stride: stride, adding: adding, finish: finish)
        case 19:
            Tile<9, 1>.multiply(
                left, right, steps: steps, into: c, stride: stride, adding: adding, finish: finish)
        case 21:
            Tile<10, 1>.multiply(
                left, right, steps: steps, into: c, stride: stride, adding: adding, finish: finish)
    #endif
    default: break
    }
}
