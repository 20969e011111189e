// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Weights of K experts from an MLP on the inputs.
///
/// The last expert's logit is fixed at 0, so that weights = softmax(z_1, ..., z_(K-1), 0): for two experts the first has
/// sigmoid(z). Weights are LeCun-normal, biases zero.
///
/// | parameter                              | shape                             |
/// |----------------------------------------|-----------------------------------|
/// | layers.i.weight, layers.i.bias         | [hidden i, inputs i], [hidden i]  |
/// | output.weight, output.bias             | [K - 1, last hidden], [K - 1]     |
final class MLPGate: Gate {
    static let name = "mlp-gate"
    static let summary = "weights of the experts from an MLP on the inputs"
    static let parameters: [Parameter] = [
        .array(
            "hidden", of: .integer("size", in: 1...65536, ""), default: "[64, 64]", count: 0...64,
            "units of the hidden layers"),
        .string("activation", default: "relu", values: ["relu", "gelu", "silu", "tanh"], "of the hidden layers"),
        .boolean("labels", default: false, "read the context's labels beside the inputs"),
    ]
    static let examples = ["mlp-gate(hidden=[64, 64])"]

    let kernels: Kernels
    let features: GateFeatures
    let activation: UInt32
    /// The hidden layers, then the output layer; layer i has the parameters 2 i and 2 i + 1.
    let layers: [Linear]
    let experts: Int

    init(_ creation: Creation) throws {
        guard let schema = creation.schema, creation.expertCount >= 2 else {
            throw InductError.invalid("it weighs two experts or more, and there are \(creation.expertCount)")
        }
        kernels = try Kernels(creation.host, for: Self.name)
        experts = creation.expertCount
        features = try GateFeatures(
            schema, withLabels: try creation.configuration.boolean("labels"))
        activation = Self.activation(try creation.configuration.string("activation"))
        var layers: [Linear] = []
        var inputs = features.width
        for hidden in try creation.configuration.integers("hidden") + [experts - 1] {
            layers.append(Linear(inputs: inputs, outputs: hidden))
            inputs = hidden
        }
        self.layers = layers
    }

    var modelParameters: [ModelParameter] {
        layers.indices.flatMap { index in
            let layer = layers[index]
            let name = index == layers.count - 1 ? "output" : "layers.\(index)"
            // The deviation of a standard normal truncated at two: the variance after truncation is 1 / inputs.
            let deviation = (1 / Double(layer.inputs)).squareRoot() / 0.879_625_661_034_239_78
            return [
                ModelParameter(
                    "\(name).weight", [layer.outputs, layer.inputs], .truncatedNormal(mean: 0, deviation: deviation)),
                ModelParameter("\(name).bias", [layer.outputs], .zeros, isDecayed: false),
            ]
        }
    }

    func workspaceSize(mode: PassMode, count: Int, length: Int) -> Int {
        let rows = features.rows(count: count, length: length)
        return GateWorkspace(self, rows: rows).size * MemoryLayout<Float>.stride
    }
}
