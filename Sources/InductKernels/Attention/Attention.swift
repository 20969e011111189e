// SPDX-License-Identifier: Apache-2.0

// For each sequence, head and query i, over the keys j (j <= i when causal):
//
//      s_j = scale q_i . k_j + slope (j - i) + relative[i - j]
//      out_i = sum_j exp(s_j - L) v_j,   L = ln sum_j exp(s_j)
//
// Keys come by blocks of up to 512. From the second block on, what was summed is rescaled to the new maximum.
// Goals, in order: a row's bits depend on its own sequence only; nothing of size length x length; masked blocks skipped.
// Source: T. Dao et al., "FlashAttention", 2022, algorithm 1.

import CInduct
import CVectors

func attention(_ call: induct_attention) {
    guard let q = call.q, let k = call.k, let v = call.v, let out = call.out, let raw = call.scratch else { return }
    let length = Int(call.length)
    let heads = Int(call.heads)
    let keyHeads = Int(call.key_value_heads)
    let size = Int(call.head_size)
    guard length > 0, keyHeads > 0, size > 0, size <= AttentionBlocks.maximalHeadSize else { return }
    let scratch = AttentionScratch(raw)
    for sequence in 0..<Int(call.batch) {
        for keyHead in 0..<keyHeads {
            let keyOffset = sequence * length * Int(call.ldkv) + keyHead * size
            var packedBlock = -1
            let firstHead = keyHead * (heads / keyHeads)
            for head in firstHead..<firstHead + heads / keyHeads {
                AttentionHead(
                    length: length, size: size, isCausal: call.causal != 0, scale: Vector(repeating: call.scale),
                    bias: AttentionBias(call, head: head), query: q + sequence * length * Int(call.ldq) + head * size,
                    queryStride: Int(call.ldq), key: k + keyOffset, value: v + keyOffset, keyStride: Int(call.ldkv),
                    out: out + sequence * length * Int(call.ldo) + head * size, outStride: Int(call.ldo),
                    logSum: call.log_sum.map { $0 + (sequence * heads + head) * length }
                ).run(scratch, &packedBlock)
            }
        }
    }
    if let probabilities = call.probabilities { attentionPattern(call, into: probabilities) }
}

/// One head of one sequence.
private struct AttentionHead {
    let length: Int
    let size: Int
    let isCausal: Bool
    let scale: Vector
    let bias: AttentionBias
    let query: UnsafePointer<Float>
    let queryStride: Int
    let key: UnsafePointer<Float>
    let value: UnsafePointer<Float>
    let keyStride: Int
    let out: UnsafeMutablePointer<Float>
    let outStride: Int
    let logSum: UnsafeMutablePointer<Float>?

    /// All keys are one block, which is not packed.
    @inline(always)
    private var isShort: Bool { AttentionBlocks.isShort(length) }

    /// `packedBlock`: the block of keys that lies packed in scratch, shared by the heads that use these keys.
    @inline(always)
    func run(_ scratch: AttentionScratch, _ packedBlock: inout Int) {
        let keysPerBlock = AttentionBlocks.keysPerBlock(headSize: size)
        let rowsPerGroup = AttentionBlocks.rowsPerGroup(length: length)
        var group = 0
        while group < length {
            let groupEnd = min(length, group + rowsPerGroup)
            let keyEnd = isCausal ? groupEnd : length
            var block = 0
            while block < keyEnd {
                let blockKeys = min(keysPerBlock, length - block)
                if !isShort, packedBlock != block {
                    scratch.pack(
                        key + block * keyStride, stride: keyStride, count: blockKeys, headSize: size,
                        into: scratch.keys)
                    packedBlock = block
                }
                if !bias.isEmpty {
                    bias.fill(scratch.bias, group: group, rows: groupEnd - group, block: block, keys: blockKeys)
                }
                var row = group
                while row < groupEnd {
                    let rows = min(rowsPerTile, groupEnd - row)
                    let end = isCausal ? min(blockKeys, row + rows - block) : blockKeys
                    if end > 0 {
                        tile(
                            scratch, row: row, rows: rows, statistics: row - group, block: block, end: end,
                            of: blockKeys)
                    }
                    row += rows
                }
                block += blockKeys
            }
            finish(scratch, group: group, rows: groupEnd - group)
            group = groupEnd
        }
    }

