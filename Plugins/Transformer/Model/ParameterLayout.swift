// SPDX-License-Identifier: Apache-2.0

import InductSDK

// The parameters, in this order. Linear layers are stored [outputs, inputs]. d = width, m = mlp_size, h = head_size,
// H = heads, K = key_value_heads, V = vocabulary, T = length.
//
// | name                                      | shape              | present when                     |
// |-------------------------------------------|--------------------|----------------------------------|
// | embedding.tokens                          | [V, d]             | tokens                           |
// | embedding.inputs.stem..., .groups...      | ResidualNetwork    | input_embedding = resnet         |
// | embedding.inputs.weight                   | [d, features]      | examples, unless identity        |
// | embedding.inputs.bias                     | [d]                | with that, and biases            |
// | embedding.labels                          | [V, d]             | examples with labels             |
// | embedding.values.weight                   | [d, 1]             | examples with values             |
// | embedding.values.bias                     | [d]                | with that, and biases            |
// | embedding.positions                       | [T, d]             | learned; examples: a row a pair  |
// | relative_positions.weight                 | [buckets, H]       | positions = t5; of all blocks    |
// | blocks.i.norm1.gain                       | [d]                | always                           |
// | blocks.i.norm1.bias                       | [d]                | biases and layer-norm            |
// | blocks.i.attention.query_key_value.weight | [3 H h, d]         | K = H: queries, keys, values     |
// | blocks.i.attention.query_key_value.bias   | [3 H h]            | K = H, biases                    |
// | blocks.i.attention.query.weight           | [H h, d]           | K < H                            |
// | blocks.i.attention.query.bias             | [H h]              | K < H, biases                    |
// | blocks.i.attention.key_value.weight       | [2 K h, d]         | K < H: keys, values              |
// | blocks.i.attention.key_value.bias         | [2 K h]            | K < H, biases                    |
// | blocks.i.attention.output.weight          | [d, H h]           | always                           |
// | blocks.i.attention.output.bias            | [d]                | biases                           |
// | blocks.i.norm2.gain, .bias                | [d]                | as norm1; not when parallel      |
// | blocks.i.mlp.input.weight                 | [m, d] or [2 m, d] | gated units: gate, then values   |
// | blocks.i.mlp.input.bias                   | [m] or [2 m]       | biases                           |
// | blocks.i.mlp.output.weight                | [d, m]             | always                           |
// | blocks.i.mlp.output.bias                  | [d]                | biases                           |
// | final_norm.gain, .bias                    | [d]                | as norm1; not when post-norm     |
// | unembedding.weight                        | [classes, d]       | not tied                         |
//
// Blocks have neither norm2 nor mlp when attention_only.
//
// Queries and keys have matrices of their own when their widths differ, because a scheme such as xavier-uniform then
// gives them different scales. A matrix that holds several layers is drawn as those layers would be, each by itself.

/// A linear layer's place among the parameters.
struct LinearIndex {
    var layer: Linear
    var weight: Int
    var bias: Int?
}

/// A norm's place among the parameters.
struct NormIndex {
    var gain: Int
    var bias: Int?
}

/// A projection of the block's normalised input into columns `[column, column + layer.outputs)` of queries, keys and
/// values.
struct Projection {
    var linear: LinearIndex
    var column: Int
}

/// The parameters of one MLP.
struct MLPIndex {
    /// nil: it reads what attention reads.
    var norm: NormIndex?
    var input: LinearIndex
    var output: LinearIndex
}

/// The parameters of one block.
struct BlockIndex {
    var norm: NormIndex
    var projections: [Projection]
    var attentionOutput: LinearIndex
    var mlp: MLPIndex?
}

/// Every parameter and where it is used.
struct ParameterLayout {
    private(set) var parameters: [ModelParameter] = []
    /// The table of tokens, or of labels; nil where values come in their place.
    private(set) var table: Int?
    /// The layer that takes values to the stream.
    private(set) var values: LinearIndex?
    /// The first parameter of the residual network that images go through; meaningless without one.
    private(set) var imageNetwork = 0
    /// The layer that takes inputs to the stream.
    private(set) var inputs: LinearIndex?
    private(set) var positions: Int?
    private(set) var relativePositions: Int?
    private(set) var blocks: [BlockIndex] = []
    private(set) var finalNorm: NormIndex?
    private(set) var unembedding: LinearIndex

    init(_ options: TransformerOptions) {
        unembedding = LinearIndex(layer: Linear(inputs: options.width, outputs: options.classes), weight: 0)
        if let examples = options.examples {
            addExamples(examples, options)
        } else {
            table = add("embedding.tokens", [options.vocabulary, options.width], options.embeddingInitialiser)
        }
        if options.positions == .learned {
            positions = add(
                "embedding.positions", [options.places, options.width],
                .normal(mean: 0, deviation: options.deviation))
        }
        if options.positions == .t5 {
            relativePositions = add(
                "relative_positions.weight", [options.positionBuckets, options.heads],
                .normal(mean: 0, deviation: options.deviation))
        }
        for block in 0..<options.layers { blocks.append(addBlock("blocks.\(block)", options)) }
        if options.hasFinalNorm { finalNorm = addNorm("final_norm", options) }
        let shared = options.isTied ? table : nil
        unembedding.weight =
            shared ?? add("unembedding.weight", [options.classes, options.width], options.unembeddingInitialiser)
    }

