// SPDX-License-Identifier: Apache-2.0

// The workspace of one slot, in floats, every part on a 64-byte boundary. R = count * length rows.
//
//   scratch | relative positions | dropout | embedded inputs | images | stream | blocks... | final norm | gradients
//
// train:    every block keeps what its gradient reads; `stream` holds the block inputs x_0 .. x_layers.
// evaluate: all blocks share one set of parts, the stream is one matrix changed in place, and there are no gradients.

/// Offsets into a workspace.
///
/// Parts that the options do not need have no floats. Computed, never stored, so that a pass allocates nothing.
struct WorkspaceLayout {
    /// Parts of one block, from the block's first float.
    struct Block {
        /// `[R]` each.
        var mean1 = 0
        var inverse1 = 0
        /// `[R, width]`.
        var normalised1 = 0
        /// `[R, projectedColumns]`, rows `projectedStride` apart: queries, keys, values.
        var projected = 0
        /// `[count, heads, length]`.
        var logSum = 0
        /// `[R, queryColumns]`.
        var attended = 0
        /// `[R, width]`: the stream between attention and MLP; when post-norm, before its norm.
        var middle = 0
        var mean2 = 0
        var inverse2 = 0
        /// `[R, width]`; when post-norm, what the second norm reads instead.
        var normalised2 = 0
        /// `[R, expandedColumns]`: what a gated unit reads.
        var expanded = 0
        /// `[R, mlpSize]`, rows `hiddenStride` apart: the derivative of an activation that is not gated.
        var slope = 0
        /// `[R, mlpSize]`, rows `hiddenStride` apart.
        var hidden = 0
    }

    /// From row to row of queries, keys and values, and of their gradients.
    let projectedStride: Int
    /// From row to row of the hidden units, their slopes and their gradients.
    let hiddenStride: Int

    /// Floats.
    let scratch = 0
    /// `[heads, length]`: what is added to scores, by distance; and d loss / d that.
    let relative: Int
    let relativeGradient: Int
    /// `Dropout.chunk` random words.
    let words: Int
    /// `[R, width]`: a branch's output before elements are dropped, or a gradient after.
    let dropped: Int
    /// `[count * items, width]`: inputs of examples after their linear layer, or d loss / d those.
    let embedded: Int
    /// What the residual network of images needs; see `ResidualWorkspace`.
    let imageNetwork: Int
    let stream: Int
    /// From the input of a block to that of the next; 0 when evaluating.
    let streamStride: Int
    let block: Block
    let firstBlock: Int
    /// 0 when evaluating.
    let blockStride: Int
    let finalMean: Int
    let finalInverse: Int
    /// `[R, width]`, or `[count * P, width]` where only some rows are predicted from.
    let finalNormalised: Int
    /// `[count * P, width]`: the rows of the stream that are predicted from, where others are not; and d loss / d those.
    let predicted: Int
    let predictedGradient: Int
    /// `[R, width]`: d loss / d stream.
    let streamGradient: Int
    /// `[R, max(width, queryColumns)]`: d loss / d normalised input, d loss / d attended.
    let branchGradient: Int
    /// `[R, width]`: d loss / d normalised input, where two branches read it.
    let sharedGradient: Int
    /// `[R, projectedColumns]`, or `[R, mlpSize]` and for gated units `[R, expandedColumns]` after it, with the strides above.
    let innerGradient: Int
    /// From the hidden gradient to that of the gated unit's inputs, within `innerGradient`.
    let expandedGradient: Int
    /// Floats of the whole.
    let size: Int

