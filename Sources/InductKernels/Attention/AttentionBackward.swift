// SPDX-License-Identifier: Apache-2.0

// With p_ij = exp(s_ij - L_i) recomputed from the stored L, and D_i = dout_i . out_i = sum_j p_ij dp_ij:
//
//      dp_ij = dout_i . v_j         ds_ij = p_ij (dp_ij - D_i)
//      dv_j  = sum_i p_ij dout_i    dq_i  = scale sum_j ds_ij k_j    dk_j = scale sum_i ds_ij q_i
//      drelative[i - j] += ds_ij
//
// A group of query rows and a block of keys at a time: its p and ds lie in scratch, so that dv and dk are products with
// as many steps as the group has rows. Rows of keys are written by one head after the other, in order.
// Source: T. Dao et al., "FlashAttention", 2022, algorithm 4.

import CInduct
import CVectors

func attentionBackward(_ call: induct_attention) {
    guard let q = call.q, let k = call.k, let v = call.v, let out = call.out, let dout = call.dout,
        let logSum = call.log_sum, let dq = call.dq, let dk = call.dk, let dv = call.dv, let raw = call.scratch
    else { return }
    let length = Int(call.length)
    let heads = Int(call.heads)
    let keyHeads = Int(call.key_value_heads)
    let size = Int(call.head_size)
    guard length > 0, keyHeads > 0, size > 0, size <= AttentionBlocks.maximalHeadSize else { return }
    let scratch = AttentionScratch(raw)
    let keyStride = Int(call.ldkv)
    for sequence in 0..<Int(call.batch) {
        for keyHead in 0..<keyHeads {
            let keyOffset = sequence * length * keyStride + keyHead * size
            for row in 0..<length {
                let at = keyOffset + row * keyStride
                forEachVector(size) { offset, count in
                    store(.zeros, dk + at + offset, count: count)
                    store(.zeros, dv + at + offset, count: count)
                }
            }
            var packedBlock = -1
            let firstHead = keyHead * (heads / keyHeads)
            for head in firstHead..<firstHead + heads / keyHeads {
                let queryOffset = sequence * length * Int(call.ldq) + head * size
                let outOffset = sequence * length * Int(call.ldo) + head * size
                AttentionHeadGradient(
                    length: length, size: size, isCausal: call.causal != 0, scale: Vector(repeating: call.scale),
                    bias: AttentionBias(call, head: head), query: q + queryOffset, dquery: dq + queryOffset,
                    queryStride: Int(call.ldq), key: k + keyOffset, value: v + keyOffset, dkey: dk + keyOffset,
                    dvalue: dv + keyOffset, keyStride: keyStride, out: out + outOffset, dout: dout + outOffset,
                    outStride: Int(call.ldo), logSum: logSum + (sequence * heads + head) * length,
                    drelative: call.drelative.map { $0 + head * length }
                ).run(scratch, &packedBlock)
            }
        }
    }
}

/// The gradient of one head of one sequence.
private struct AttentionHeadGradient {
    let length: Int
    let size: Int
    let isCausal: Bool
    let scale: Vector
    let bias: AttentionBias
    let query: UnsafePointer<Float>
    let dquery: UnsafeMutablePointer<Float>
    let queryStride: Int
    let key: UnsafePointer<Float>
    let value: UnsafePointer<Float>
    let dkey: UnsafeMutablePointer<Float>
    let dvalue: UnsafeMutablePointer<Float>
    let keyStride: Int
    let out: UnsafePointer<Float>
    let dout: UnsafePointer<Float>
    let outStride: Int
    let logSum: UnsafePointer<Float>
    let drelative: UnsafeMutablePointer<Float>?

    /// All keys are one block, which is not packed.
    @inline(always)
    private var isShort: Bool { AttentionBlocks.isShort(length) }

