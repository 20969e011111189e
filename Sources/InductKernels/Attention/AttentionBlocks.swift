// SPDX-License-Identifier: Apache-2.0

// The pieces that attention and its gradient share. Query rows are taken by tiles, tiles by groups, keys by blocks:
//
//                 keys:  block 0        block 1
//      group 0    tile   s s s          (skipped when causal and ahead of every query of the tile)
//                 tile   s s s s
//      group 1    tile   s s s s s      s
//
// A tile's scores lie in L1; up to 512 keys are one block, so short sequences never rescale.

import CInduct
import CVectors

enum AttentionBlocks {
    static var maximalKeys: Int { 512 }
    /// Packed keys of one block, in floats: fewer keys are taken when heads are large.
    static var packed: Int { 64 * 1024 }
    /// Most rows of a group.
    static var maximalRows: Int { 144 / rowsPerTile * rowsPerTile }
    static var scoreStride: Int { maximalKeys + 3 * lanes }
    static var scores: Int { maximalRows * scoreStride }

    /// Whether a sequence is too short to pay for packed keys: each score is then a product of two rows by itself.
    @inline(always)
    static func isShort(_ length: Int) -> Bool { length <= lanes }

    /// Rows of each group but the last: all of a short sequence, since a last group of a few rows pays for its keys like any
    /// other; else as many steps of the products for dk and dv as are worth more than the scores' place in the caches.
    @inline(always)
    static func rowsPerGroup(length: Int) -> Int {
        length <= maximalRows ? maximalRows : 96 / rowsPerTile * rowsPerTile
    }

    /// Keys of one block: the same for every call with that head size.
    @inline(always)
    static func keysPerBlock(headSize: Int) -> Int {
        let fitting = packed / max(1, headSize) / columnsPerTile * columnsPerTile
        return min(maximalKeys, max(columnsPerTile, fitting))
    }

    /// The largest head for which a block fits: 2048 with AVX-512.
    static var maximalHeadSize: Int { packed / columnsPerTile }

    static var scratchFloats: Int {
        2 * packed + 2 * scores + 2 * roundedUp(maximalRows, toMultipleOf: lanes) + maximalKeys * columnsPerTile
            + rowsPerTile * columnsPerTile + 2 * AttentionBias.windowFloats
    }
}

/// Where things lie in the scratch of one call.
struct AttentionScratch {
    /// Keys, transposed into panels: [panel][head size][columns].
    let keys: UnsafeMutablePointer<Float>
    /// Values, the same way.
    let values: UnsafeMutablePointer<Float>
    /// Scores, then probabilities, of a group of rows.
    let scores: UnsafeMutablePointer<Float>
    /// Gradients of the scores.
    let gradients: UnsafeMutablePointer<Float>
    /// Two numbers for each row of a group.
    let first: UnsafeMutablePointer<Float>
    let second: UnsafeMutablePointer<Float>
    /// A copy of columns that do not fill a vector.
    let edge: UnsafeMutablePointer<Float>
    let product: UnsafeMutablePointer<Float>
    /// What is added to the scores of a group and a block, and its gradient; see AttentionBias.
    let bias: UnsafeMutablePointer<Float>
    let biasGradient: UnsafeMutablePointer<Float>

    init(_ start: UnsafeMutableRawPointer) {
        let rowFloats = roundedUp(AttentionBlocks.maximalRows, toMultipleOf: lanes)
        keys = start.assumingMemoryBound(to: Float.self)
        values = keys + AttentionBlocks.packed
        scores = values + AttentionBlocks.packed
        gradients = scores + AttentionBlocks.scores
        first = gradients + AttentionBlocks.scores
        second = first + rowFloats
        edge = second + rowFloats
        product = edge + AttentionBlocks.maximalKeys * columnsPerTile
        bias = product + rowsPerTile * columnsPerTile
        biasGradient = bias + AttentionBias.windowFloats
    }

