// SPDX-License-Identifier: Apache-2.0

// Words [first, first + count) of a stream, in order: `lanes` blocks at a time, interleaved from one vector for each of the
// block's four words to the order of the stream.

import CInduct
import CVectors

/// A run of words of the stream (seed, purpose, index).
struct WordRun {
    var seed: UInt64
    var purpose: UInt32
    var index: UInt64
    var first: UInt64
    var count: Int

    /// Words of one step: `lanes` blocks.
    @inline(always)
    static var wordsPerStep: Int { 4 * lanes }

    /// Writes `mapping` of each word; the mapping sees words as the bits of floats.
    @inline(always)
    func write(to output: UnsafeMutablePointer<Float>, _ mapping: (Vector) -> Vector) {
        var block = UInt32(truncatingIfNeeded: first >> 2)
        var skipped = Int(first & 3)
        var written = 0
        withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.wordsPerStep) { edge in
            guard let edge = edge.baseAddress else { return }
            while written < count {
                let words = step(block)
                let taken = min(Self.wordsPerStep - skipped, count - written)
                let to = taken == Self.wordsPerStep ? output + written : edge
                for part in 0..<4 { store(mapping(words[part]), to + part * lanes) }
                if to == edge { (output + written).update(from: edge + skipped, count: taken) }
                written += taken
                skipped = 0
                block &+= UInt32(lanes)
            }
        }
    }

    /// Blocks [block, block + lanes), in the order of the stream.
    @inline(always)
    private func step(_ block: UInt32) -> InlineArray<4, Vector> {
        let counter: PhiloxWords = [
            Words(repeating: block) &+ laneIndices, Words(repeating: purpose),
            Words(repeating: UInt32(truncatingIfNeeded: index)),
            Words(repeating: UInt32(truncatingIfNeeded: index >> 32)),
        ]
        let c = philox(counter, seed: seed)
        let even0 = interleaveLower(floats(bits: c[0]), floats(bits: c[2]))
        let even1 = interleaveUpper(floats(bits: c[0]), floats(bits: c[2]))
        let odd0 = interleaveLower(floats(bits: c[1]), floats(bits: c[3]))
        let odd1 = interleaveUpper(floats(bits: c[1]), floats(bits: c[3]))
        return [
            interleaveLower(even0, odd0), interleaveUpper(even0, odd0), interleaveLower(even1, odd1),
            interleaveUpper(even1, odd1),
        ]
    }
}

func randomWords(_ run: WordRun, into words: UnsafeMutablePointer<UInt32>) {
    run.write(to: UnsafeMutableRawPointer(words).assumingMemoryBound(to: Float.self)) { $0 }
}

/// The word's upper 24 bits, times 2^-24.
func randomUniforms(_ run: WordRun, into uniforms: UnsafeMutablePointer<Float>) {
    run.write(to: uniforms) { word in
        let upper = Integers(truncatingIfNeeded: words(word) &>> Words(repeating: 8))
        return floats(upper) * Vector(repeating: 0x1p-24)
    }
}

/// The normal quantiles of induct_normal_float, bit for bit.
func randomNormals(_ run: WordRun, into normals: UnsafeMutablePointer<Float>) {
    run.write(to: normals) { $0 }
    normalQuantiles(ofWordsIn: normals, count: run.count)
}
