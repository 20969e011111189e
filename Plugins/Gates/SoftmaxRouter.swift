// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

/// The k experts with the largest logits share the weight: alpha = softmax over the kept z_i, 0 for the others.
///
/// Gradients go through the kept experts alone; of equal logits the first are kept. With k = K nothing is left out.
///
/// Source: Shazeer et al., "Outrageously large neural networks: the sparsely-gated mixture-of-experts layer", 2017.
final class SoftmaxRouter: Gate {
    static let name = "softmax-router"
    static let summary = "the experts with the largest logits of an MLP on the inputs share the weight"
    static let parameters: [Parameter] =
        [.integer("k", in: 1...4096, optional: true, "experts that are kept; all when absent")]
        + MultilayerPerceptron.options + [
            .boolean("labels", default: false, "read the context's labels beside the inputs")
        ]
    static let examples = ["softmax-router(k=2, hidden=[32])"]

    private let network: GateNetwork
    private let kept: Int

    init(_ creation: Creation) throws {
        network = try GateNetwork(creation, for: Self.name, outputs: creation.expertCount)
        kept = creation.configuration.has("k") ? try creation.configuration.integer("k") : creation.expertCount
        guard kept <= creation.expertCount else {
            throw InductError.invalid(
                "k=\(kept) experts are to be kept, and there are \(creation.expertCount): lower k, or add experts")
        }
    }

    var modelParameters: [ModelParameter] { network.layers.parameters }

    func workspaceSize(mode: PassMode, count: Int, length: Int) -> Int {
        network.workspaceSize(count: count, length: length)
    }

    func forward(_ pass: borrowing Pass) throws {
        let experts = network.experts
        let (weights, rows) = try network.logits(pass)
        if kept < experts {
            // The outputs are still free: they hold the logits while the kept ones are found.
            pass.outputs.update(from: weights, count: rows * experts)
            for row in 0..<rows { keep(pass.outputs + row * experts, weights + row * experts) }
        }
        network.kernels.table.softmax(Int64(rows), Int64(experts), weights, weights)
        pass.outputs.update(from: weights, count: rows * experts)
    }

    func backward(_ pass: borrowing Pass) throws { try network.backward(pass) }

    /// Leaves the largest logits as they are and sets the others so low that their weight is zero.
    private func keep(_ candidates: UnsafeMutablePointer<Float>, _ logits: UnsafeMutablePointer<Float>) {
        var largest = -Float.greatestFiniteMagnitude
        for k in 0..<network.experts {
            largest = max(largest, logits[k])
            logits[k] = -.infinity
        }
        for _ in 0..<kept {
            var best = 0
            for k in 1..<network.experts where candidates[k] > candidates[best] { best = k }
            logits[best] = candidates[best]
            candidates[best] = -.infinity
        }
        for k in 0..<network.experts where logits[k] == -.infinity { logits[k] = largest - 1000 }
    }
}
