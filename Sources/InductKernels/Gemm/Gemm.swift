// SPDX-License-Identifier: Apache-2.0

// c = epilogue(op(a) op(b)), [m, n] = [m, k] [k, n].
//
//          b:  blocks of steps x panels of columnsPerTile columns, packed once per block
//      a:      c:
//      tile    tile   rowsPerTile x columnsPerTile in registers, a chain of fused multiply-adds over the steps
//
// Goals, in order: every element is the same chain of additions however many rows the call has; the multiply-add pipes
// never wait: a tile of a lies in L1, the packed block of b in L2; no scalar tail: edges are narrower tiles and masks.
// Source: K. Goto, R. van de Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS 34, 2008.

import CInduct
import CVectors

/// Sizes of the blocks, in floats, and where they lie in scratch.
enum GemmBlocks {
    /// Packed block of b: half of a 1 MiB L2 cache.
    static var rightBlock: Int { 128 * 1024 }
    /// Most steps of one block.
    ///
    /// Epilogues need the whole sum, so products that have them get longer blocks.
    static func maximalSteps(transposedLeft: Bool) -> Int { transposedLeft ? 512 : 1024 }
    /// Something for each of the tiles of a transposed a that are packed together.
    typealias EachTile<Value> = InlineArray<4, Value>
    static var tilesPerGroup: Int { EachTile<Int>.count }
    /// One packed tile of a group, with a vector of slack.
    static var groupTile: Int { rowsPerTile * 512 + lanes }
    /// A group of packed tiles of a, or one tile of up to 1024 steps.
    static var leftTiles: Int { max(tilesPerGroup * groupTile, rowsPerTile * (1024 + lanes) + lanes) }
    /// Their sums over steps.
    static var leftSums: Int { tilesPerGroup * 2 * lanes }
    /// Most columns of a tile that are finished together: they lie in L1 meanwhile.
    static var maximalColumns: Int { 512 }
    static var productTile: Int { rowsPerTile * (maximalColumns + columnsPerTile) }
    /// Rows that are finished together when sums over several blocks must not lie in c.
    static var rowsPerPartial: Int { 8 * rowsPerTile }
    /// Partial sums of that many rows: where there are several blocks, one has more than 512 / 2 steps, hence at most
    /// this many columns.
    static var partial: Int { rowsPerPartial * (rightBlock / 256 + columnsPerTile) }

    static var scratchFloats: Int { rightBlock + leftTiles + leftSums + productTile + partial }
}

func gemm(_ call: induct_gemm) {
    let m = Int(call.m)
    let n = Int(call.n)
    let k = max(0, Int(call.k))
    guard m > 0, n > 0 else { return }

    let epilogue = Epilogue(call)
    let maximalSteps = GemmBlocks.maximalSteps(transposedLeft: call.transpose_a != 0)
    let blocks = max(1, (k + maximalSteps - 1) / maximalSteps)
    // Partial sums usually lie in c. The residual may be c itself, and must survive until the last block.
    if blocks > 1 && call.residual != nil {
        var row = 0
        while row < m {
            let rows = min(GemmBlocks.rowsPerPartial, m - row)
            multiply(call, epilogue, blocks: blocks, row: row, rows: rows, partialInScratch: true)
            row += rows
        }
    } else {
        multiply(call, epilogue, blocks: blocks, row: 0, rows: m, partialInScratch: false)
    }
}

