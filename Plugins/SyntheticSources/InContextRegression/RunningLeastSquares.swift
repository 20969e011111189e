// SPDX-License-Identifier: Apache-2.0
//
// Goals, in order: exact at every prefix, stable however ill-posed, O(d^2) a pair.
// Source: Golub and Van Loan, "Matrix computations", 4th edition, sections 5.1.8 (Givens rotations) and 6.1.2 (ridge
// regression as least squares with further rows).

import Glibc

/// Linear least squares, pair by pair: argmin_w sum_i (y_i - w.x_i)^2 + penalty |w|^2.
///
/// R is upper triangular, with R^T R = X^T X + penalty I and R w = z; each pair is rotated into R and z. Without a penalty it is
/// the solution of least norm, as the limit of small ones: `smallest` moves w by about `smallest` / s^2 of itself, s being the
/// smallest singular value of X, which for inputs of about unit size is less than what their rounding to floats does.
struct RunningLeastSquares {
    let dimension: Int
    /// R, `[dimension, dimension]`.
    private let matrix: UnsafeMutablePointer<Double>
    /// z, `[dimension]`.
    private let right: UnsafeMutablePointer<Double>
    private let room: UnsafeMutablePointer<Double>

    private static let smallest = 1e-12

    /// Doubles of memory.
    static func size(_ dimension: Int) -> Int { dimension * (dimension + 2) }

    /// Begins without pairs, in `memory`.
    init(dimension: Int, penalty: Double, memory: UnsafeMutablePointer<Double>) {
        self.dimension = dimension
        matrix = memory
        right = memory + dimension * dimension
        room = right + dimension
        memory.update(repeating: 0, count: Self.size(dimension))
        let root = max(penalty, Self.smallest).squareRoot()
        for place in 0..<dimension { matrix[place * (dimension + 1)] = root }
    }

    /// Takes a pair in.
    func observe(_ input: UnsafePointer<Double>, _ value: Double) {
        room.update(from: input, count: dimension)
        var rest = value
        for row in 0..<dimension where room[row] != 0 {
            let diagonal = matrix[row * dimension + row]
            let radius = hypot(diagonal, room[row])
            let (cosine, sine) = (diagonal / radius, room[row] / radius)
            for column in row..<dimension {
                let (a, b) = (matrix[row * dimension + column], room[column])
                matrix[row * dimension + column] = cosine * a + sine * b
                room[column] = cosine * b - sine * a
            }
            (right[row], rest) = (cosine * right[row] + sine * rest, cosine * rest - sine * right[row])
        }
    }

    /// The prediction w.x.
    func predict(_ input: UnsafePointer<Double>) -> Double {
        for row in (0..<dimension).reversed() {
            var sum = right[row]
            for column in row + 1..<dimension { sum -= matrix[row * dimension + column] * room[column] }
            room[row] = sum / matrix[row * dimension + row]
        }
        return product(room, input)
    }

    /// The share x^T (X^T X + penalty I)^-1 x of the noise's variance that w adds to a prediction's.
    func leverage(_ input: UnsafePointer<Double>) -> Double {
        for row in 0..<dimension {
            var sum = input[row]
            for above in 0..<row { sum -= matrix[above * dimension + row] * room[above] }
            room[row] = sum / matrix[row * dimension + row]
        }
        return product(room, room)
    }

    private func product(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>) -> Double {
        var sum = 0.0
        for place in 0..<dimension { sum += a[place] * b[place] }
        return sum
    }
}
