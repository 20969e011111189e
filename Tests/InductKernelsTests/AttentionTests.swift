// SPDX-License-Identifier: Apache-2.0

import CInduct
import Testing

/// Attention with any of its options; queries, keys and values lie in one matrix.
struct AttentionCase: Sendable, CustomTestStringConvertible {
    var batch = 2
    var length: Int
    var heads = 2
    var keyHeads = 2
    var size: Int
    var causal = true
    var hasSlopes = false
    var hasRelative = false
    var spread: Float = 1

    var testDescription: String {
        "\(batch)x\(length) heads \(heads)/\(keyHeads) of \(size)\(causal ? " causal" : "")\(hasSlopes ? " slopes" : "")"
            + "\(hasRelative ? " relative" : "") spread \(spread)"
    }

    struct Result: Equatable {
        var out: [Float]
        var logSum: [Float]
        var pattern: [Float]
        var gradient: [Float]
        var drelative: [Float]
        var isIntact: Bool
    }

    /// Forward, then backward; the backward pass reads `forward`'s results when they are given.
    func run(_ variant: Variant, forward: Result? = nil) -> Result {
        let width = (heads + 2 * keyHeads) * size
        let rows = batch * length
        let matrix = GuardedBuffer(normals(rows * width, seed: 1, scale: spread))
        let out = GuardedBuffer(unwritten: rows * heads * size)
        let logSum = GuardedBuffer(unwritten: batch * heads * length)
        let pattern = GuardedBuffer(unwritten: batch * heads * length * length)
        let slopes = GuardedBuffer(normals(heads, seed: 2, scale: 0.1))
        let relative = GuardedBuffer(normals(heads * length, seed: 3))
        let dout = GuardedBuffer(normals(rows * heads * size, seed: 4))
        let gradient = GuardedBuffer(unwritten: rows * width)
        let drelative = GuardedBuffer(normals(heads * length, seed: 5))
        let scratch = Scratch(variant)
        var call = induct_attention()
        call.struct_size = UInt32(MemoryLayout<induct_attention>.size)
        call.causal = causal ? 1 : 0
        call.batch = Int64(batch)
        call.length = Int64(length)
        call.heads = Int64(heads)
        call.key_value_heads = Int64(keyHeads)
        call.head_size = Int64(size)
        call.scale = 1 / Float(size).squareRoot()
        call.q = UnsafePointer(matrix.pointer)
        call.k = UnsafePointer(matrix.pointer + heads * size)
        call.v = UnsafePointer(matrix.pointer + (heads + keyHeads) * size)
        call.ldq = Int64(width)
        call.ldkv = Int64(width)
        call.ldo = Int64(heads * size)
        call.out = out.pointer
        call.log_sum = logSum.pointer
        call.probabilities = pattern.pointer
        call.slopes = hasSlopes ? UnsafePointer(slopes.pointer) : nil
        call.relative = hasRelative ? UnsafePointer(relative.pointer) : nil
        call.scratch = scratch.pointer
        variant.table.pointee.attention(&call)
        let (outBits, sumBits) = (out.values, logSum.values)
        if let forward {
            out.pointer.update(from: forward.out, count: out.count)
            logSum.pointer.update(from: forward.logSum, count: logSum.count)
        }
        call.dout = UnsafePointer(dout.pointer)
        call.dq = gradient.pointer
        call.dk = gradient.pointer + heads * size
        call.dv = gradient.pointer + (heads + keyHeads) * size
        call.drelative = hasRelative ? drelative.pointer : nil
        variant.table.pointee.attention_backward(&call)
        let buffers = [matrix, out, logSum, pattern, slopes, relative, dout, gradient, drelative]
        return Result(
            out: outBits, logSum: sumBits, pattern: pattern.values, gradient: gradient.values,
            drelative: drelative.values, isIntact: buffers.allSatisfy(\.isIntact) && scratch.isIntact)
    }
}