    @inline(always)
    func run(_ scratch: AttentionScratch, _ packedBlock: inout Int) {
        let keysPerBlock = AttentionBlocks.keysPerBlock(headSize: size)
        let rowsPerGroup = AttentionBlocks.rowsPerGroup(length: length)
        var group = 0
        while group < length {
            let groupEnd = min(length, group + rowsPerGroup)
            let keyEnd = isCausal ? groupEnd : length
            for row in group..<groupEnd { scratch.first[row - group] = gradientMean(row) }
            var block = 0
            while block < keyEnd {
                let blockKeys = min(keysPerBlock, length - block)
                if !isShort, packedBlock != block {
                    scratch.pack(
                        key + block * keyStride, stride: keyStride, count: blockKeys, headSize: size,
                        into: scratch.keys)
                    scratch.pack(
                        value + block * keyStride, stride: keyStride, count: blockKeys, headSize: size,
                        into: scratch.values)
                    packedBlock = block
                }
                let rows = groupEnd - group
                if !bias.isEmpty { bias.fill(scratch.bias, group: group, rows: rows, block: block, keys: blockKeys) }
                if drelative != nil {
                    scratch.biasGradient.update(repeating: 0, count: AttentionBias.windowFloats)
                }
                var row = group
                while row < groupEnd {
                    let rows = min(rowsPerTile, groupEnd - row)
                    queries(scratch, group: group, row: row, rows: rows, block: block, of: blockKeys)
                    row += rows
                }
                if let drelative {
                    bias.add(
                        scratch.biasGradient, to: drelative, group: group, rows: rows, block: block, keys: blockKeys)
                }
                keys(scratch, group: group, groupEnd: groupEnd, block: block, of: blockKeys)
                block += blockKeys
            }
            group = groupEnd
        }
    }

    /// D of one query.
    @inline(always)
    private func gradientMean(_ row: Int) -> Float {
        var products = Vector.zeros
        forEachVector(size) { offset, count in
            products = fusedMultiplyAdd(
                load(dout + row * outStride + offset, count: count), load(out + row * outStride + offset, count: count),
                products)
        }
        return sum(products)
    }

    /// p and ds of queries [row, row + rows) against one block of keys, and their dq.
    @inline(always)
    private func queries(
        _ scratch: AttentionScratch, group: Int, row: Int, rows: Int, block: Int, of blockKeys: Int
    ) {
        let stride = AttentionBlocks.scoreStride
        let scores = scratch.scores + (row - group) * stride
        let gradients = scratch.gradients + (row - group) * stride
        let end = isCausal ? max(0, min(blockKeys, row + rows - block)) : blockKeys
        // Products over keys read up to a tile of keys ahead of the diagonal: zeros must lie there.
        let cleared = min(roundedUp(end, toMultipleOf: lanes) + roundedUp(rowsPerTile, toMultipleOf: lanes), stride)
        let left = LeftBlock(start: query + row * queryStride, rowStride: queryStride, stepStride: 1)
        let leftGradients = LeftBlock(start: dout + row * outStride, rowStride: outStride, stepStride: 1)
        if isShort {
            let seen = { (i: Int) -> Int in isCausal ? row + i + 1 : end }
            scratch.multiply(
                left, rows: rows, keys: key, keyStride: keyStride, headSize: size, into: scores, seen: seen)
            scratch.multiply(
                leftGradients, rows: rows, keys: value, keyStride: keyStride, headSize: size, into: gradients,
                seen: seen)
        } else {
            scratch.multiply(
                left, rows: rows, packed: scratch.keys, packedCount: blockKeys, count: end, headSize: size,
                into: scores)
            scratch.multiply(
                leftGradients, rows: rows, packed: scratch.values, packedCount: blockKeys, count: end,
                headSize: size, into: gradients)
        }
        if bias.isEmpty && drelative == nil {
            scoreGradients(
                scratch, group: group, row: row, rows: rows, block: block, end: end, cleared: cleared, hasBias: false)
        } else {
            scoreGradients(
                scratch, group: group, row: row, rows: rows, block: block, end: end, cleared: cleared, hasBias: true)
        }
        guard end > 0 else { return }
        scratch.multiply(
            LeftBlock(start: gradients, rowStride: stride, stepStride: 1), rows: rows, right: key + block * keyStride,
            rightStride: keyStride, steps: end, headSize: size, into: dquery + row * queryStride,
            stride: queryStride, adding: block > 0)
    }