/// Rows [row, row + rows) of the product.
@inline(always)
private func multiply(
    _ call: induct_gemm, _ epilogue: Epilogue, blocks: Int, row: Int, rows: Int, partialInScratch: Bool
) {
    let n = Int(call.n)
    let k = max(0, Int(call.k))
    let lda = Int(call.lda)
    let ldb = Int(call.ldb)
    let ldc = Int(call.ldc)
    let transposedA = call.transpose_a != 0
    let transposedB = call.transpose_b != 0
    guard let a = call.a, let b = call.b, let c = call.c, let scratch = call.scratch else { return }
    let packedRight = scratch.assumingMemoryBound(to: Float.self)
    let packedLeft = packedRight + GemmBlocks.rightBlock
    let leftSums = packedLeft + GemmBlocks.leftTiles
    let product = leftSums + GemmBlocks.leftSums
    let partial = product + GemmBlocks.productTile

    let steps = (k + blocks - 1) / blocks
    let fittingColumns = max(1, GemmBlocks.rightBlock / (max(1, steps) * columnsPerTile)) * columnsPerTile
    let columnsPerBlock = epilogue.isSimple ? fittingColumns : min(fittingColumns, GemmBlocks.maximalColumns)
    let tiles = BalancedTiles(rows: rows)
    // Row-major b can be read in place when too few tiles use it to repay the copy.
    let readsRightInPlace = !transposedB && (tiles.count <= 2 || steps * ldb <= 32 * 1024)
    // Transposed a is copied when several panels use the copy. Rows a multiple of 1 KiB apart share a few sets of the
    // L1 cache, and are copied for that reason.
    let packsLeft = transposedA ? n > 2 * columnsPerTile || call.column_sums != nil : lda % 256 == 0 && n > 64
    let packedStride = steps + lanes

    var firstColumn = 0
    while firstColumn < n {
        let blockColumns = min(columnsPerBlock, n - firstColumn)
        for block in 0..<blocks {
            let firstStep = block * steps
            let blockSteps = min(steps, k - firstStep)
            let isLast = block == blocks - 1

            let panelCount = (blockColumns + columnsPerTile - 1) / columnsPerTile
            for panel in 0..<panelCount {
                let column = firstColumn + panel * columnsPerTile
                let columns = min(columnsPerTile, n - column)
                let to = packedRight + panel * columnsPerTile * blockSteps
                if transposedB {
                    packPanel(
                        columns: b + column * ldb + firstStep, stride: ldb, steps: blockSteps, columns: columns,
                        into: to)
                } else if !readsRightInPlace || columns % lanes != 0 {
                    packPanel(
                        rows: b + firstStep * ldb + column, stride: ldb, steps: blockSteps, columns: columns, into: to)
                }
            }

            for tile in 0..<tiles.count {
                let tileRow = row + tiles.start(tile)
                let tileRows = tiles.rows(tile)
                var left: LeftBlock
                if transposedA {
                    let from = a + firstStep * lda + tileRow
                    left = LeftBlock(start: from, rowStride: 1, stepStride: lda)
                    if packsLeft {
                        let index = tile % GemmBlocks.tilesPerGroup
                        if index == 0 {
                            packGroup(
                                transposed: a + firstStep * lda + row, stride: lda, steps: blockSteps, tiles: tiles,
                                first: tile, into: packedLeft, tileStride: GemmBlocks.groupTile, sums: leftSums)
                        }
                        left = LeftBlock(
                            start: packedLeft + index * GemmBlocks.groupTile, rowStride: 1, stepStride: rowsPerTile)
                        if firstColumn == 0, let sums = call.column_sums {
                            let isNew = block == 0 && call.accumulate == 0
                            forEachVector(tileRows) { offset, count in
                                let before = isNew ? .zeros : load(sums + tileRow + offset, count: count)
                                store(
                                    before + load(leftSums + index * 2 * lanes + offset), sums + tileRow + offset,
                                    count: count)
                            }
                        }
                    }
                } else {
                    let from = a + tileRow * lda + firstStep
                    left = LeftBlock(start: from, rowStride: lda, stepStride: 1)
                    if packsLeft {
                        packTile(
                            rows: from, stride: lda, steps: blockSteps, rows: tileRows, into: packedLeft,
                            stride: packedStride)
                        left = LeftBlock(start: packedLeft, rowStride: packedStride, stepStride: 1)
                    }
                }

                func rightBlock(_ offset: Int, columns: Int) -> RightBlock {
                    readsRightInPlace && columns % lanes == 0
                        ? RightBlock(
                            start: b + firstStep * ldb + firstColumn + offset, stepStride: ldb,
                            panelStride: columnsPerTile)
                        : RightBlock(
                            start: packedRight + offset * blockSteps, stepStride: vectorsPerPanel(columns) * lanes,
                            panelStride: columnsPerTile * blockSteps)
                }
                var offset = 0
                while offset < blockColumns {
                    let rest = blockColumns - offset
                    let columns = min(columnsPerTile, rest)
                    var right = rightBlock(offset, columns: columns)
                    // All panels of full width in one call.
                    right.panels = max(1, rest / columnsPerTile)
                    let whole = min(rest, right.panels * columnsPerTile)

                    let final = c + tileRow * ldc + firstColumn + offset
                    let interim = partial + (tileRow - row) * blockColumns + offset
                    let target = partialInScratch && !isLast ? interim : final
                    let targetStride = partialInScratch && !isLast ? blockColumns : ldc
                    let hasPrevious = block > 0 || call.accumulate != 0
                    let previous = partialInScratch && block > 0 ? interim : final
                    let previousStride = partialInScratch && block > 0 ? blockColumns : ldc

                    if columns % lanes == 0 && (!isLast || epilogue.isSimple) && (!hasPrevious || previous == target) {
                        let vectors = vectorsPerPanel(columns)
                        if isLast && !epilogue.isNone {
                            multiplyTile(
                                rows: tileRows, vectors: vectors, left, right, steps: blockSteps,
                                into: FinishedTile(
                                    c: target, stride: targetStride, adds: hasPrevious,
                                    epilogue: epilogue.at(row: tileRow, column: firstColumn + offset)))
                        } else {
                            multiplyTile(
                                rows: tileRows, vectors: vectors, left, right, steps: blockSteps, into: target,
                                stride: targetStride, adding: hasPrevious)
                        }
                        offset += whole
                    } else {
                        // Through scratch, to be finished row by row: long rows keep constants in registers.
                        let stride = roundedUp(rest, toMultipleOf: lanes)
                        multiplyTile(
                            rows: tileRows, vectors: vectorsPerPanel(columns), left, right, steps: blockSteps,
                            into: product, stride: stride, adding: false)
                        if whole < rest {
                            multiplyTile(
                                rows: tileRows, vectors: vectorsPerPanel(rest - whole), left,
                                rightBlock(offset + whole, columns: rest - whole), steps: blockSteps,
                                into: product + whole, stride: stride, adding: false)
                        }
                        (isLast ? epilogue.at(row: tileRow, column: firstColumn + offset) : .none).apply(
                            product: product, stride: stride, previous: hasPrevious ? UnsafePointer(previous) : nil,
                            previousStride: previousStride, into: target, stride: targetStride, rows: tileRows,
                            columns: rest)
                        offset = blockColumns
                    }
                }
            }
        }
        firstColumn += blockColumns
    }
}
