// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Labelled examples without meaning, for models that read them: inputs are sums of uniforms, labels and targets uniform.
///
/// Sample i is drawn from word blocks of the stream (seed, view, i).
final class ExampleSource: Source {
    let items: Int
    let features: Int
    let classes: Int

    /// `text`: ITEMSxFEATURESxCLASSES, as in 3x64x10.
    ///
    /// - Throws: `SpecError` for another form.
    init(parsing text: String) throws(SpecError) {
        let numbers = text.split(separator: "x").compactMap { Int($0) }
        guard numbers.count == 3, numbers.allSatisfy({ (1...65_536).contains($0) }) else {
            throw SpecError("'\(text)' is not ITEMSxFEATURESxCLASSES, as in 3x64x10")
        }
        (items, features, classes) = (numbers[0], numbers[1], numbers[2])
    }

    var spec: String { "examples" }
    var views: [SourceView] { [SourceView(name: "train", count: nil), SourceView(name: "test", count: nil)] }
    var oracle: (any SourceOracle)? { nil }
    var theory: (any SourceTheory)? { nil }
    var hmm: SourceHMM? { nil }

    var schema: Schema {
        Schema(
            task: .classification, loss: .crossEntropy,
            tensors: [
                TensorSchema(
                    name: "inputs", type: .float32, role: .input,
                    shape: [.batch, .constant(items), .constant(features)]),
                TensorSchema(
                    name: "labels", type: .int32, role: .input, shape: [.batch, .constant(items - 1)], limit: classes),
                TensorSchema(
                    name: "targets", type: .int32, role: .target, shape: [.batch, .constant(1)], limit: classes),
            ],
            classes: classes, positions: .constant(1))
    }

    func fill(_ batch: Batch, rows: Range<Int>, view: Int, seed: UInt64, first: UInt64) throws(PluginFailure) {
        for row in rows {
            var words = Words(seed: seed, purpose: UInt32(view), index: first + UInt64(row - rows.lowerBound))
            if let inputs = batch["inputs"] {
                for i in row * items * features..<(row + 1) * items * features { inputs.floats[i] = words.number() }
            }
            if let labels = batch["labels"] {
                for i in row * (items - 1)..<(row + 1) * (items - 1) { labels.integers[i] = words.integer(classes) }
            }
            if let targets = batch["targets"] { targets.integers[row] = words.integer(classes) }
        }
    }

    private struct Words {
        let seed: UInt64
        let purpose: UInt32
        let index: UInt64
        var block: UInt32 = 0

        mutating func next() -> Philox.Block {
            defer { block += 1 }
            return Philox.block(seed: seed, purpose: purpose, index: index, block: block)
        }

        /// Mean 0 and variance 1: the sum of three uniforms in [-1, 1).
        mutating func number() -> Float {
            let words = next()
            return [words.0, words.1, words.2].reduce(0) { $0 + Float($1 >> 8) / 8_388_608 - 1 }
        }

        mutating func integer(_ bound: Int) -> Int32 { Int32((UInt64(next().0) * UInt64(bound)) >> 32) }
    }
}
