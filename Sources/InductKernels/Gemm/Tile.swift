// SPDX-License-Identifier: Apache-2.0

// Goals, in order: one chain of fused multiply-adds per element, in order of k, whatever the tile; both FMA pipes busy.
// A tile's accumulators fill the register file: 10 x 2 of 32 registers (AVX-512), 6 x 2 of 16 (elsewhere). With 11 or 12
// rows the compiler keeps accumulators in memory, which costs more than the wider tile gains.

import CInduct
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

/// The sums of a tile, by rows.
typealias TileSums<let rows: Int, let vectors: Int> = InlineArray<rows, InlineArray<vectors, Vector>>

/// Where the sums of a tile go.
///
/// Loops are generic over it, so that what each tile is asked is compiled in: a small tile is over after a hundred cycles.
protocol TileTarget {
    /// The first element of the tile's first panel.
    var c: UnsafeMutablePointer<Float> { get }
    /// Floats from row to row of c.
    var stride: Int { get }
    /// Fetches the lines that a panel's sums will meet.
    func prefetch(rows: Int, column: Int)
    /// Stores the sums of the panel that begins at `column`.
    func take<let rows: Int, let vectors: Int>(_ sums: TileSums<rows, vectors>, column: Int)
}

extension TileTarget {
    @inline(always)
    func prefetch(rows: Int, column: Int) {
        prefetchRows(rows, at: c + column, stride: stride)
    }
}

/// Fetches the line that each row begins in.
@inline(always)
private func prefetchRows(_ rows: Int, at start: UnsafePointer<Float>, stride: Int) {
    for i in 0..<rows { prefetch(start + i * stride) }
}

/// c = sums.
struct WrittenTile: TileTarget {
    var c: UnsafeMutablePointer<Float>
    var stride: Int

    @inline(always)
    func take<let rows: Int, let vectors: Int>(_ sums: TileSums<rows, vectors>, column: Int) {
        for i in 0..<rows {
            for j in 0..<vectors { store(sums[i][j], c + column + i * stride + j * lanes) }
        }
    }
}

/// c += sums.
struct AddedTile: TileTarget {
    var c: UnsafeMutablePointer<Float>
    var stride: Int

    @inline(always)
    func take<let rows: Int, let vectors: Int>(_ sums: TileSums<rows, vectors>, column: Int) {
        for i in 0..<rows {
            for j in 0..<vectors {
                let to = c + column + i * stride + j * lanes
                store(sums[i][j] + load(to), to)
            }
        }
    }
}

/// c = sums, or c + sums, with a bias by column, max(., 0) with its slope, a factor, a residual, in this order.
struct FinishedTile: TileTarget {
    var c: UnsafeMutablePointer<Float>
    var stride: Int
    var adds: Bool
    /// Of this tile, and simple.
    var epilogue: Epilogue

    @inline(always)
    func prefetch(rows: Int, column: Int) {
        prefetchRows(rows, at: c + column, stride: stride)
        if let factor = epilogue.factor { prefetchRows(rows, at: factor + column, stride: epilogue.factorStride) }
        if let residual = epilogue.residual {
            prefetchRows(rows, at: residual + column, stride: epilogue.residualStride)
        }
    }

    /// One thing after the other for all sums.
    @inline(always)
    func take<let rows: Int, let vectors: Int>(_ sums: TileSums<rows, vectors>, column: Int) {
        var sums = sums
        /// Replaces each sum; `i` is its row, `offset` its first column within the panel.
        @inline(always)
        func each(_ change: (_ sum: Vector, _ i: Int, _ offset: Int) -> Vector) {
            for i in 0..<rows {
                for j in 0..<vectors { sums[i][j] = change(sums[i][j], i, j * lanes) }
            }
        }
        let to = c + column
        if adds { each { $0 + load(to + $1 * stride + $2) } }
        if let bias = epilogue.bias { each { sum, _, offset in sum + load(bias + column + offset) } }
        if epilogue.activation == INDUCT_ACTIVATION_RELU {
            if let slope = epilogue.slope {
                each { sum, i, offset in
                    store(Relu.slope(sum), slope + column + i * epilogue.slopeStride + offset)
                    return sum
                }
            }
            each { sum, _, _ in Relu.value(sum) }
        }
        if let factor = epilogue.factor {
            each { $0 * load(factor + column + $1 * epilogue.factorStride + $2) }
        }
        if let residual = epilogue.residual {
            each { $0 + load(residual + column + $1 * epilogue.residualStride + $2) }
        }
        each { sum, i, offset in
            store(sum, to + i * stride + offset)
            return sum
        }
    }
}

