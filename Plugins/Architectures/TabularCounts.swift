// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Counts of the classes seen with each key, by the estimator of Krichevsky and Trofimov: p(y | key) = (n_y + 1/2) / (n +
/// C/2).
///
/// An in-weight predictor whose excess risk is known exactly; it looks at no input but the key, and learns online: a batch is
/// predicted from the batches before it. Positions of weight 0 are not counted.
///
/// Source: Krichevsky and Trofimov, "The performance of universal encoding", 1981.
final class TabularCounts: Architecture, OnlineModel {
    static let name = "tabular"
    static let summary = "counts of the classes seen with each key (Krichevsky-Trofimov)"
    static let parameters: [Parameter] = [OnlineKeys.option(default: true, "counts")]
    static let examples = ["tabular", "tabular(per_key=false)"]

    private let keys: OnlineKeys
    private let classes: Int
    /// Of the tensors in the schema.
    private let targets: Int
    private let weights: Int?

    init(_ creation: Creation) throws {
        guard let schema = creation.schema else {
            throw InductError(.internal, "\(Self.name) was created without a schema")
        }
        guard schema.task != .regression, schema.classes > 0 else {
            throw InductError.invalid("\(Self.name) counts classes, and this source is a regression task")
        }
        keys = try OnlineKeys(schema, creation.configuration)
        classes = schema.classes
        guard let targets = schema.tensors.firstIndex(where: { $0.role == .target }) else {
            throw InductError.invalid("\(Self.name) counts targets, and this source delivers none")
        }
        self.targets = targets
        weights = schema.tensors.firstIndex { $0.role == .weight }
    }

    var output: OutputKind { .probabilities }
    var isDifferentiable: Bool { false }
    var modelParameters: [ModelParameter] { OnlineSums.parameters("counts", [keys.count, classes]) }

    func forward(_ pass: borrowing Pass) throws {
        let keys = try keys.keys(pass)
        let counts = OnlineSums(pass)
        let positions = self.keys.positions(length: pass.length)
        for row in 0..<pass.count * positions {
            let first = try keys.key(row: row) * classes
            let outputs = pass.outputs + row * classes
            var sum = 0.5 * Double(classes)
            for c in 0..<classes { sum += counts[first + c] }
            for c in 0..<classes { outputs[c] = Float((counts[first + c] + 0.5) / sum) }
        }
    }

    /// There is nothing to train by gradient.
    func backward(_ pass: borrowing Pass) throws {}

    func observe(_ observation: borrowing Observation) throws {
        guard let targets = observation.integers(targets) else {
            throw InductError(.invalidArgument, "the observation brings no targets")
        }
        let keys = try keys.keys(observation)
        let weights = weights.flatMap { observation.floats($0) }
        let counts = OnlineSums.Growing(observation)
        for row in 0..<observation.count * self.keys.positions(length: observation.length) {
            if let weights, weights[row] == 0 { continue }
            let target = Int(targets[row])
            guard target >= 0 && target < classes else {
                throw InductError(
                    .outOfRange, "target \(target) lies outside [0, \(classes)): the source's schema promises others")
            }
            counts[try keys.key(row: row) * classes + target] += 1
        }
    }
}
