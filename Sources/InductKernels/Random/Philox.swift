// SPDX-License-Identifier: Apache-2.0

// Philox4x32-10 on whole vectors, one counter a lane; the same words as induct_philox of random.h.
// Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.

import CVectors

/// The four words of `lanes` blocks, word by word.
typealias PhiloxWords = InlineArray<4, Words>

@inline(always)
func philox(_ counter: PhiloxWords, seed: UInt64) -> PhiloxWords {
    var c = counter
    var key0 = UInt32(truncatingIfNeeded: seed)
    var key1 = UInt32(truncatingIfNeeded: seed >> 32)
    for _ in 0..<10 {
        let upper0 = upperProduct(c[0], 0xD251_1F53)
        let upper1 = upperProduct(c[2], 0xCD9E_8D57)
        let lower0 = c[0] &* Words(repeating: 0xD251_1F53)
        let lower1 = c[2] &* Words(repeating: 0xCD9E_8D57)
        c = [upper1 ^ c[1] ^ Words(repeating: key0), lower1, upper0 ^ c[3] ^ Words(repeating: key1), lower0]
        key0 &+= 0x9E37_79B9
        key1 &+= 0xBB67_AE85
    }
    return c
}

/// 0, 1, 2, ...
@inline(always)
var laneIndices: Words {
    #if V4
        Words(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    #elseif V3
        Words(0, 1, 2, 3, 4, 5, 6, 7)
    #else
        Words(0, 1, 2, 3)
    #endif
}
