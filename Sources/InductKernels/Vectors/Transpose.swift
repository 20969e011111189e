// SPDX-License-Identifier: Apache-2.0

import CVectors

#if V4
    typealias Square = InlineArray<16, Vector>
#elseif V3
    typealias Square = InlineArray<8, Vector>
#else
    typealias Square = InlineArray<4, Vector>
#endif

/// Transposes a square of `lanes` vectors: first its blocks of four by four, each for itself, then the square of blocks.
///
/// Registers are cheapest to shuffle within four lanes: half of all shuffles are such.
@inline(always)
func transpose(_ rows: inout Square) {
    for first in stride(from: 0, to: lanes, by: 4) {
        let (low0, high0) = (zipLower(rows[first], rows[first + 1]), zipUpper(rows[first], rows[first + 1]))
        let (low1, high1) = (zipLower(rows[first + 2], rows[first + 3]), zipUpper(rows[first + 2], rows[first + 3]))
        rows[first] = joinLower(low0, low1)
        rows[first + 1] = joinUpper(low0, low1)
        rows[first + 2] = joinLower(high0, high1)
        rows[first + 3] = joinUpper(high0, high1)
    }
    #if V3 || V4
        // Each stage puts blocks of even and odd number behind each other; log2(lanes / 4) stages.
        var blocks = 4
        while blocks < lanes {
            var next = rows
            for pair in 0..<lanes / 8 {
                for i in 0..<4 {
                    let (a, b) = (rows[8 * pair + i], rows[8 * pair + 4 + i])
                    next[4 * pair + i] = evenFours(a, b)
                    next[lanes / 2 + 4 * pair + i] = oddFours(a, b)
                }
            }
            rows = next
            blocks *= 2
        }
    #endif
}
