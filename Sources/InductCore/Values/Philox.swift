// SPDX-License-Identifier: Apache-2.0

// Goals: the numbers of random.h, word for word; then clarity. Bulk randomness belongs to the kernels.
// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.

/// The counter-based generator Philox4x32-10: random words as a pure function of a key and a counter.
package enum Philox {
    /// Four random words.
    package typealias Block = (UInt32, UInt32, UInt32, UInt32)

    /// Philox4x32-10 of a counter under a key.
    package static func block(counter: Block, key: (UInt32, UInt32)) -> Block {
        var c = counter
        var k = key
        for _ in 0..<10 {
            let p0 = UInt64(0xd251_1f53) &* UInt64(c.0)
            let p1 = UInt64(0xcd9e_8d57) &* UInt64(c.2)
            c = (
                UInt32(truncatingIfNeeded: p1 >> 32) ^ c.1 ^ k.0, UInt32(truncatingIfNeeded: p1),
                UInt32(truncatingIfNeeded: p0 >> 32) ^ c.3 ^ k.1, UInt32(truncatingIfNeeded: p0)
            )
            k = (k.0 &+ 0x9e37_79b9, k.1 &+ 0xbb67_ae85)
        }
        return c
    }

    /// Words `4 * block ..< 4 * block + 4` of the stream (seed, purpose, index); see random.h.
    package static func block(seed: UInt64, purpose: UInt32, index: UInt64, block: UInt32) -> Block {
        self.block(
            counter: (
                block, purpose, UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32)
            ),
            key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    }
}
