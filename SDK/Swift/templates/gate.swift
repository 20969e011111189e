// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductSDK

/// Gives K experts the same weights everywhere, softmax(scores), and learns them.
final class LearnedWeights: Gate {
    static let name = "learned-weights"
    static let summary = "the same weights everywhere, learned"
    static let examples = ["learned-weights"]

    private let experts: Int
    /// Predicted positions of a sample, where they do not depend on its length.
    private let positions: Int?

    init(_ creation: Creation) throws {
        experts = creation.expertCount
        if case .constant(let count)? = creation.schema?.positions { positions = count } else { positions = nil }
    }

    var modelParameters: [ModelParameter] { [ModelParameter("scores", [experts], .zeros, isDecayed: false)] }

    func forward(_ pass: borrowing Pass) throws {
        let weights = softmax(pass.parameter(0))
        for row in 0..<pass.count * (positions ?? pass.length) {
            for expert in 0..<experts { pass.outputs[row * experts + expert] = weights[expert] }
        }
    }

    /// The gradient of score k is the sum over rows of weight_k (d weight_k - sum_j weight_j d weight_j).
    func backward(_ pass: borrowing Pass) throws {
        guard let gradient = pass.gradient(0) else { return }
        let weights = softmax(pass.parameter(0))
        if !pass.accumulates { gradient.update(repeating: 0, count: experts) }
        for row in 0..<pass.count * (positions ?? pass.length) {
            let incoming = pass.outputGradients + row * experts
            var mean: Float = 0
            for expert in 0..<experts { mean += weights[expert] * incoming[expert] }
            for expert in 0..<experts { gradient[expert] += weights[expert] * (incoming[expert] - mean) }
        }
    }

    private func softmax(_ scores: UnsafePointer<Float>) -> [Float] {
        let greatest = (0..<experts).map { scores[$0] }.max() ?? 0
        let powers = (0..<experts).map { expf(scores[$0] - greatest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }
}
