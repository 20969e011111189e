// SPDX-License-Identifier: Apache-2.0

import InductSDK

extension HiddenMarkovModel {
    /// A generalised model from matrices whose sum has the simple leading eigenvalue 1.
    ///
    /// `right` is the sum's right eigenvector, scaled so that its entries sum to the number of states; the start is the left
    /// one, scaled so that start . right = 1.
    ///
    /// - Parameters:
    ///   - states: number of states.
    ///   - matrices: for every token its matrix, row by row.
    /// - Throws: status `invalidArgument` when the eigenvalue is not simple.
    init(states: Int, matrices: [[Double]]) throws(InductError) {
        var sum = [[Double]](repeating: [Double](repeating: 0, count: states), count: states)
        for matrix in matrices {
            for row in 0..<states {
                for column in 0..<states { sum[row][column] += matrix[row * states + column] }
            }
        }
        for state in 0..<states { sum[state][state] -= 1 }
        let transposed = (0..<states).map { row in (0..<states).map { sum[$0][row] } }
        guard let right = nullVector(sum), let left = nullVector(transposed) else {
            throw .invalid(
                "the matrices have no unique stationary vector; choose parameters away from this degenerate case")
        }
        let total = right.reduce(0, +)
        let overlap = zip(left, right).reduce(0) { $0 + $1.0 * $1.1 } * Double(states) / total
        guard total != 0, overlap != 0, overlap.isFinite else {
            throw .invalid("the matrices have no stationary vector that can be normalised; choose other parameters")
        }
        self.init(
            states: states, tokens: matrices.count, transition: matrices.flatMap { $0 },
            start: left.map { $0 / overlap },
            right: right.map { $0 * Double(states) / total })
    }
}

/// The vector v with M v = 0, up to its scale, if it is unique; by elimination with full pivoting.
private func nullVector(_ matrix: [[Double]]) -> [Double]? {
    let size = matrix.count
    var rest = matrix
    var columns = Array(0..<size)
    for step in 0..<size - 1 {
        var best = (row: step, column: step)
        for row in step..<size {
            for column in step..<size where abs(rest[row][column]) > abs(rest[best.row][best.column]) {
                best = (row, column)
            }
        }
        // A second direction that is carried to (nearly) nothing makes the vector ambiguous.
        guard abs(rest[best.row][best.column]) > 1e-10 else { return nil }
        rest.swapAt(step, best.row)
        for row in 0..<size { rest[row].swapAt(step, best.column) }
        columns.swapAt(step, best.column)
        for row in step + 1..<size {
            let factor = rest[row][step] / rest[step][step]
            for column in step..<size { rest[row][column] -= factor * rest[step][column] }
        }
    }
    guard abs(rest[size - 1][size - 1]) < 1e-8 else { return nil }
    var solution = [Double](repeating: 0, count: size)
    solution[size - 1] = 1
    for row in stride(from: size - 2, through: 0, by: -1) {
        let known = (row + 1..<size).reduce(0.0) { $0 + rest[row][$1] * solution[$1] }
        solution[row] = -known / rest[row][row]
    }
    var result = [Double](repeating: 0, count: size)
    for (place, column) in columns.enumerated() { result[column] = solution[place] }
    return result
}
