// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Fixed weights, whatever the batch holds.
final class ConstantGate: Gate {
    static let name = "constant"
    static let summary = "fixed weights of the experts"
    static let parameters: [Parameter] = [
        .array(
            "weights", of: .number("weight", in: 0...1, ""), count: 1...4096, optional: true,
            "by expert; they sum to 1; equal ones when absent")
    ]
    static let examples = ["constant(weights=[0.25, 0.75])"]

    private let weights: [Float]
    /// P, when it is a constant; nil: the length of the pass.
    private let positions: Int?

    init(_ creation: Creation) throws {
        let experts = creation.expertCount
        let given = creation.configuration.has("weights") ? try creation.configuration.numbers("weights") : nil
        let weights = given ?? [Double](repeating: 1 / Double(experts), count: experts)
        guard weights.count == experts else {
            throw InductError.invalid(
                "\(weights.count) weights for \(experts) experts: give one for each expert")
        }
        let sum = weights.reduce(0, +)
        guard given == nil || (sum - 1).magnitude <= 1e-9 else {
            throw InductError.invalid("the weights sum to \(sum), not to 1")
        }
        self.weights = weights.map { Float($0) }
        if case .constant(let count)? = creation.schema?.positions { positions = count } else { positions = nil }
    }

    var modelParameters: [ModelParameter] { [] }

    func forward(_ pass: borrowing Pass) throws {
        let outputs = pass.outputs
        let experts = weights.count
        for row in 0..<pass.count * (positions ?? pass.length) {
            for expert in 0..<experts { outputs[row * experts + expert] = weights[expert] }
        }
    }

    /// There is nothing to train.
    func backward(_ pass: borrowing Pass) throws {}
}
