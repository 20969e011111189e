// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Labelled vectors: classification of noisy corners, or a linear regression; with or without weights by position.
final class VectorSource: Source {
    let isRegression: Bool
    let isWeighted: Bool
    let positions: Int
    let size = 3

    init(isRegression: Bool = false, isWeighted: Bool = false, positions: Int = 1) {
        self.isRegression = isRegression
        self.isWeighted = isWeighted
        self.positions = positions
    }

    var spec: String { "vectors" }
    var schema: Schema {
        let p = Dimension.constant(positions)
        var tensors = [
            TensorSchema(name: "inputs", type: .float32, role: .input, shape: [.batch, p, .constant(size)]),
            isRegression
                ? TensorSchema(name: "targets", type: .float32, role: .target, shape: [.batch, p, .constant(2)])
                : TensorSchema(name: "targets", type: .int32, role: .target, shape: [.batch, p], limit: 3),
            TensorSchema(name: "group", type: .int32, role: .key, shape: [.batch, p], limit: 2),
        ]
        if isWeighted {
            tensors.append(TensorSchema(name: "weight", type: .float32, role: .weight, shape: [.batch, p]))
        }
        return Schema(
            task: isRegression ? .regression : .classification, loss: isRegression ? .squaredError : .crossEntropy,
            tensors: tensors, classes: isRegression ? 0 : 3, outputs: isRegression ? 2 : 0, positions: p)
    }
    var views: [SourceView] { [SourceView(name: "train", count: nil), SourceView(name: "test", count: 50)] }
    var oracle: (any SourceOracle)? { nil }
    var theory: (any SourceTheory)? { nil }
    var hmm: SourceHMM? { nil }

    func fill(_ batch: Batch, rows: Range<Int>, view: Int, seed: UInt64, first: UInt64) throws(PluginFailure) {
        for row in rows {
            let sample = first + UInt64(row - rows.lowerBound)
            for p in 0..<positions {
                let place = row * positions + p
                let word = { ScalarKernels.uniform(seed, UInt32(view) << 16 | 2, sample, p * 8 + $0) }
                let label = Int(word(0) * 3)
                for i in 0..<size {
                    batch.tensors[0]?.floats[place * size + i] = word(1 + i) - 0.5 + (i == label ? 1 : 0)
                }
                if isRegression {
                    batch.tensors[1]?.floats[place * 2] = Float(label) - word(1)
                    batch.tensors[1]?.floats[place * 2 + 1] = word(2) + word(3)
                } else {
                    batch.tensors[1]?.integers[place] = Int32(label)
                }
                batch.tensors[2]?.integers[place] = Int32(label == 0 ? 0 : 1)
                if isWeighted { batch.tensors[3]?.floats[place] = word(5) < 0.4 ? 0 : 1 + word(6) }
            }
        }
    }
}
