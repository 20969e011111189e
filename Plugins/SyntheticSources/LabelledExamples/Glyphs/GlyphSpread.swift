// SPDX-License-Identifier: Apache-2.0

/// How large drawings are and how much those of one character differ, ink being 1 and paper 0.
struct GlyphSpread: Equatable, Sendable {
    /// The largest ||m||^2 of any character, m the mean of its drawings.
    private(set) var squaredNorm = 0.0
    /// The largest mean square of a pixel's distance from m, of any character.
    private(set) var variance = 0.0

    /// - Parameters:
    ///   - characters: by character its drawings, one at least.
    ///   - pixels: of a drawing.
    /// - Complexity: O(pixels of all drawings).
    init(_ characters: [[GlyphImage]], pixels: Int) {
        for drawings in characters {
            var sums = [Int](repeating: 0, count: pixels)
            var squares = 0
            for drawing in drawings {
                for pixel in 0..<pixels {
                    let ink = Int(drawing.ink[pixel])
                    sums[pixel] += ink
                    squares += ink * ink
                }
            }
            // Whole numbers of 255ths, so that the order of adding changes no bit.
            let count = Double(drawings.count)
            let norm = Double(sums.reduce(0) { $0 + $1 * $1 }) / (count * count)
            squaredNorm = max(squaredNorm, norm / (255 * 255))
            variance = max(variance, (Double(squares) / count - norm) / (255 * 255 * Double(pixels)))
        }
    }
}