    /// Adds keys [block, block + end) to queries [row, row + rows).
    @inline(always)
    private func tile(
        _ scratch: AttentionScratch, row: Int, rows: Int, statistics: Int, block: Int, end: Int, of blockKeys: Int
    ) {
        let queries = LeftBlock(start: query + row * queryStride, rowStride: queryStride, stepStride: 1)
        if isShort {
            scratch.multiply(
                queries, rows: rows, keys: key, keyStride: keyStride, headSize: size, into: scratch.scores
            ) { isCausal ? row + $0 + 1 : end }
        } else {
            scratch.multiply(
                queries, rows: rows, packed: scratch.keys, packedCount: blockKeys, count: end, headSize: size,
                into: scratch.scores)
        }
        if bias.isEmpty {
            exponentiate(scratch, row: row, rows: rows, statistics: statistics, block: block, end: end, hasBias: false)
        } else {
            exponentiate(scratch, row: row, rows: rows, statistics: statistics, block: block, end: end, hasBias: true)
        }
        scratch.multiply(
            LeftBlock(start: scratch.scores, rowStride: AttentionBlocks.scoreStride, stepStride: 1), rows: rows,
            right: value + block * keyStride, rightStride: keyStride, steps: end, headSize: size,
            into: out + row * outStride, stride: outStride, adding: block > 0)
    }

    /// Replaces the products of a tile by exp(score - maximum), zero behind each row's last key, and updates the maxima
    /// and sums of the rows.
    ///
    /// Every vector is masked, needed or not: a branch that each row takes elsewhere costs more than the mask. All maxima
    /// come first, all exponentials after them, so that one row need not wait for the other.
    @inline(always)
    private func exponentiate(
        _ scratch: AttentionScratch, row: Int, rows: Int, statistics: Int, block: Int, end: Int, hasBias: Bool
    ) {
        let lowest = Vector(repeating: -.infinity)
        let isFirst = block == 0
        for i in 0..<rows {
            let scores = scratch.scores + i * AttentionBlocks.scoreStride
            let limit = isCausal ? min(end, row + i - block + 1) : end
            let at = statistics + i
            let added = scratch.bias + AttentionBias.start(row: at)
            let before = isFirst ? -Float.infinity : scratch.first[at]
            var largest = Vector(repeating: before)
            var offset = 0
            while offset < end {
                var value = load(scores + offset)
                value = hasBias ? fusedMultiplyAdd(value, scale, load(added + offset)) : value * scale
                value = select(laneNumbers, less: Vector(repeating: Float(limit - offset)), value, else: lowest)
                largest = maximum(largest, value)
                store(value, scores + offset)
                offset += lanes
            }
            let after = greatest(largest)
            if !isFirst {
                let shrink = exponentialOfDifference(Vector(repeating: before - after))
                scratch.second[at] *= shrink[0]
                let to = out + (row + i) * outStride
                forEachVector(size) { offset, count in
                    store(load(to + offset, count: count) * shrink, to + offset, count: count)
                }
            }
            scratch.first[at] = after
        }
        for i in 0..<rows {
            let scores = scratch.scores + i * AttentionBlocks.scoreStride
            let shift = Vector(repeating: scratch.first[statistics + i])
            var sums = Vector.zeros
            forEachFour(roundedUp(end, toMultipleOf: lanes)) { offset in
                let value = exponentialOfDifference(Four.loaded(scores + offset) - Four(repeating: shift))
                value.store(to: scores + offset)
                sums = value.added(to: sums)
            } _: { offset, _ in
                let value = exponentialOfDifference(load(scores + offset) - shift)
                store(value, scores + offset)
                sums += value
            }
            let total = sum(sums)
            scratch.second[statistics + i] = isFirst ? total : scratch.second[statistics + i] + total
        }
    }

    /// Divides by the sums and writes their logarithms.
    @inline(always)
    private func finish(_ scratch: AttentionScratch, group: Int, rows: Int) {
        for i in 0..<rows {
            let inverse = Vector(repeating: 1 / scratch.second[i])
            let to = out + (group + i) * outStride
            forEachVector(size) { offset, count in
                store(load(to + offset, count: count) * inverse, to + offset, count: count)
            }
        }
        guard let logSum else { return }
        forEachVector(rows) { offset, count in
            let value = load(scratch.first + offset) + naturalLogarithm(load(scratch.second + offset))
            store(value, logSum + group + offset, count: count)
        }
    }
}
