// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Gated recurrent units, layer upon layer, and a linear readout of the last layer.
///
///     r = sigmoid(Wr x + br + Ur h + cr)        reset gate
///     z = sigmoid(Wz x + bz + Uz h + cz)        update gate
///     n = tanh(Wn x + bn + r (Un h + cn))       candidate
///     h' = (1 - z) n + z h                      from h = 0
///
/// It reads what `SequenceInput` says. Tokens: every position predicts the next; labelled examples: the query's class is
/// read off the last state.
///
/// | parameter                             | shape                                       |
/// |---------------------------------------|---------------------------------------------|
/// | embedding...                          | see `SequenceInput`                         |
/// | layers.i.input.weight, .input.bias    | `[3 width, width]`, `[3 width]`: Wr, Wz, Wn |
/// | layers.i.hidden.weight, .hidden.bias  | the same: Ur, Uz, Un                        |
/// | unembedding.weight                    | `[classes, width]`                          |
///
/// Layers begin uniform in +-1 / sqrt(width). Source: Cho et al. 2014, arXiv 1406.1078; the candidate's reset gate after the
/// product, as in Chung et al. 2014, arXiv 1412.3555, section 3, and in the common libraries.
final class GRU: Architecture {
    static let name = "gru"
    static let summary = "gated recurrent units, layer upon layer, and a linear readout"
    static let parameters: [Parameter] = [
        .integer("layers", default: 2, in: 1...256, "units one above the other"),
        .integer("width", default: 16, in: 1...65_536, "size of the embedding and of every state"),
    ]
    static let examples = ["gru(layers=2, width=16)"]

    /// Indices of the parameters of one layer.
    struct Layer {
        let inputWeight: Int
        var inputBias: Int { inputWeight + 1 }
        var hiddenWeight: Int { inputWeight + 2 }
        var hiddenBias: Int { inputWeight + 3 }
    }

    let kernels: Kernels
    let input: SequenceInput
    let layers: [Layer]
    let width: Int
    let classes: Int
    let modelParameters: [ModelParameter]
    let activations: [Point]

    init(_ creation: Creation) throws {
        guard let schema = creation.schema else {
            throw InductError(.internal, "gru was created without a schema")
        }
        kernels = try Kernels(creation.host, for: Self.name)
        let width = try creation.configuration.integer("width")
        let count = try creation.configuration.integer("layers")
        self.width = width
        classes = schema.classes
        input = try SequenceInput(schema, width: width, length: creation.length)
        let first = input.parameters.count
        layers = (0..<count).map { Layer(inputWeight: first + 4 * $0) }
        let bound = 1 / Double(width).squareRoot()
        let uniform = Initialiser.uniform(low: -bound, high: bound)
        var parameters = input.parameters
        for layer in 0..<count {
            for part in ["input", "hidden"] {
                parameters.append(ModelParameter("layers.\(layer).\(part).weight", [3 * width, width], uniform))
                parameters.append(
                    ModelParameter("layers.\(layer).\(part).bias", [3 * width], uniform, isDecayed: false))
            }
        }
        parameters.append(
            ModelParameter("unembedding.weight", [classes, width], .normal(mean: 0, deviation: bound)))
        modelParameters = parameters
        let shape: [Dimension] = [.batch, input.dimension, .constant(width)]
        activations = [Point("embedding", shape)] + (0..<count).map { Point("layers.\($0).hidden", shape) }
    }

    var output: OutputKind { .logits }

    /// Both gates read off one state, or one input.
    var gates: Linear { Linear(inputs: width, outputs: 2 * width) }
    /// The candidate's part.
    var candidate: Linear { Linear(inputs: width, outputs: width) }
    /// Where the candidate's rows begin in a layer's matrix.
    var candidateOffset: Int { 2 * width * width }
    var readout: Linear { Linear(inputs: width, outputs: classes) }
    var readoutWeight: Int { modelParameters.count - 1 }

    func workspaceSize(mode: PassMode, count: Int, length: Int) -> Int {
        GRUWorkspace(self, mode: mode, count: count, length: length).size * MemoryLayout<Float>.stride
    }
}
