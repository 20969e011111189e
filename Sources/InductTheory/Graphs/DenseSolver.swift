// SPDX-License-Identifier: Apache-2.0

internal import CLAPACK

/// Dense linear systems by LAPACK's LU factorisation with partial pivoting.
enum DenseSolver {
    /// Solves matrix x = side for each side.
    ///
    /// - Parameters:
    ///   - matrix: `[size, size]`, row-major
    ///   - size: number of unknowns
    ///   - sides: each `[size]`
    /// - Returns: one solution a side, or nil where the matrix is singular.
    /// - Complexity: O(size^3).
    static func solve(_ matrix: [Double], size: Int, sides: [[Double]]) -> [[Double]]? {
        var factors = [Double](repeating: 0, count: size * size)
        for i in 0..<size { for j in 0..<size { factors[j * size + i] = matrix[i * size + j] } }
        var pivots = [Int32](repeating: 0, count: size)
        var values = sides.flatMap { $0 }
        let order = Int32(size)
        let status = LAPACKE_dgesv(
            LAPACK_COL_MAJOR, order, Int32(sides.count), &factors, order, &pivots, &values, order)
        guard status == 0, values.allSatisfy(\.isFinite) else { return nil }
        return sides.indices.map { Array(values[($0 * size)..<(($0 + 1) * size)]) }
    }
}
