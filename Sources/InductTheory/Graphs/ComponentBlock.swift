// SPDX-License-Identifier: Apache-2.0

/// One strongly connected component of a chain: its own transitions and the edges that leave it.
struct ComponentBlock {
    let size: Int
    private var rowStart = [0]
    private var column: [Int] = []
    private var probability: [Double] = []
    private var outside: [(row: Int, state: Int, probability: Double)] = []

    init(members: [Int], local: [Int], rowStart: [Int], column: [Int32], probability: [Double]) {
        size = members.count
        for (row, member) in members.enumerated() {
            for edge in rowStart[member]..<rowStart[member + 1] {
                let state = Int(column[edge])
                if local[state] >= 0 {
                    self.column.append(local[state])
                    self.probability.append(probability[edge])
                } else {
                    outside.append((row, state, probability[edge]))
                }
            }
            self.rowStart.append(self.column.count)
        }
    }

    /// The stationary law of a closed class of a stochastic matrix `[size, size]`: `[members.count]`.
    static func stationaryLaw(of matrix: [Double], size: Int, members: [Int]) -> [Double] {
        var rowStart = [0]
        var column: [Int32] = []
        var probability: [Double] = []
        for i in members {
            for (local, j) in members.enumerated() where matrix[i * size + j] != 0 {
                column.append(Int32(local))
                probability.append(matrix[i * size + j])
            }
            rowStart.append(column.count)
        }
        let identity = Array(members.indices)
        return ComponentBlock(
            members: identity, local: identity, rowStart: rowStart, column: column, probability: probability
        ).stationaryLaw()
    }

    /// What flows in from the states after this component: sum over the leaving edges of probability x value.
    func outflow(_ values: [Double]) -> [Double] {
        var sums = [Double](repeating: 0, count: size)
        for edge in outside { sums[edge.row] += edge.probability * values[edge.state] }
        return sums
    }

    /// I - W over this component, row-major.
    private var complement: [Double] {
        var matrix = [Double](repeating: 0, count: size * size)
        for i in 0..<size {
            matrix[i * size + i] += 1
            for edge in rowStart[i]..<rowStart[i + 1] { matrix[i * size + column[edge]] -= probability[edge] }
        }
        return matrix
    }

    /// Sizes above this one are solved by sweeps instead of elimination.
    private static var largestDense: Int { 1200 }

    /// pi = pi W, sum 1: pi (I - W + 1 1^T) = 1^T.
    func stationaryLaw() -> [Double] {
        guard size > 1 else { return [1] }
        if size <= Self.largestDense {
            var matrix = [Double](repeating: 0, count: size * size)
            let complement = complement
            for i in 0..<size { for j in 0..<size { matrix[j * size + i] = complement[i * size + j] + 1 } }
            let ones = [Double](repeating: 1, count: size)
            if let law = DenseSolver.solve(matrix, size: size, sides: [ones])?.first {
                let sum = law.reduce(0, +)
                return law.map { max(0, $0 / sum) }
            }
        }
        return sweptStationaryLaw()
    }

    /// (I - W) f = side with pi f = 0: (I - W + 1 pi) f = side, as pi side = 0.
    func poisson(_ sides: [[Double]], law: [Double]) -> [[Double]] {
        guard size > 1 else { return sides.map { _ in [0] } }
        if size <= Self.largestDense {
            var matrix = complement
            for i in 0..<size { for j in 0..<size { matrix[i * size + j] += law[j] } }
            if let solution = DenseSolver.solve(matrix, size: size, sides: sides) { return solution }
        }
        let anchor = law.indices.max { law[$0] < law[$1] } ?? 0
        return sides.map { side in
            let solution = sweptSolution(side, anchor: anchor)
            let mean = zip(law, solution).reduce(0) { $0 + $1.0 * $1.1 }
            return solution.map { $0 - mean }
        }
    }

    /// (I - W) f = side where paths leave the component.
    func transient(_ sides: [[Double]]) -> [[Double]] {
        if size == 1 {
            let stay = probability.first ?? 0
            return sides.map { [$0[0] / (1 - stay)] }
        }
        if size <= Self.largestDense, let solution = DenseSolver.solve(complement, size: size, sides: sides) {
            return solution
        }
        return sides.map { sweptSolution($0, anchor: nil) }
    }

    /// Gauss-Seidel sweeps, last row first: states found later lie downstream, so that chains converge in a few sweeps.
    private func sweptSolution(_ side: [Double], anchor: Int?) -> [Double] {
        var solution = [Double](repeating: 0, count: size)
        for _ in 0..<100_000 {
            var change = 0.0
            var scale = 0.0
            for i in stride(from: size - 1, through: 0, by: -1) where i != anchor {
                var value = side[i]
                var stay = 0.0
                for edge in rowStart[i]..<rowStart[i + 1] {
                    if column[edge] == i {
                        stay += probability[edge]
                    } else {
                        value += probability[edge] * solution[column[edge]]
                    }
                }
                value /= 1 - stay
                change = max(change, abs(value - solution[i]))
                scale = max(scale, abs(value))
                solution[i] = value
            }
            if change <= 1e-15 * max(1, scale) { break }
        }
        return solution
    }

    private func sweptStationaryLaw() -> [Double] {
        var incoming = Array(repeating: [(row: Int, probability: Double)](), count: size)
        var stay = [Double](repeating: 0, count: size)
        for i in 0..<size {
            for edge in rowStart[i]..<rowStart[i + 1] {
                if column[edge] == i {
                    stay[i] += probability[edge]
                } else {
                    incoming[column[edge]].append((i, probability[edge]))
                }
            }
        }
        var law = [Double](repeating: 1 / Double(size), count: size)
        for _ in 0..<100_000 {
            var change = 0.0
            for j in 0..<size {
                var value = 0.0
                for edge in incoming[j] { value += law[edge.row] * edge.probability }
                value /= 1 - stay[j]
                change += abs(value - law[j])
                law[j] = value
            }
            let sum = law.reduce(0, +)
            for j in 0..<size { law[j] /= sum }
            if change <= 1e-15 * sum { break }
        }
        return law
    }
}
