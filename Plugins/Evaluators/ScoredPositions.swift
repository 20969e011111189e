// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Where a schema keeps what evaluators read beside the predictions.
struct EvaluatedSchema: Sendable {
    /// Index of "targets".
    let targets: Int?
    /// Index of the tensor of role weight.
    let weights: Int?
    /// Index of "tokens".
    let tokens: Int?
    let task: Task
    let classes: Int

    init(_ creation: Creation) throws(InductError) {
        guard let schema = creation.schema else {
            throw InductError(.internal, "\(creation.name) was created without a schema")
        }
        targets = schema.tensors.firstIndex { $0.role == .target }
        weights = schema.tensors.firstIndex { $0.role == .weight && $0.type == .float32 }
        tokens = schema.index(of: "tokens")
        task = schema.task
        classes = schema.classes
    }

    /// What losses are measured in.
    var lossUnit: String { task == .regression ? "squared error" : "nats" }

    /// The class targets `[count, P]` of a batch.
    func classTargets(_ batch: borrowing EvaluationBatch) throws(InductError) -> UnsafePointer<Int32> {
        guard let targets, let values = batch.integers(targets) else {
            throw InductError(.internal, "the host gave no targets")
        }
        return values
    }

    /// The targets `[count, P, outputs]` of a regression's batch.
    func valueTargets(_ batch: borrowing EvaluationBatch) throws(InductError) -> UnsafePointer<Float> {
        guard let targets, let values = batch.floats(targets) else {
            throw InductError(.internal, "the host gave no targets")
        }
        return values
    }
}

/// Which positions of a batch count: those whose weight is not 0.
struct ScoredPositions: ~Copyable {
    let count: Int
    let positions: Int
    private let weights: UnsafePointer<Float>?

    init(_ batch: borrowing EvaluationBatch, _ schema: EvaluatedSchema) {
        count = batch.count
        positions = batch.positions
        weights = schema.weights.flatMap { batch.floats($0) }
    }

    func contains(_ sequence: Int, _ position: Int) -> Bool {
        weights.map { $0[sequence * positions + position] != 0 } ?? true
    }
}

/// The item, which the host hands over when it was asked for.
func required<Value>(
    _ pointer: UnsafePointer<Value>?, _ item: String, by evaluator: String
) throws(InductError) -> UnsafePointer<Value> {
    guard let pointer else {
        throw InductError(.failedPrecondition, "\(evaluator) needs the \(item), and there is none")
    }
    return pointer
}

/// The likeliest of `count` classes, the first among equals.
func likeliestClass(_ law: UnsafePointer<Float>, of count: Int) -> Int {
    var best = 0
    for x in 1..<max(1, count) where law[x] > law[best] { best = x }
    return best
}
