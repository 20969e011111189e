// SPDX-License-Identifier: Apache-2.0

// Panels of b: all steps of up to `columnsPerTile` columns, contiguous, so that a tile reads them as one stream.
//
//      panel 0            panel 1            last panel (one or two vectors wide, zeros behind the last column)
//      [steps, 2 lanes]   [steps, 2 lanes]   [steps, lanes or 2 lanes]

import CVectors

/// Vectors that a panel with `columns` columns is wide.
@inline(always)
func vectorsPerPanel(_ columns: Int) -> Int { columns > lanes ? 2 : 1 }

/// Packs one panel from row-major b: `from[p * stride + j]`, p < steps, j < columns.
@inline(always)
func packPanel(
    rows from: UnsafePointer<Float>, stride: Int, steps: Int, columns: Int, into panel: UnsafeMutablePointer<Float>
) {
    var source = from
    var to = panel
    if columns == columnsPerTile {
        for _ in 0..<steps {
            // Rows that lie far apart come late by themselves.
            prefetch(source + 8 * stride)
            store(load(source), to)
            store(load(source + lanes), to + lanes)
            source += stride
            to += columnsPerTile
        }
        return
    }
    let last = columns > lanes ? columns - lanes : columns
    for _ in 0..<steps {
        if columns > lanes {
            store(load(source), to)
            store(load(source + lanes, count: last), to + lanes)
            to += columnsPerTile
        } else {
            store(load(source, count: last), to)
            to += lanes
        }
        source += stride
    }
}

/// Packs one panel from transposed b: `from[j * stride + p]`, p < steps, j < columns.
@inline(never)
func packPanel(
    columns from: UnsafePointer<Float>, stride: Int, steps: Int, columns: Int,
    into panel: UnsafeMutablePointer<Float>
) {
    let width = vectorsPerPanel(columns) * lanes
    var column = 0
    while column < width {
        let present = min(lanes, max(0, columns - column))
        var step = 0
        while step < steps {
            let count = min(lanes, steps - step)
            // What the next columns read here.
            for i in 0..<lanes { prefetch(from + (column + lanes + i) * stride + step) }
            var square =
                count == lanes && present == lanes
                ? Square { i in load(from + (column + i) * stride + step) }
                : Square { i in
                    i < present ? load(from + (column + i) * stride + step, count: count) : .zeros
                }
            transpose(&square)
            if count == lanes {
                for i in 0..<lanes { store(square[i], panel + (step + i) * width + column) }
            } else {
                for i in 0..<lanes where i < count { store(square[i], panel + (step + i) * width + column) }
            }
            step += lanes
        }
        column += lanes
    }
}

/// Rows cut into as few tiles as can be, of equal height or one more: 64 rows are seven tiles of 9 or 10.
struct BalancedTiles {
    let count: Int
    private let height: Int
    private let taller: Int

    init(rows: Int) {
        count = (rows + rowsPerTile - 1) / rowsPerTile
        height = rows / count
        taller = rows % count
    }

    @inline(always)
    func start(_ tile: Int) -> Int { tile * height + min(tile, taller) }

    @inline(always)
    func rows(_ tile: Int) -> Int { height + (tile < taller ? 1 : 0) }
}

/// Packs tiles from `first` on of a transposed a, `from[p * stride + i]`, each to `to[p * rowsPerTile + i]`, `tileStride`
/// apart, and adds up each of their rows over p into `sums`, 2 * lanes floats a tile.
///
/// Tiles are taken side by side: a sum waits for the one before it, those of other tiles need not, and a line of the cache
/// holds rows of several tiles. Stores are whole vectors: what one writes behind its rows, the next step overwrites; each
/// tile needs a vector more.
@inline(never)
func packGroup(
    transposed from: UnsafePointer<Float>, stride: Int, steps: Int, tiles: BalancedTiles, first: Int,
    into to: UnsafeMutablePointer<Float>, tileStride: Int, sums: UnsafeMutablePointer<Float>
) {
    let starts = GemmBlocks.EachTile<Int> { tiles.start(min(first + $0, tiles.count)) }
    // Tiles behind the last have no rows: nothing of them is read.
    let rows = GemmBlocks.EachTile<Int> { first + $0 < tiles.count ? tiles.rows(first + $0) : 0 }
    var low = GemmBlocks.EachTile<Vector> { _ in .zeros }
    // Six rows take one vector of eight lanes, or two of four.
    var high = GemmBlocks.EachTile<Vector> { _ in .zeros }
    var source = from
    var target = to
    for _ in 0..<steps {
        for tile in 0..<GemmBlocks.tilesPerGroup {
            let value = load(source + starts[tile], count: min(rows[tile], lanes))
            low[tile] += value
            store(value, target + tile * tileStride)
            if lanes < rowsPerTile {
                let rest = load(source + starts[tile] + lanes, count: max(0, rows[tile] - lanes))
                high[tile] += rest
                store(rest, target + tile * tileStride + lanes)
            }
        }
        source += stride
        target += rowsPerTile
    }
    for tile in 0..<GemmBlocks.tilesPerGroup {
        store(low[tile], sums + tile * 2 * lanes)
        store(high[tile], sums + tile * 2 * lanes + lanes)
    }
}

/// Copies `rows` rows of a row-major a to `to` with row stride `stride`.
@inline(always)
func packTile(
    rows from: UnsafePointer<Float>, stride fromStride: Int, steps: Int, rows: Int,
    into to: UnsafeMutablePointer<Float>, stride: Int
) {
    for i in 0..<rows {
        let source = from + i * fromStride
        let target = to + i * stride
        forEachVector(steps) { offset, count in
            if count == lanes {
                store(load(source + offset), target + offset)
            } else {
                store(load(source + offset, count: count), target + offset)
            }
        }
    }
}
