// SPDX-License-Identifier: Apache-2.0

/// A finite mixed-state presentation: the Markov chain over beliefs, W, and what is observed in each.
///
/// h_l = initial W^(l-1) |H>, with |H> the entropies of the next-token laws.
package struct FinitePresentation: Sendable {
    /// Number of mixed states.
    package let count: Int
    /// False where a family of infinitely many beliefs was cut off, at weights or differences that do not matter.
    package let isComplete: Bool
    /// W in compressed rows; every row sums to 1.
    let rowStart: [Int]
    let column: [Int32]
    let probability: [Double]
    /// `[observables, count]`; observable 0 is the entropy of the next-token law.
    let observables: [[Double]]
    /// Weights of the states at the start, `[count]`, which sum to 1.
    let initial: [Double]
    /// Strongly connected components of W, successors first.
    let components: [[Int]]
    /// Which of them no path leaves.
    let isClosed: [Bool]
    /// After how many steps the weights repeat in the long run: the least common multiple of the closed components' periods.
    package let period: Int
    /// Rates and sums over all positions.
    package let limits: PresentationLimits

    /// Takes what a table holds.
    ///
    /// Edges that were never followed carry weights below the pruning threshold: they are left out, states without any
    /// successor with them, and the rows divided by what remains. Only states that the initial ones reach are kept.
    init?(table: MixedStateTable, initial weights: [(id: Int, weight: Double)]) {
        let tokens = table.model.tokens
        var keeps = [Bool](repeating: true, count: table.count)
        func successor(_ id: Int, _ token: Int) -> Int? {
            let edge = id * tokens + token
            let next = Int(table.successors[edge])
            return next >= 0 && table.laws[edge] > 0 && keeps[next] ? next : nil
        }
        var changed = true
        while changed {
            changed = false
            for id in stride(from: table.count - 1, through: 0, by: -1) where keeps[id] {
                if (0..<tokens).allSatisfy({ successor(id, $0) == nil }) {
                    keeps[id] = false
                    changed = true
                }
            }
        }
        var numbers = [Int](repeating: -1, count: table.count)
        var kept: [Int] = []
        for (id, _) in weights where keeps[id] && numbers[id] < 0 {
            numbers[id] = kept.count
            kept.append(id)
        }
        var head = 0
        while head < kept.count {
            for token in 0..<tokens {
                if let next = successor(kept[head], token), numbers[next] < 0 {
                    numbers[next] = kept.count
                    kept.append(next)
                }
            }
            head += 1
        }
        guard !kept.isEmpty else { return nil }

        var rowStart = [0]
        var column: [Int32] = []
        var probability: [Double] = []
        var row: [(column: Int32, probability: Double)] = []
        for id in kept {
            row.removeAll(keepingCapacity: true)
            var sum = 0.0
            for token in 0..<tokens {
                guard let next = successor(id, token) else { continue }
                let number = Int32(numbers[next])
                let share = table.laws[id * tokens + token]
                sum += share
                if let place = row.firstIndex(where: { $0.column == number }) {
                    row[place].probability += share
                } else {
                    row.append((number, share))
                }
            }
            for entry in row {
                column.append(entry.column)
                probability.append(entry.probability / sum)
            }
            rowStart.append(column.count)
        }
        let width = table.observer.count
        var initial = [Double](repeating: 0, count: kept.count)
        for (id, weight) in weights where numbers[id] >= 0 { initial[numbers[id]] = weight }
        self.init(
            rowStart: rowStart, column: column, probability: probability,
            observables: (0..<width).map { k in kept.map { table.observables[$0 * width + k] } }, initial: initial,
            isComplete: table.openEdges == 0 && !table.hasNearMisses)
    }

    init(
        rowStart: [Int], column: [Int32], probability: [Double], observables: [[Double]], initial: [Double],
        isComplete: Bool
    ) {
        count = rowStart.count - 1
        self.isComplete = isComplete
        self.rowStart = rowStart
        self.column = column
        self.probability = probability
        self.observables = observables
        self.initial = initial
        let graph = DirectedGraph(rowStart: rowStart, column: column)
        let components = graph.stronglyConnectedComponents()
        var componentOf = [Int](repeating: 0, count: count)
        for (number, members) in components.enumerated() {
            for member in members { componentOf[member] = number }
        }
        isClosed = components.enumerated().map { number, members in
            members.allSatisfy { member in
                (rowStart[member]..<rowStart[member + 1]).allSatisfy { componentOf[Int(column[$0])] == number }
            }
        }
        var period = 1
        for (members, closed) in zip(components, isClosed) where closed && period < 1 << 20 {
            period = Self.leastCommonMultiple(period, max(1, graph.period(of: members)))
        }
        self.components = components
        self.period = period
        limits = PresentationLimits(
            rowStart: rowStart, column: column, probability: probability, observables: observables, initial: initial,
            components: components, isClosed: isClosed)
    }

    private static func leastCommonMultiple(_ a: Int, _ b: Int) -> Int {
        var (x, y) = (a, b)
        while y != 0 { (x, y) = (y, x % y) }
        return a / x * b
    }
}