    private mutating func add(_ name: String, _ shape: [Int], _ initialiser: Initialiser, isDecayed: Bool = true) -> Int
    {
        parameters.append(ModelParameter(name, shape, initialiser, isDecayed: isDecayed))
        return parameters.count - 1
    }

    /// Labels are one-hot vectors through a linear layer: their table is drawn as that layer would be.
    private mutating func addExamples(_ examples: Examples, _ options: TransformerOptions) {
        if let network = options.imageNetwork {
            imageNetwork = parameters.count
            parameters += network.parameters
        }
        if !options.takesInputsAsTheyAre {
            let features = options.imageNetwork?.outputs ?? examples.features
            inputs = addLinear(
                "embedding.inputs", Linear(inputs: features, outputs: options.width), fan: options.width, options)
        }
        switch examples.answers {
        case .labels:
            table = add(
                "embedding.labels", [options.vocabulary, options.width],
                options.linearInitialiser(inputs: options.vocabulary, outputs: options.width))
        case .values:
            values = addLinear(
                "embedding.values", Linear(inputs: 1, outputs: options.width), fan: options.width, options)
        }
    }

    private mutating func addNorm(_ name: String, _ options: TransformerOptions) -> NormIndex {
        let gain = add("\(name).gain", [options.width], .constant(1), isDecayed: false)
        guard options.hasBiases && options.norm == .layer else { return NormIndex(gain: gain) }
        return NormIndex(gain: gain, bias: add("\(name).bias", [options.width], .zeros, isDecayed: false))
    }

    /// `fan`: the outputs of each of the layers that the matrix holds.
    private mutating func addLinear(
        _ name: String, _ layer: Linear, fan: Int, _ options: TransformerOptions
    ) -> LinearIndex {
        let initialiser = options.linearInitialiser(inputs: layer.inputs, outputs: fan)
        let weight = add("\(name).weight", [layer.outputs, layer.inputs], initialiser)
        guard options.hasBiases else { return LinearIndex(layer: layer, weight: weight) }
        let bias = add("\(name).bias", [layer.outputs], .zeros, isDecayed: false)
        return LinearIndex(layer: layer, weight: weight, bias: bias)
    }

    private mutating func addProjections(_ name: String, _ options: TransformerOptions) -> [Projection] {
        let (width, query, keyValue) = (options.width, options.queryColumns, options.keyValueColumns)
        guard options.keyValueHeads != options.heads else {
            let layer = Linear(inputs: width, outputs: 3 * query)
            return [Projection(linear: addLinear("\(name).query_key_value", layer, fan: query, options), column: 0)]
        }
        let queries = addLinear("\(name).query", Linear(inputs: width, outputs: query), fan: query, options)
        let keysAndValues = addLinear(
            "\(name).key_value", Linear(inputs: width, outputs: 2 * keyValue), fan: keyValue, options)
        return [Projection(linear: queries, column: 0), Projection(linear: keysAndValues, column: query)]
    }

    private mutating func addBlock(_ name: String, _ options: TransformerOptions) -> BlockIndex {
        let width = options.width
        let norm1 = addNorm("\(name).norm1", options)
        let projections = addProjections("\(name).attention", options)
        let attentionOutput = addLinear(
            "\(name).attention.output", Linear(inputs: options.queryColumns, outputs: width), fan: width, options)
        return BlockIndex(
            norm: norm1, projections: projections, attentionOutput: attentionOutput,
            mlp: options.isAttentionOnly ? nil : addMLP(name, options))
    }

    private mutating func addMLP(_ name: String, _ options: TransformerOptions) -> MLPIndex {
        let norm = options.form == .parallel ? nil : addNorm("\(name).norm2", options)
        let input = addLinear(
            "\(name).mlp.input", Linear(inputs: options.width, outputs: options.expandedColumns), fan: options.mlpSize,
            options)
        let output = addLinear(
            "\(name).mlp.output", Linear(inputs: options.mlpSize, outputs: options.width), fan: options.width, options)
        return MLPIndex(norm: norm, input: input, output: output)
    }
}

extension TransformerOptions {
    /// What a linear layer of these widths is drawn from.
    func linearInitialiser(inputs: Int, outputs: Int) -> Initialiser {
        switch initialiser {
        case .normal:
            return .normal(mean: 0, deviation: deviation)
        case .xavierUniform:
            let bound = (6 / Double(inputs + outputs)).squareRoot()
            return .uniform(low: -bound, high: bound)
        case .lecunNormal:
            // The deviation of a standard normal truncated at two: the variance after truncation is 1 / inputs.
            let truncated = 0.879_625_661_034_239_78
            return .truncatedNormal(mean: 0, deviation: (1 / Double(inputs)).squareRoot() / truncated)
        }
    }

    /// Over labelled examples the unembedding is a linear layer like any other, and drawn as such.
    var unembeddingInitialiser: Initialiser {
        examples == nil ? embeddingInitialiser : linearInitialiser(inputs: width, outputs: classes)
    }

    /// What the token table and the unembedding of tokens are drawn from: variance 1 / width, but for `normal`.
    var embeddingInitialiser: Initialiser {
        switch initialiser {
        case .normal: .normal(mean: 0, deviation: deviation)
        case .xavierUniform, .lecunNormal: .normal(mean: 0, deviation: (1 / Double(width)).squareRoot())
        }
    }
}