    /// Replaces products by p, and products of gradients by scale ds, zero behind each row's last key up to `cleared`.
    ///
    /// Every vector is masked, needed or not: a branch that each row takes elsewhere costs more than the mask.
    @inline(always)
    private func scoreGradients(
        _ scratch: AttentionScratch, group: Int, row: Int, rows: Int, block: Int, end: Int, cleared: Int, hasBias: Bool
    ) {
        for i in 0..<rows {
            let limit = isCausal ? min(end, row + i - block + 1) : end
            let added = scratch.bias + AttentionBias.start(row: row + i - group)
            let addedGradient = scratch.biasGradient + AttentionBias.start(row: row + i - group)
            let normaliser = Vector(repeating: logSum[row + i])
            let mean = Vector(repeating: scratch.first[row + i - group])
            let p = scratch.scores + (row + i - group) * AttentionBlocks.scoreStride
            let ds = scratch.gradients + (row + i - group) * AttentionBlocks.scoreStride
            @inline(always)
            func gradients<V: Lanes>(
                _ offset: Int, normaliser: V, mean: V, scale: V, _ visible: (_ value: V) -> V
            ) {
                let product = V.loaded(p + offset, count: lanes)
                let score = hasBias ? V.fused(product, scale, V.loaded(added + offset, count: lanes)) : product * scale
                let probability = visible(exponentialOfDifference(score - normaliser))
                let gradient = visible(probability * (V.loaded(ds + offset, count: lanes) - mean))
                probability.store(to: p + offset, count: lanes)
                (gradient * scale).store(to: ds + offset, count: lanes)
                if hasBias, drelative != nil {
                    let sum = V.loaded(addedGradient + offset, count: lanes) + gradient
                    sum.store(to: addedGradient + offset, count: lanes)
                }
            }
            @inline(always)
            func masked(_ value: Vector, _ offset: Int) -> Vector {
                select(laneNumbers, less: Vector(repeating: Float(limit - offset)), value, else: .zeros)
            }
            forEachFour(roundedUp(end, toMultipleOf: lanes)) { offset in
                gradients(
                    offset, normaliser: Four(repeating: normaliser), mean: Four(repeating: mean),
                    scale: Four(repeating: scale)
                ) {
                    Four(
                        masked($0.a, offset), masked($0.b, offset + lanes), masked($0.c, offset + 2 * lanes),
                        masked($0.d, offset + 3 * lanes))
                }
            } _: { offset, _ in
                gradients(offset, normaliser: normaliser, mean: mean, scale: scale) { masked($0, offset) }
            }
            var offset = roundedUp(end, toMultipleOf: lanes)
            while offset < cleared {
                store(.zeros, p + offset)
                store(.zeros, ds + offset)
                offset += lanes
            }
        }
    }

    /// Adds a group of queries to dk and dv of one block of keys.
    @inline(always)
    private func keys(_ scratch: AttentionScratch, group: Int, groupEnd: Int, block: Int, of blockKeys: Int) {
        let stride = AttentionBlocks.scoreStride
        let keyEnd = isCausal ? min(blockKeys, groupEnd - block) : blockKeys
        var first = 0
        while first < keyEnd {
            let count = min(rowsPerTile, keyEnd - first)
            // Queries before the first of these keys do not see them.
            let start = isCausal ? max(0, block + first - group) : 0
            let steps = groupEnd - group - start
            let from = start * stride + first
            let to = (block + first) * keyStride
            scratch.multiply(
                LeftBlock(start: scratch.scores + from, rowStride: 1, stepStride: stride), rows: count,
                right: dout + (group + start) * outStride, rightStride: outStride, steps: steps, headSize: size,
                into: dvalue + to, stride: keyStride, adding: true)
            scratch.multiply(
                LeftBlock(start: scratch.gradients + from, rowStride: 1, stepStride: stride), rows: count,
                right: query + (group + start) * queryStride, rightStride: queryStride, steps: steps, headSize: size,
                into: dkey + to, stride: keyStride, adding: true)
            first += count
        }
    }
}
