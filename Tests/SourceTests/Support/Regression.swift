// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductHost
import Testing

/// Samples of a regression, as arrays, and what predictors say about them.
struct Regression {
    let source: any Source
    let batch: Batch
    let count: Int
    let items: Int
    let dimension: Int
    /// By sample and item, the query last.
    let inputs: [[[Double]]]
    /// By sample and slot.
    let values: [[Double]]
    /// By sample and predicted position.
    let targets: [[Double]]
    let task: [Int]

    init(_ source: any Source, view: String = "train", seed: UInt64 = 7, first: UInt64 = 0, count: Int) throws {
        let index = try #require(source.views.firstIndex { $0.name == view })
        let batch = Batch(schema: source.schema, count: count, length: 1)
        try source.fill(batch, rows: 0..<count, view: index, seed: seed, first: first)
        let shape = try #require(batch["inputs"]).shape
        let (items, dimension) = (shape[1], shape[2])
        func rows(_ name: String, _ width: Int) -> [[Double]] {
            let all = batch[name].map { $0.floats.map { Double($0) } } ?? []
            return (0..<all.count / max(1, width)).map { Array(all[$0 * width..<($0 + 1) * width]) }
        }
        let flat = rows("inputs", dimension)
        self.source = source
        self.batch = batch
        self.count = count
        self.items = items
        self.dimension = dimension
        inputs = (0..<count).map { Array(flat[$0 * items..<($0 + 1) * items]) }
        values = rows("values", items - 1)
        targets = rows("targets", (batch["targets"]?.count ?? 0) / max(1, count))
        task = batch["task"]?.integers.map { Int($0) } ?? []
    }

    /// The oracle's means, and ln of the density of the values before.
    func oracle(seed: UInt64 = 7) throws -> (mean: [[Double]], logarithm: [[Double]]) {
        let positions = targets[0].count
        let results = OracleResults(
            predictive: Tensor(.float64, [count, positions, 1]), logProbability: Tensor(.float64, [count, positions]))
        try #require(source.oracle).evaluate(batch, view: 0, seed: seed, into: results)
        func rows(_ tensor: Tensor?) -> [[Double]] {
            let all = tensor.map { Array($0.doubles) } ?? []
            return (0..<count).map { Array(all[$0 * positions..<($0 + 1) * positions]) }
        }
        return (rows(results.predictive), rows(results.logProbability))
    }

    /// What an architecture without parameters predicts.
    func predictions(_ spec: String, _ host: PluginHost) throws -> [[Double]] {
        let model = try host.architecture(
            PluginSpec(parsing: spec), schema: source.schema.bound(length: items), length: items)
        #expect(model.parameters.isEmpty)
        let positions = targets[0].count
        let outputs = Tensor(.float32, [count, positions, 1])
        let size = model.workspaceSize(mode: .evaluate, count: count, length: items)
        let workspace = Tensor(.float64, [size / 8 + 1])
        var pass = Pass()
        pass.mode = .evaluate
        pass.count = count
        pass.length = items
        pass.tensors = zip(source.schema.tensors, batch.tensors).map { $0.role == .input ? $1?.slice : nil }
        pass.workspace = workspace.data
        pass.workspaceSize = size
        pass.outputs = outputs.data.assumingMemoryBound(to: Float.self)
        try model.forward(pass)
        return (0..<count).map { row in outputs.floats[row * positions..<(row + 1) * positions].map { Double($0) } }
    }

    /// The mean squared error of predictions by position, and its standard error.
    func errors(_ predictions: [[Double]]) -> [(mean: Double, error: Double)] {
        targets[0].indices.map { position in
            let squares = (0..<count).map { sample in
                let difference = predictions[sample][position] - targets[sample][position]
                return difference * difference
            }
            let mean = squares.reduce(0, +) / Double(count)
            let variance = squares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
            return (mean, (variance / Double(count)).squareRoot())
        }
    }
}

/// Dense matrices by Gaussian elimination, for small cases.
enum Dense {
    /// The solution of A x = b and ln |det A|.
    static func solve(_ matrix: [[Double]], _ right: [Double]) -> (solution: [Double], logarithm: Double) {
        var a = matrix
        var b = right
        var logarithm = 0.0
        for column in a.indices {
            let pivot = (column..<a.count).max { abs(a[$0][column]) < abs(a[$1][column]) } ?? column
            a.swapAt(column, pivot)
            b.swapAt(column, pivot)
            logarithm += log(abs(a[column][column]))
            for row in a.indices where row != column {
                let factor = a[row][column] / a[column][column]
                for place in column..<a.count { a[row][place] -= factor * a[column][place] }
                b[row] -= factor * b[column]
            }
        }
        return (a.indices.map { b[$0] / a[$0][$0] }, logarithm)
    }

    static func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}