@Suite struct AttentionTests {
    static let cases: [AttentionCase] = {
        var cases: [AttentionCase] = []
        for (index, length) in [1, 2, 3, 4, 7, 8, 10, 11, 12, 13, 16, 17, 24, 31, 33, 48, 49, 65, 100].enumerated() {
            let sizes = [1, 3, 8, 12, 16, 20, 32, 40, 64]
            for offset in 0..<3 {
                cases.append(
                    AttentionCase(
                        length: length, size: sizes[(index + 3 * offset) % sizes.count],
                        causal: (index + offset) % 4 != 0,
                        hasSlopes: (index + offset) % 3 == 0, hasRelative: (index + offset) % 5 == 0))
            }
            cases.append(AttentionCase(length: length, heads: 4, keyHeads: 2, size: 16))
        }
        return cases + [
            AttentionCase(length: 64, heads: 3, keyHeads: 1, size: 32, hasRelative: true),
            AttentionCase(length: 30, heads: 1, keyHeads: 1, size: 128),
            AttentionCase(length: 40, heads: 1, keyHeads: 1, size: 16, spread: 6),
            // Longer than a block of keys: sums are rescaled from block to block.
            AttentionCase(batch: 1, length: 540, heads: 2, keyHeads: 1, size: 5),
            AttentionCase(batch: 1, length: 530, heads: 1, keyHeads: 1, size: 8, causal: false, spread: 3),
            AttentionCase(batch: 1, length: 80, heads: 1, keyHeads: 1, size: 1100),
        ]
    }()

    /// Scores are sums of `size` products; a score's error enters the exponent.
    ///
    /// Sums over keys add `length` roundings.
    @Test(arguments: Variant.vector) func equalsTheReference(_ variant: Variant) {
        for test in Self.cases {
            let expected = test.run(.reference)
            let found = test.run(variant, forward: expected)
            let spread = Double(test.spread) * Double(test.spread)
            let scoreError = roundoff * (Double(test.size) + 8) * 4 * max(1, spread)
            let absolute = 4 * scoreError + roundoff * Double(test.length) * 4
            #expect(found.isIntact, "\(test)")
            #expect(agree(found.out, expected.out, absolute: absolute * Double(test.spread)), "\(test)")
            #expect(agree(found.logSum, expected.logSum, absolute: absolute), "\(test)")
            #expect(agree(found.pattern, expected.pattern, absolute: absolute), "\(test)")
            #expect(agree(found.gradient, expected.gradient, absolute: 16 * spread * absolute), "\(test)")
            #expect(agree(found.drelative, expected.drelative, absolute: 16 * spread * absolute), "\(test)")
        }
    }

    @Test(arguments: Variant.vector) func sequencesDoNotDependOnTheBatch(_ variant: Variant) {
        for length in [3, 10, 100] {
            let one = AttentionCase(batch: 1, length: length, size: 16).run(variant)
            let four = AttentionCase(batch: 4, length: length, size: 16).run(variant)
            #expect(one.out == Array(four.out.prefix(one.out.count)))
            #expect(one.gradient == Array(four.gradient.prefix(one.gradient.count)))
        }
    }

    @Test(arguments: Variant.vector) func laterTokensDoNotChangeEarlierRows(_ variant: Variant) {
        let short = AttentionCase(batch: 1, length: 50, size: 16).run(variant)
        let long = AttentionCase(batch: 1, length: 77, size: 16).run(variant)
        #expect(short.out == Array(long.out.prefix(short.out.count)))
    }

    @Test(arguments: Variant.vector) func patternsAreDistributionsOverThePast(_ variant: Variant) {
        let pattern = AttentionCase(length: 33, size: 16).run(variant).pattern
        for row in 0..<pattern.count / 33 {
            let values = pattern[row * 33..<(row + 1) * 33]
            #expect(abs(values.reduce(0, +) - 1) < 1e-6)
            #expect(values.dropFirst(row % 33 + 1).allSatisfy { $0 == 0 })
        }
    }
}
