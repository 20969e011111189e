// SPDX-License-Identifier: Apache-2.0

import InductCore
import Testing

/// Labelled examples of a source, as arrays.
struct Examples {
    /// By sample and item, the query last.
    let inputs: [[[Float]]]
    /// By sample and slot.
    let labels: [[Int]]
    let targets: [Int]
    /// Whether the context holds the query's class.
    let relevance: [Int]
    let group: [Int]
    let queryClass: [Int]
    let key: [Int]
    let batch: Batch

    init(_ source: any Source, view: String = "train", seed: UInt64 = 7, first: UInt64 = 0, count: Int) throws {
        let index = try #require(source.views.firstIndex { $0.name == view })
        let batch = Batch(schema: source.schema, count: count, length: 1)
        try source.fill(batch, rows: 0..<count, view: index, seed: seed, first: first)
        func integers(_ name: String) -> [Int] { batch[name]?.integers.map { Int($0) } ?? [] }
        self.batch = batch
        let shape = batch["inputs"]?.shape ?? [count, 1, 1]
        let (items, size) = (shape[1], shape.dropFirst(2).reduce(1, *))
        let values = batch["inputs"].map { Array($0.floats) } ?? []
        inputs = (0..<count).map { sample in
            (0..<items).map { item in
                let start = (sample * items + item) * size
                return Array(values[start..<start + size])
            }
        }
        let flat = integers("labels")
        labels = (0..<count).map { Array(flat[$0 * (items - 1)..<($0 + 1) * (items - 1)]) }
        targets = integers("targets")
        relevance = integers("relevance")
        group = integers("group")
        queryClass = integers("class")
        key = integers("key")
    }

    /// All inputs, bit for bit.
    var bits: [[[UInt32]]] { inputs.map { $0.map { $0.map(\.bitPattern) } } }
}

extension Source {
    /// What its oracle says about samples: the law of the target, and ln of their density.
    func predictions(_ examples: Examples, seed: UInt64 = 7) throws -> (law: [[Double]], logarithm: [Double]) {
        let count = examples.batch.count
        let results = OracleResults(
            predictive: Tensor(.float64, [count, 1, schema.classes]), logProbability: Tensor(.float64, [count, 1]))
        try oracle?.evaluate(examples.batch, view: 0, seed: seed, into: results)
        let law = results.predictive.map { Array($0.doubles) } ?? []
        return (
            (0..<count).map { Array(law[$0 * schema.classes..<($0 + 1) * schema.classes]) },
            results.logProbability.map { Array($0.doubles) } ?? []
        )
    }
}
