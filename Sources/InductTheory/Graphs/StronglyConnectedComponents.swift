// SPDX-License-Identifier: Apache-2.0

/// A directed graph in compressed rows: the successors of i are `column[rowStart[i]..<rowStart[i + 1]]`.
struct DirectedGraph {
    var rowStart: [Int]
    var column: [Int32]

    var count: Int { rowStart.count - 1 }

    init(rowStart: [Int], column: [Int32]) {
        self.rowStart = rowStart
        self.column = column
    }

    /// The graph of the non-zero entries of a square matrix, `[size, size]`.
    init(nonZeroOf matrix: [Double], size: Int) {
        rowStart = [0]
        column = []
        for i in 0..<size {
            for j in 0..<size where matrix[i * size + j] != 0 { column.append(Int32(j)) }
            rowStart.append(column.count)
        }
    }

    /// The strongly connected components, successors before predecessors.
    ///
    /// - Complexity: O(nodes + edges), without recursion.
    /// - Source: Tarjan 1972.
    func stronglyConnectedComponents() -> [[Int]] {
        var order = [Int](repeating: -1, count: count)
        var low = [Int](repeating: 0, count: count)
        var isOpen = [Bool](repeating: false, count: count)
        var cursor = Array(rowStart.prefix(count))
        var open: [Int] = []
        var path: [Int] = []
        var components: [[Int]] = []
        var next = 0

        func enter(_ node: Int) {
            order[node] = next
            low[node] = next
            next += 1
            open.append(node)
            isOpen[node] = true
            path.append(node)
        }

        for root in 0..<count where order[root] < 0 {
            enter(root)
            while let node = path.last {
                if cursor[node] < rowStart[node + 1] {
                    let successor = Int(column[cursor[node]])
                    cursor[node] += 1
                    if order[successor] < 0 {
                        enter(successor)
                    } else if isOpen[successor] {
                        low[node] = min(low[node], order[successor])
                    }
                    continue
                }
                path.removeLast()
                if let parent = path.last { low[parent] = min(low[parent], low[node]) }
                guard low[node] == order[node] else { continue }
                var component: [Int] = []
                while let member = open.popLast() {
                    isOpen[member] = false
                    component.append(member)
                    if member == node { break }
                }
                components.append(component.sorted())
            }
        }
        return components
    }

    /// The greatest common divisor of the lengths of the cycles within a strongly connected component; 0 without cycles.
    func period(of component: [Int]) -> Int {
        var depth: [Int: Int] = [:]
        let members = Set(component)
        guard let root = component.first else { return 0 }
        depth[root] = 0
        var queue = [root]
        var period = 0
        var head = 0
        while head < queue.count {
            let node = queue[head]
            head += 1
            let here = depth[node, default: 0]
            for edge in rowStart[node]..<rowStart[node + 1] {
                let successor = Int(column[edge])
                guard members.contains(successor) else { continue }
                if let there = depth[successor] {
                    period = Self.greatestCommonDivisor(period, abs(here + 1 - there))
                } else {
                    depth[successor] = here + 1
                    queue.append(successor)
                }
            }
        }
        return period
    }

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }
}
