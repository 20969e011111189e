// SPDX-License-Identifier: Apache-2.0

internal import CLAPACK

/// W in complex Schur form, W = Q T Q^H, with the row vector v Q and the column Q^H g that h_l = v W^(l-1) g needs.
///
/// The strongly connected components, in topological order, make W block triangular, so that only the blocks need a Schur
/// decomposition: eigenvalues of trees of transient states are exact zeros instead of roots of rounding errors.
struct TriangularForm {
    let size: Int
    /// The upper triangular T, column-major, `[size, size]`.
    var matrix: [Complex]
    /// The row v Q.
    var row: [Complex]
    /// The column Q^H g.
    var column: [Complex]

    /// Triangulates a presentation; nil where LAPACK does not converge.
    init?(_ presentation: FinitePresentation) {
        let size = presentation.count
        self.size = size
        var blocks: [[Int]] = presentation.components.reversed()
        blocks.removeAll(where: \.isEmpty)
        let order = blocks.flatMap { $0 }
        var place = [Int](repeating: 0, count: size)
        for (position, state) in order.enumerated() { place[state] = position }
        matrix = Array(repeating: .zero, count: size * size)
        for state in 0..<size {
            for edge in presentation.rowStart[state]..<presentation.rowStart[state + 1] {
                matrix[place[Int(presentation.column[edge])] * size + place[state]] = Complex(
                    presentation.probability[edge])
            }
        }
        row = order.map { Complex(presentation.initial[$0]) }
        column = order.map { Complex(presentation.observables[0][$0]) }
        var first = 0
        for block in blocks {
            if block.count > 1 {
                guard let vectors = triangulate(first, block.count) else { return nil }
                rotate(first, block.count, by: vectors)
            }
            first += block.count
        }
    }

    var eigenvalues: [Complex] { (0..<size).map { matrix[$0 * size + $0] } }

    /// Replaces a diagonal block by its Schur form and returns its Schur vectors, column-major.
    private mutating func triangulate(_ first: Int, _ count: Int) -> [Complex]? {
        var block = [Complex](repeating: .zero, count: count * count)
        for j in 0..<count {
            for i in 0..<count { block[j * count + i] = matrix[(first + j) * size + first + i] }
        }
        var values = [Complex](repeating: .zero, count: count)
        var vectors = [Complex](repeating: .zero, count: count * count)
        var selected: Int32 = 0
        let order = Int32(count)
        let vectorsWanted = CChar(UInt8(ascii: "V"))
        let unsorted = CChar(UInt8(ascii: "N"))
        let status = LAPACKE_zgees(
            LAPACK_COL_MAJOR, vectorsWanted, unsorted, nil, order, &block, order, &selected, &values, &vectors, order)
        guard status == 0 else { return nil }
        for j in 0..<count {
            for i in 0..<count { matrix[(first + j) * size + first + i] = i <= j ? block[j * count + i] : .zero }
        }
        return vectors
    }

    /// Applies the block's Schur vectors U to the rest: rows above by U, columns to the right by U^H.
    private mutating func rotate(_ first: Int, _ count: Int, by vectors: [Complex]) {
        var scratch = [Complex](repeating: .zero, count: count)
        func product(_ values: [Complex]) -> [Complex] {
            (0..<count).map { j in
                var sum = Complex.zero
                for i in 0..<count { sum += values[i] * vectors[j * count + i] }
                return sum
            }
        }
        func adjoint(_ values: [Complex]) -> [Complex] {
            (0..<count).map { j in
                var sum = Complex.zero
                for i in 0..<count { sum += vectors[j * count + i].conjugate * values[i] }
                return sum
            }
        }
        for i in 0..<first {
            for j in 0..<count { scratch[j] = matrix[(first + j) * size + i] }
            let rotated = product(scratch)
            for j in 0..<count { matrix[(first + j) * size + i] = rotated[j] }
        }
        for j in (first + count)..<max(size, first + count) {
            for i in 0..<count { scratch[i] = matrix[j * size + first + i] }
            let rotated = adjoint(scratch)
            for i in 0..<count { matrix[j * size + first + i] = rotated[i] }
        }
        row.replaceSubrange(first..<(first + count), with: product(Array(row[first..<(first + count)])))
        column.replaceSubrange(first..<(first + count), with: adjoint(Array(column[first..<(first + count)])))
    }

    /// Swaps the neighbouring eigenvalues at `index` and `index + 1` by a unitary rotation.
    ///
    /// Source: Golub and Van Loan 2013, section 7.6.2; LAPACK's ztrexc does the same for a full Q.
    mutating func swapNeighbours(_ index: Int) {
        let size = size
        let (upper, lower) = (matrix[index * size + index], matrix[(index + 1) * size + index + 1])
        let coupling = matrix[(index + 1) * size + index]
        // The eigenvector (coupling, lower - upper) of `lower` becomes the first basis vector.
        let difference = lower - upper
        let norm =
            (coupling.re * coupling.re + coupling.im * coupling.im + difference.re * difference.re
            + difference.im * difference.im).squareRoot()
        let (c, s) =
            norm > 0
            ? (
                Complex(re: coupling.re / norm, im: coupling.im / norm),
                Complex(re: difference.re / norm, im: difference.im / norm)
            )
            : (Complex.zero, Complex(1))
        // G = [[c, -conj(s)], [s, conj(c)]]; T <- G^H T G.
        for i in 0..<(index + 2) {
            let (a, b) = (matrix[index * size + i], matrix[(index + 1) * size + i])
            matrix[index * size + i] = a * c + b * s
            matrix[(index + 1) * size + i] = b * c.conjugate - a * s.conjugate
        }
        for j in index..<size {
            let (a, b) = (matrix[j * size + index], matrix[j * size + index + 1])
            matrix[j * size + index] = c.conjugate * a + s.conjugate * b
            matrix[j * size + index + 1] = c * b - s * a
        }
        matrix[index * size + index] = lower
        matrix[(index + 1) * size + index + 1] = upper
        matrix[index * size + index + 1] = .zero
        let (a, b) = (row[index], row[index + 1])
        row[index] = a * c + b * s
        row[index + 1] = b * c.conjugate - a * s.conjugate
        let (p, q) = (column[index], column[index + 1])
        column[index] = c.conjugate * p + s.conjugate * q
        column[index + 1] = c * q - s * p
    }
}
