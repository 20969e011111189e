// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

/// How an online gate turns what its experts have lost into their weights.
///
/// A key has a state of K sums. Nothing allocates: observations come once a training step.
protocol OnlineRule: Sendable {
    static var name: String { get }
    static var summary: String { get }
    /// Beside `per_key`.
    static var parameters: [Parameter] { get }
    static var examples: [String] { get }

    /// - Throws: `InductError` for a configuration that makes no sense.
    init(_ configuration: Configuration, experts: Int) throws(InductError)

    /// What the sums hold before training.
    var start: Initialiser { get }

    /// Changes the state `[first, first + K)` by the experts' losses on one predicted position.
    func observe(_ losses: UnsafePointer<Float>, _ state: OnlineSums.Growing, first: Int)

    /// Writes the logits of the weights, or the weights themselves where `givesLogits` is false.
    func write(_ state: OnlineSums, first: Int, to outputs: UnsafeMutablePointer<Float>)

    var givesLogits: Bool { get }
}

/// A gate that learns from its experts' losses as they come, for all samples together or for every key by itself.
///
/// A batch is predicted with what was learned from the batches before it; then its losses are taken in one after the other,
/// in sample order. Positions of weight 0 are left out. The state lies in online parameters, which are saved and resumed.
final class OnlineGate<Rule: OnlineRule>: Gate, OnlineModel {
    static var name: String { Rule.name }
    static var summary: String { Rule.summary }
    static var parameters: [Parameter] { Rule.parameters + [OnlineKeys.option(default: false, "weights")] }
    static var examples: [String] { Rule.examples }

    private let kernels: Kernels
    private let rule: Rule
    private let keys: OnlineKeys
    private let experts: Int
    /// Of the weight among the schema's tensors.
    private let weights: Int?

    init(_ creation: Creation) throws {
        guard let schema = creation.schema, creation.expertCount >= 1 else {
            throw InductError(.internal, "\(Rule.name) was created without a schema or experts")
        }
        kernels = try Kernels(creation.host, for: Rule.name)
        rule = try Rule(creation.configuration, experts: creation.expertCount)
        keys = try OnlineKeys(schema, creation.configuration)
        experts = creation.expertCount
        weights = schema.tensors.firstIndex { $0.role == .weight }
    }

    var isDifferentiable: Bool { false }
    var modelParameters: [ModelParameter] {
        OnlineSums.parameters("state", [keys.count, experts], start: rule.start)
    }

    func forward(_ pass: borrowing Pass) throws {
        let state = OnlineSums(pass)
        let keys = try keys.keys(pass)
        let rows = pass.count * self.keys.positions(length: pass.length)
        let outputs = pass.outputs
        for row in 0..<rows {
            rule.write(state, first: try keys.key(row: row) * experts, to: outputs + row * experts)
        }
        if rule.givesLogits { kernels.table.softmax(Int64(rows), Int64(experts), outputs, outputs) }
    }

    /// There is nothing to train by gradient.
    func backward(_ pass: borrowing Pass) throws {}

    func observe(_ observation: borrowing Observation) throws {
        guard let losses = observation.expertLosses, observation.expertCount == experts else {
            throw InductError(
                .invalidArgument, "the observation brings no losses of the gate's \(experts) experts")
        }
        let keys = try keys.keys(observation)
        let state = OnlineSums.Growing(observation)
        let weights = weights.flatMap { observation.floats($0) }
        for row in 0..<observation.count * self.keys.positions(length: observation.length) {
            if let weights, weights[row] == 0 { continue }
            rule.observe(losses + row * experts, state, first: try keys.key(row: row) * experts)
        }
    }
}
