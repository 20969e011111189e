// SPDX-License-Identifier: Apache-2.0

import CVectors

#if V4
    typealias Square = InlineArray<16, Vector>
    private let stages = 4
#elseif V3
    typealias Square = InlineArray<8, Vector>
    private let stages = 3
#else
    typealias Square = InlineArray<4, Vector>
    private let stages = 2
#endif

/// Transposes a square of `lanes` vectors.
///
/// Interleaving row i with row i + lanes/2, log2(lanes) times, is a perfect shuffle of the index bits (row, column):
/// after as many stages as the row index has bits, rows and columns have changed places.
@inline(always)
func transpose(_ rows: inout Square) {
    for _ in 0..<stages {
        var next = Square { _ in .zeros }
        for i in 0..<(lanes / 2) {
            next[2 * i] = interleaveLower(rows[i], rows[i + lanes / 2])
            next[2 * i + 1] = interleaveUpper(rows[i], rows[i + lanes / 2])
        }
        rows = next
    }
}
