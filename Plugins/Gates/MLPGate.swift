// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

/// Weights of K experts from an MLP on the inputs.
///
/// The last expert's logit is fixed at 0, so that weights = softmax(z_1, ..., z_(K-1), 0): for two experts the first has
/// sigmoid(z). The parameters are those of `MultilayerPerceptron`.
final class MLPGate: Gate {
    static let name = "mlp-gate"
    static let summary = "weights of the experts from an MLP on the inputs"
    static let parameters: [Parameter] =
        MultilayerPerceptron.options + [
            .boolean("labels", default: false, "read the context's labels beside the inputs")
        ]
    static let examples = ["mlp-gate(hidden=[64, 64])"]

    private let network: GateNetwork

    init(_ creation: Creation) throws {
        network = try GateNetwork(creation, for: Self.name, outputs: creation.expertCount - 1)
    }

    var modelParameters: [ModelParameter] { network.layers.parameters }

    func workspaceSize(mode: PassMode, count: Int, length: Int) -> Int {
        network.workspaceSize(count: count, length: length)
    }

    func forward(_ pass: borrowing Pass) throws {
        let experts = network.experts
        let (weights, rows) = try network.logits(pass)
        for row in 0..<rows { weights[row * experts + experts - 1] = 0 }
        // The weights stay in the workspace too: the host may reuse the outputs before `backward`.
        network.kernels.table.softmax(Int64(rows), Int64(experts), weights, weights)
        pass.outputs.update(from: weights, count: rows * experts)
    }

    func backward(_ pass: borrowing Pass) throws { try network.backward(pass) }
}