enum Tile<let rows: Int, let vectors: Int> {
    /// a b: [rows, vectors * lanes] = [rows, steps] [steps, vectors * lanes], for every panel of b.
    @inline(always)
    static func multiply(_ left: LeftBlock, _ right: RightBlock, steps: Int, into target: some TileTarget) {
        // A zero that the compiler takes as any value: it would clear a known zero in memory, by a call.
        let zero = settled(.zeros)
        for panel in 0..<right.panels {
            target.prefetch(rows: rows, column: panel * columnsPerTile)
            var sums = TileSums<rows, vectors> { _ in InlineArray { _ in zero } }
            let rowStride = left.rowStride
            // Rows in threes: base, base + stride and base + 2 stride are addresses of one instruction.
            var bases = InlineArray<4, UnsafePointer<Float>> { left.start + 3 * $0 * rowStride }
            var b = right.start + panel * right.panelStride
            @inline(always)
            func step() {
                var columns = InlineArray<vectors, Vector> { _ in .zeros }
                for j in 0..<vectors { columns[j] = load(b + j * lanes) }
                for i in 0..<rows {
                    let factor = Vector(repeating: bases[i / 3][i % 3 * rowStride])
                    for j in 0..<vectors { sums[i][j] = fusedMultiplyAdd(factor, columns[j], sums[i][j]) }
                }
                for group in 0..<(rows + 2) / 3 { bases[group] = settled(bases[group] + left.stepStride) }
                b += right.stepStride
                // Else the compiler loads steps ahead until it runs out of registers.
                keepOrder()
            }
            // Four at a time: the end of a short loop is foreseen, that of a long one is not.
            for _ in 0..<steps / 4 {
                step()
                step()
                step()
                step()
            }
            for _ in 0..<steps % 4 { step() }
            target.take(sums, column: panel * columnsPerTile)
        }
    }
}

/// Multiplies a tile: `rows` within [1, rowsPerTile], `vectors` within [1, 2].
@inline(never)
func multiplyTile<Target: TileTarget>(
    rows: Int, vectors: Int, _ left: LeftBlock, _ right: RightBlock, steps: Int, into target: Target
) {
    switch 2 * rows + vectors {
    case 4: Tile<1, 2>.multiply(left, right, steps: steps, into: target)
    case 6: Tile<2, 2>.multiply(left, right, steps: steps, into: target)
    case 8: Tile<3, 2>.multiply(left, right, steps: steps, into: target)
    case 10: Tile<4, 2>.multiply(left, right, steps: steps, into: target)
    case 12: Tile<5, 2>.multiply(left, right, steps: steps, into: target)
    case 14: Tile<6, 2>.multiply(left, right, steps: steps, into: target)
    case 3: Tile<1, 1>.multiply(left, right, steps: steps, into: target)
    case 5: Tile<2, 1>.multiply(left, right, steps: steps, into: target)
    case 7: Tile<3, 1>.multiply(left, right, steps: steps, into: target)
    case 9: Tile<4, 1>.multiply(left, right, steps: steps, into: target)
    case 11: Tile<5, 1>.multiply(left, right, steps: steps, into: target)
    case 13: Tile<6, 1>.multiply(left, right, steps: steps, into: target)
    #if V4
        case 16: Tile<7, 2>.multiply(left, right, steps: steps, into: target)
        case 18: Tile<8, 2>.multiply(left, right, steps: steps, into: target)
        case 20: Tile<9, 2>.multiply(left, right, steps: steps, into: target)
        case 22: Tile<10, 2>.multiply(left, right, steps: steps, into: target)
        case 15: Tile<7, 1>.multiply(left, right, steps: steps, into: target)
        case 17: Tile<8, 1>.multiply(left, right, steps: steps, into: target)
        case 19: Tile<9, 1>.multiply(left, right, steps: steps, into: target)
        case 21: Tile<10, 1>.multiply(left, right, steps: steps, into: target)
    #endif
    default: break
    }
}

/// c = a b, or c += a b.
@inline(always)
func multiplyTile(
    rows: Int, vectors: Int, _ left: LeftBlock, _ right: RightBlock, steps: Int,
    into c: UnsafeMutablePointer<Float>, stride: Int, adding: Bool
) {
    if adding {
        multiplyTile(
            rows: rows, vectors: vectors, left, right, steps: steps, into: AddedTile(c: c, stride: stride))
    } else {
        multiplyTile(
            rows: rows, vectors: vectors, left, right, steps: steps, into: WrittenTile(c: c, stride: stride))
    }
}
