// SPDX-License-Identifier: Apache-2.0

import CInduct

/// A multilayer perceptron over rows: a_0 = x, a_(i+1) = f(a_i W_iᵀ + b_i), y = a_n W_nᵀ + b_n.
///
/// Weights are LeCun-normal, biases zero. Its parameters are the first of the model that holds it, in this order:
///
/// | parameter                        | shape                            |
/// |----------------------------------|----------------------------------|
/// | layers.i.weight, layers.i.bias   | [hidden i, inputs i], [hidden i] |
/// | output.weight, output.bias       | [outputs, last hidden], [outputs] |
///
/// Source: LeCun, Bottou, Orr, Müller, "Efficient BackProp", 1998, for the initial weights.
public struct MultilayerPerceptron: Sendable {
    /// The hidden layers, then the output layer; layer i has the parameters 2 i and 2 i + 1.
    public let layers: [Linear]
    /// `INDUCT_ACTIVATION_...`, of the hidden layers.
    public let activation: UInt32

    /// What a part declares whose user chooses the hidden layers: `hidden` and `activation`.
    public static let options: [Parameter] = [
        .array(
            "hidden", of: .integer("size", in: 1...65536, ""), default: "[64, 64]", count: 0...64,
            "units of the hidden layers"),
        .string("activation", default: "relu", values: ["relu", "gelu", "silu", "tanh"], "of the hidden layers"),
    ]

    /// A perceptron as the `options` in a part's configuration say.
    public init(inputs: Int, outputs: Int, _ configuration: Configuration) throws(InductError) {
        activation =
            switch try configuration.string("activation") {
            case "gelu": INDUCT_ACTIVATION_GELU
            case "silu": INDUCT_ACTIVATION_SILU
            case "tanh": INDUCT_ACTIVATION_TANH
            default: INDUCT_ACTIVATION_RELU
            }
        var layers: [Linear] = []
        var width = inputs
        for next in try configuration.integers("hidden") + [outputs] {
            layers.append(Linear(inputs: width, outputs: next))
            width = next
        }
        self.layers = layers
    }

    /// Its parameters.
    public var parameters: [ModelParameter] {
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

    /// Floats of memory that passes over `rows` rows need.
    public func memorySize(rows: Int) -> Int { Memory(self, rows: rows).size }

    /// Writes y.
    ///
    /// - Parameters:
    ///   - pass: Whose first parameters are the perceptron's.
    ///   - kernels: Of the host.
    ///   - rows: Rows of x and y.
    ///   - x: `[rows, inputs]`, rows `xStride` apart.
    ///   - xStride: Elements from row to row of x; nil = inputs.
    ///   - y: `[rows, outputs]`, rows `stride` apart.
    ///   - stride: Elements from row to row of y; nil = outputs.
    ///   - memory: `memorySize(rows:)` floats, 64-byte aligned, left alone until `backward`.
    ///   - scratch: At least `Kernels.scratchSize` bytes.
    public func forward(
        _ pass: borrowing Pass, _ kernels: Kernels, rows: Int, x: UnsafePointer<Float>, xStride: Int? = nil,
        y: UnsafeMutablePointer<Float>, stride: Int? = nil, memory: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutableRawPointer
    ) {
        let parts = Memory(self, rows: rows)
        let last = layers.count - 1
        var (input, inputStride) = (x, xStride)
        for index in 0..<last {
            let output = memory + parts.activation(index)
            kernels.linear(
                layers[index], rows: rows, x: input, xStride: inputStride, weight: pass.parameter(2 * index),
                bias: pass.parameter(2 * index + 1), y: output,
                epilogue: LinearEpilogue(activation: activation, slope: memory + parts.slope(index)), scratch: scratch)
            (input, inputStride) = (UnsafePointer(output), nil)
        }
        kernels.linear(
            layers[last], rows: rows, x: input, xStride: inputStride, weight: pass.parameter(2 * last),
            bias: pass.parameter(2 * last + 1), y: y, stride: stride, scratch: scratch)
    }

    /// Writes, or adds to, the gradients of all parameters, given d loss / d y.
    ///
    /// Follows the `forward` with the same x and memory. `dy` is `[rows, outputs]`, rows `stride` apart.
    ///
    /// - Throws: `InductError` when the pass has no room for a gradient.
    public func backward(
        _ pass: borrowing Pass, _ kernels: Kernels, rows: Int, x: UnsafePointer<Float>, xStride: Int? = nil,
        dy: UnsafePointer<Float>, stride: Int? = nil, memory: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutableRawPointer
    ) throws(InductError) {
        let parts = Memory(self, rows: rows)
        var dy = dy
        var stride = stride
        var (dx, other) = (memory + parts.gradients.0, memory + parts.gradients.1)
        for index in layers.indices.reversed() {
            let layer = layers[index]
            guard let dweight = pass.gradient(2 * index), let dbias = pass.gradient(2 * index + 1) else {
                throw InductError(.invalidArgument, "the pass has no room for the gradients of layer \(index)")
            }
            kernels.linearParameterGradients(
                layer, rows: rows, x: index == 0 ? x : UnsafePointer(memory + parts.activation(index - 1)),
                xStride: index == 0 ? xStride : nil, dy: dy, stride: stride, dweight: dweight, dbias: dbias,
                accumulate: pass.accumulates, scratch: scratch)
            guard index > 0 else { return }
            kernels.linearInputGradient(
                layer, rows: rows, dy: dy, stride: stride, weight: pass.parameter(2 * index), dx: dx,
                slope: memory + parts.slope(index - 1), scratch: scratch)
            dy = UnsafePointer(dx)
            stride = nil
            swap(&dx, &other)
        }
    }

    /// Offsets into the memory, in floats, every part on a 64-byte boundary; computed, never stored.
    ///
    ///     activations a_1, a_2, ... | slopes of f, as many | two of size [rows, widest layer]
    private struct Memory {
        private let layers: [Linear]
        private let rows: Int
        private let firstSlope: Int
        let gradients: (Int, Int)
        let size: Int

        init(_ perceptron: MultilayerPerceptron, rows: Int) {
            layers = perceptron.layers
            self.rows = rows
            let hidden = layers.dropLast().reduce(0) { $0 + Self.padded(rows * $1.outputs) }
            firstSlope = hidden
            let widest = Self.padded(rows * layers.dropFirst().reduce(0) { max($0, $1.inputs) })
            gradients = (2 * hidden, 2 * hidden + widest)
            size = 2 * hidden + 2 * widest
        }

        /// a_(index + 1), `[rows, outputs]`.
        func activation(_ index: Int) -> Int {
            var offset = 0
            for before in 0..<index { offset += Self.padded(rows * layers[before].outputs) }
            return offset
        }

        /// f' where f gives a_(index + 1).
        func slope(_ index: Int) -> Int { firstSlope + activation(index) }

        private static func padded(_ floats: Int) -> Int { (floats + 15) & ~15 }
    }
}