    init(_ options: TransformerOptions, trains: Bool, count: Int, length: Int, scratchBytes: Int) {
        let rows = count * length
        let isGated = options.activation.isGated
        projectedStride = Self.stride(options.projectedColumns)
        // The kernel of gated units reads rows that follow each other.
        hiddenStride = isGated ? options.mlpSize : Self.stride(options.mlpSize)
        var end = 0
        func take(_ floats: Int) -> Int {
            defer { end = (end + floats + 15) & ~15 }
            return end
        }
        _ = take((scratchBytes + 3) / 4)
        let relatives = options.positions == .t5 ? options.heads * length : 0
        relative = take(relatives)
        relativeGradient = take(trains ? relatives : 0)
        let drops = trains && options.dropout > 0
        words = take(drops ? Dropout.chunk : 0)
        dropped = take(drops ? rows * options.width : 0)
        let embeds = options.examples != nil && !options.takesInputsAsTheyAre
        embedded = take(embeds ? count * options.places * options.width : 0)
        let network = options.imageNetwork.map {
            ResidualWorkspace($0, images: count * options.places, trains: trains).size
        }
        imageNetwork = take(network ?? 0)
        stream = end
        streamStride = trains ? (rows * options.width + 15) & ~15 : 0
        _ = take(trains ? streamStride * (options.layers + 1) : rows * options.width)
        firstBlock = end

        let isPostNorm = options.form == .postNorm
        let hasMLP = !options.isAttentionOnly
        var block = Block()
        block.mean1 = take(rows)
        block.inverse1 = take(rows)
        block.normalised1 = take(isPostNorm && !hasMLP ? 0 : rows * options.width)
        block.projected = take(rows * projectedStride)
        block.logSum = take(rows * options.heads)
        block.attended = take(rows * options.queryColumns)
        block.middle = take(isPostNorm || (trains && hasMLP) ? rows * options.width : 0)
        if trains && hasMLP && options.form != .parallel {
            block.mean2 = take(rows)
            block.inverse2 = take(rows)
            block.normalised2 = take(rows * options.width)
        } else {
            block.mean2 = block.mean1
            block.inverse2 = block.inverse1
            block.normalised2 = isPostNorm ? block.middle : block.normalised1
        }
        block.expanded = take(hasMLP && isGated ? rows * options.expandedColumns : 0)
        block.slope = take(hasMLP && trains && !isGated ? rows * hiddenStride : 0)
        block.hidden = take(hasMLP ? rows * hiddenStride : 0)
        let first = firstBlock
        block.shift(by: -first)
        self.block = block
        blockStride = trains ? end - first : 0
        if trains { end = first + blockStride * options.layers }

        let outputRows = options.examples.map { count * $0.positions } ?? rows
        finalMean = take(options.hasFinalNorm ? outputRows : 0)
        finalInverse = take(options.hasFinalNorm ? outputRows : 0)
        finalNormalised = take(options.hasFinalNorm ? outputRows * options.width : 0)
        predicted = take(options.examples == nil ? 0 : outputRows * options.width)
        predictedGradient = take(trains && options.examples != nil ? outputRows * options.width : 0)

        streamGradient = take(trains ? rows * options.width : 0)
        branchGradient = take(trains ? rows * max(options.width, options.queryColumns) : 0)
        sharedGradient = take(trains && hasMLP && options.form == .parallel ? rows * options.width : 0)
        let hidden = hasMLP ? (rows * hiddenStride + 15) & ~15 : 0
        expandedGradient = isGated ? hidden : 0
        let inner = isGated && hasMLP ? hidden + rows * options.expandedColumns : hidden
        innerGradient = take(trains ? max(rows * projectedStride, inner) : 0)
        size = end
    }

    /// Floats from row to row of a matrix with so many columns.
    ///
    /// Rows a multiple of 1 KiB apart share a few sets of the caches, and a product that walks down their columns finds
    /// none of them there again: a line more between them makes products of 512 rows up to 15% faster.
    private static func stride(_ columns: Int) -> Int { columns % 256 == 0 ? columns + 16 : columns }
}

extension WorkspaceLayout.Block {
    fileprivate mutating func shift(by offset: Int) {
        mean1 += offset
        inverse1 += offset
        normalised1 += offset
        projected += offset
        logSum += offset
        attended += offset
        middle += offset
        mean2 += offset
        inverse2 += offset
        normalised2 += offset
        expanded += offset
        slope += offset
        hidden += offset
    }
}
