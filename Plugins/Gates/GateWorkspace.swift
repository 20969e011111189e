// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Offsets into the gate's workspace, in floats, every part on a 64-byte boundary; computed, never stored.
///
///     scratch | activations of layer 0 (the features), 1, ... | preactivations of layer 0, 1, ... | weights | gradients
struct GateWorkspace {
    private let rows: Int
    private let layers: [Linear]
    private let firstActivation: Int
    private let firstPreactivation: Int
    /// Of size `[rows, K]`: logits, then the experts' weights.
    let weights: Int
    /// Two of size `[rows, widest layer]`.
    let gradients: (Int, Int)
    /// Floats of the whole.
    let size: Int

    init(_ gate: MLPGate, rows: Int) {
        self.rows = rows
        layers = gate.layers
        firstActivation = Self.padded((gate.kernels.scratchSize + 3) / 4)
        var end = firstActivation
        for layer in layers { end += Self.padded(rows * layer.inputs) }
        firstPreactivation = end
        for layer in layers { end += Self.padded(rows * layer.outputs) }
        weights = end
        end += Self.padded(rows * gate.experts)
        let widest = layers.reduce(gate.experts) { max($0, $1.inputs) }
        gradients = (end, end + Self.padded(rows * widest))
        size = end + 2 * Self.padded(rows * widest)
    }

    /// The input of a layer, of size `[rows, inputs]`.
    func activation(_ layer: Int) -> Int {
        var offset = firstActivation
        for index in 0..<layer { offset += Self.padded(rows * layers[index].inputs) }
        return offset
    }

    /// What the activation after a layer is applied to, of size `[rows, outputs]`.
    func preactivation(_ layer: Int) -> Int {
        var offset = firstPreactivation
        for index in 0..<layer { offset += Self.padded(rows * layers[index].outputs) }
        return offset
    }

    private static func padded(_ floats: Int) -> Int { (floats + 15) & ~15 }
}