    /// Packs `count` rows of keys or values, transposed, into panels.
    @inline(always)
    func pack(
        _ from: UnsafePointer<Float>, stride: Int, count: Int, headSize: Int, into packed: UnsafeMutablePointer<Float>
    ) {
        var key = 0
        while key < count {
            packPanel(
                columns: from + key * stride, stride: stride, steps: headSize,
                columns: min(columnsPerTile, count - key),
                into: packed + key * headSize)
            key += columnsPerTile
        }
    }

    /// Products of `rows` rows with the first `count` of `packedCount` packed keys: [rows, count], and up to a vector more.
    @inline(always)
    func multiply(
        _ left: LeftBlock, rows: Int, packed: UnsafePointer<Float>, packedCount: Int, count: Int, headSize: Int,
        into scores: UnsafeMutablePointer<Float>
    ) {
        let panels = count / columnsPerTile
        if panels > 0 {
            let right = RightBlock(
                start: packed, stepStride: columnsPerTile, panels: panels, panelStride: columnsPerTile * headSize)
            multiplyTile(
                rows: rows, vectors: 2, left, right, steps: headSize, into: scores,
                stride: AttentionBlocks.scoreStride, adding: false)
        }
        let key = panels * columnsPerTile
        guard key < count else { return }
        let width = vectorsPerPanel(min(columnsPerTile, packedCount - key)) * lanes
        multiplyTile(
            rows: rows, vectors: vectorsPerPanel(count - key), left,
            RightBlock(start: packed + key * headSize, stepStride: width), steps: headSize, into: scores + key,
            stride: AttentionBlocks.scoreStride, adding: false)
    }

    /// The same from keys that are not packed, each as the sum of a vector of sums; row i sees `seen(i)` of them.
    @inline(always)
    func multiply(
        _ left: LeftBlock, rows: Int, keys: UnsafePointer<Float>, keyStride: Int, headSize: Int,
        into scores: UnsafeMutablePointer<Float>, seen: (_ row: Int) -> Int
    ) {
        for i in 0..<rows {
            let row = left.start + i * left.rowStride
            for j in 0..<seen(i) {
                let key = keys + j * keyStride
                var products = Vector.zeros
                forEachVector(headSize) { offset, count in
                    products = fusedMultiplyAdd(
                        .loaded(row + offset, count: count), .loaded(key + offset, count: count), products)
                }
                scores[i * AttentionBlocks.scoreStride + j] = sum(products)
            }
        }
    }

    /// c (+)= left right for right in place, [steps, headSize]: columns that do not fill a vector go through a copy.
    @inline(always)
    func multiply(
        _ left: LeftBlock, rows: Int, right: UnsafePointer<Float>, rightStride: Int, steps: Int, headSize: Int,
        into c: UnsafeMutablePointer<Float>, stride: Int, adding: Bool
    ) {
        let panels = headSize / columnsPerTile
        if panels > 0 {
            let block = RightBlock(
                start: right, stepStride: rightStride, panels: panels, panelStride: columnsPerTile)
            multiplyTile(
                rows: rows, vectors: 2, left, block, steps: steps, into: c, stride: stride, adding: adding)
        }
        let whole = headSize / lanes * lanes
        let single = panels * columnsPerTile
        if single < whole {
            multiplyTile(
                rows: rows, vectors: 1, left, RightBlock(start: right + single, stepStride: rightStride), steps: steps,
                into: c + single, stride: stride, adding: adding)
        }
        guard whole < headSize else { return }
        packPanel(rows: right + whole, stride: rightStride, steps: steps, columns: headSize - whole, into: edge)
        multiplyTile(
            rows: rows, vectors: 1, left, RightBlock(start: edge, stepStride: lanes), steps: steps, into: product,
            stride: lanes, adding: false)
        for row in 0..<rows {
            let to = c + row * stride + whole
            let before = adding ? load(to, count: headSize - whole) : .zeros
            store(before + load(product + row * lanes), to, count: headSize - whole)
        }
    }
}
