// SPDX-License-Identifier: Apache-2.0

import InductSDK

extension Transformer {
    static var parameters: [Parameter] {
        [
            .integer("layers", default: 2, in: 0...1024, "blocks of attention and MLP"),
            .integer("width", default: 64, in: 1...65536, "size of the residual stream"),
            .integer("heads", default: 4, in: 1...4096, "query heads"),
            .integer(
                "key_value_heads", in: 1...4096, optional: true,
                "heads of keys and values, each shared by heads / key_value_heads query heads; as heads when absent"),
            .integer("head_size", in: 1...2048, optional: true, "columns of one head; width / heads when absent"),
            .integer("mlp_size", in: 1...1_048_576, optional: true, "hidden units of the MLP; 4 width when absent"),
            .string(
                "activation", default: "gelu", values: ["gelu", "relu", "silu", "geglu", "swiglu"],
                "of the MLP; the last two are gated units, GELU in its tanh form"),
            .string(
                "block", default: "pre-norm", values: ["pre-norm", "post-norm", "parallel"],
                "how attention and MLP join the stream: each reads a norm of it; it is normalised after each; both read "
                    + "one norm of the block's input"),
            .boolean("attention_only", default: false, "blocks without an MLP"),
            .string("norm", default: "layer-norm", values: ["layer-norm", "rms-norm"], "of the stream"),
            .number("epsilon", default: 1e-5, in: 0...1, "under the root of the norms"),
            .string(
                "positions", default: "learned", values: ["learned", "sinusoidal", "rotary", "alibi", "t5", "none"],
                "how a token's place enters: added to its embedding; rotating queries and keys, in half-split form; a "
                    + "slope of each head's on the distance; a learned number of each head's for every bucket of distances"
            ),
            .number(
                "position_base", default: 10_000, above: 1, "longest period of sinusoidal and rotary positions / 2 pi"),
            .integer("position_buckets", default: 32, in: 2...65536, "of t5: buckets of distances, half of them exact"),
            .integer(
                "position_reach", default: 128, in: 2...16_777_216,
                "of t5: the distance from which on all share a bucket"),
            .number(
                "dropout", default: 0, in: 0...0.99,
                "when training, the probability that an element of the embedding or of a branch's output is zero"),
            .boolean("tied", default: false, "the unembedding is the token table"),
            .string(
                "input_embedding", default: "linear", values: ["linear", "identity", "resnet"],
                "of labelled examples: a linear layer from inputs to the stream, inputs of that width as they are, or, for "
                    + "images, a residual network before the linear layer"),
            .array(
                "resnet_blocks", of: .integer("count", in: 1...64, ""), default: "[2, 2, 2, 2]", count: 1...8,
                "of the residual network: bottleneck blocks of each group"),
            .array(
                "resnet_channels", of: .integer("count", in: 1...4096, ""), default: "[12, 32, 32, 64]", count: 1...8,
                "channels of each group"),
            .boolean("biases", default: true, "of linear layers and layer norms; never of the unembedding"),
            .string(
                "initialiser", default: "normal", values: ["normal", "xavier-uniform", "lecun-normal"],
                "of linear layers; for the last two embedding and unembedding have variance 1 / width"),
            .number(
                "initialiser_deviation", default: 0.02, in: 0...10,
                "of initialiser=normal, and of learned positions under every initialiser"),
        ]
    }

    static var examples: [String] {
        [
            "transformer(layers=2, width=64, heads=4)",
            "transformer(layers=2, width=16, heads=4, key_value_heads=2, head_size=16, mlp_size=16, activation=geglu, "
                + "positions=rotary, norm=rms-norm, biases=false, initialiser=\"xavier-uniform\", epsilon=1e-6)",
            "transformer(layers=2, heads=1, attention_only=true, positions=t5, position_buckets=8)",
            "transformer(block=parallel, positions=alibi, dropout=0.1)",
            "transformer(layers=2, width=64, heads=1, input_embedding=resnet, resnet_blocks=[2, 2], resnet_channels=[12, 32])",
        ]
    }
}

extension TransformerOptions {
    /// Reads the options, and finds the inputs in the schema.
    static func read(_ creation: Creation) throws(InductError) -> TransformerOptions {
        guard let schema = creation.schema else {
            throw InductError(.internal, "transformer was created without a schema")
        }
        let input = try InputKind(schema)
        let vocabulary: Int? =
            switch input {
            case .tokens(let index): schema.tensors[index].limit
            case .examples(let examples):
                switch examples.answers {
                case .labels(let index): schema.tensors[index].limit
                case .values: 0
                }
            }
        return try TransformerOptions(
            creation.configuration, input: input, vocabulary: vocabulary ?? schema.classes, schema: schema,
            length: creation.length)
    }

    private init(
        _ configuration: Configuration, input: InputKind, vocabulary: Int, schema: Schema, length: Int
    ) throws(InductError) {
        layers = try configuration.integer("layers")
        width = try configuration.integer("width")
        heads = try configuration.integer("heads")
        keyValueHeads = configuration.has("key_value_heads") ? try configuration.integer("key_value_heads") : heads
        let hasHeadSize = configuration.has("head_size")
        headSize = hasHeadSize ? try configuration.integer("head_size") : width / heads
        mlpSize = configuration.has("mlp_size") ? try configuration.integer("mlp_size") : 4 * width
        activation = try Self.choice(configuration, "activation")
        form = try Self.choice(configuration, "block")
        isAttentionOnly = try configuration.boolean("attention_only")
        norm = try Self.choice(configuration, "norm")
        epsilon = Float(try configuration.number("epsilon"))
        positions = try Self.choice(configuration, "positions")
        positionBase = try configuration.number("position_base")
        positionBuckets = try configuration.integer("position_buckets")
        positionReach = try configuration.integer("position_reach")
        dropout = try configuration.number("dropout")
        isTied = try configuration.boolean("tied")
        hasBiases = try configuration.boolean("biases")
        initialiser = try Self.choice(configuration, "initialiser")
        deviation = try configuration.number("initialiser_deviation")
        let embedding = try configuration.string("input_embedding")
        takesInputsAsTheyAre = embedding == "identity"
        self.input = input
        if embedding == "resnet" {
            imageNetwork = try ResidualNetwork(
                input.examples?.image, blocks: try configuration.integers("resnet_blocks"),
                channels: try configuration.integers("resnet_channels"))
        }
        self.vocabulary = vocabulary
        classes = schema.width
        isRegression = schema.task == .regression
        if case .examples(let examples) = input { maximumLength = examples.length } else { maximumLength = length }

        guard hasHeadSize || width % heads == 0 else {
            throw InductError.invalid(
                "width=\(width) is not a multiple of heads=\(heads): change one of them, or give head_size"
            )
        }
        guard headSize <= Self.largestHead else {
            throw InductError.invalid(
                "width=\(width) and heads=\(heads) make heads of \(headSize) columns, and the attention kernels take "
                    + "\(Self.largestHead) at most: use more heads, or give head_size"
            )
        }
        guard heads % keyValueHeads == 0 else {
            throw InductError.invalid(
                "heads=\(heads) is not a multiple of key_value_heads=\(keyValueHeads)")
        }
        guard positions != .rotary || headSize % 2 == 0 else {
            throw InductError.invalid(
                "positions=rotary needs an even head size, and it is \(headSize): give head_size")
        }
        guard positions != .t5 || positionReach > positionBuckets / 2 else {
            throw InductError.invalid(
                "position_reach=\(positionReach) must be greater than half of position_buckets=\(positionBuckets): "
                    + "distances up to that have a bucket each")
        }
        if let examples {
            guard !isTied else {
                throw InductError.invalid("tied=true needs tokens, and this source gives examples")
            }
            guard !takesInputsAsTheyAre || examples.features == width else {
                throw InductError.invalid(
                    "input_embedding=identity needs inputs of width=\(width), and they have \(examples.features) floats: "
                        + "change width, or let input_embedding=linear")
            }
        }
        guard !isTied || vocabulary == classes else {
            throw InductError.invalid(
                "tied=true needs as many classes as tokens, but the source has \(classes) and \(vocabulary)"
            )
        }
        guard vocabulary > 0 || isRegression, classes > 0 && length > 0 else {
            throw InductError.invalid(
                "a vocabulary of \(vocabulary), \(classes) classes and length \(length) leave nothing to learn"
            )
        }
    }

    /// The largest head that every variant of the attention kernels takes; see induct_attention.
    private static let largestHead = 2048

    private static func choice<Choice: RawRepresentable<String>>(
        _ configuration: Configuration, _ name: String
    ) throws(InductError) -> Choice {
        let value = try configuration.string(name)
        guard let choice = Choice(rawValue: value) else {
            throw InductError.invalid("\(name)=\"\(value)\" is not a choice")
        }
        return choice
    }
}

extension InputKind {
    /// Finds what the transformer reads.
    ///
    /// - Throws: `InductError` for a source with other inputs, or another task.
    fileprivate init(_ schema: Schema) throws(InductError) {
        let inputs = schema.tensors.indices.filter { schema.tensors[$0].role == .input }
        let names = inputs.map { schema.tensors[$0].name }
        if schema.task == .nextToken, names == ["tokens"], let index = inputs.first,
            schema.tensors[index].type == .int32
        {
            self = .tokens(index)
        } else if schema.task != .nextToken, Set(names) == ["inputs", Examples.answers(to: schema.task)],
            inputs.count == 2, let examples = Examples(schema)
        {
            self = .examples(examples)
        } else {
            throw InductError.invalid(
                "it reads \"tokens\" and predicts the next one, or \"inputs\" [batch, items, ...] with \"labels\" or, for a "
                    + "regression, \"values\" [batch, items - 1] and predicts those of the query, or of every input, but "
                    + "this source's inputs are "
                    + "(\(names.joined(separator: ", "))) and its task is \(schema.task): choose an architecture for "
                    + "that task")
        }
    }
}

extension Examples {
    /// What the context's answers are called.
    fileprivate static func answers(to task: Task) -> String { task == .regression ? "values" : "labels" }

    /// nil where types or shapes are others, or neither the query nor every input is predicted from.
    fileprivate init?(_ schema: Schema) {
        let isRegression = schema.task == .regression
        guard let inputs = schema.index(of: "inputs"),
            let answers = schema.index(of: Self.answers(to: schema.task))
        else { return nil }
        let (x, y) = (schema.tensors[inputs], schema.tensors[answers])
        guard x.type == .float32, y.type == (isRegression ? .float32 : .int32), x.shape.count >= 3,
            y.shape.count == 2, case .constant(let items) = x.shape[1], items >= 1,
            y.shape[1] == .constant(items - 1),
            schema.positions == .constant(1) || schema.positions == .constant(items)
        else { return nil }
        var sizes: [Int] = []
        for dimension in x.shape.dropFirst(2) {
            guard case .constant(let size) = dimension, size > 0 else { return nil }
            sizes.append(size)
        }
        let image: ImageShape? =
            sizes.count == 2 || sizes.count == 3
            ? ImageShape(height: sizes[0], width: sizes[1], channels: sizes.count == 3 ? sizes[2] : 1) : nil
        self.init(
            inputs: inputs, answers: isRegression ? .values(answers) : .labels(answers),
            predictsAll: schema.positions == .constant(items) && items > 1, items: items,
            features: sizes.reduce(1, *), image: image)
    }
}

extension ResidualNetwork {
    /// - Throws: `InductError` where there are no images, or blocks and channels do not fit together.
    fileprivate init(_ image: ImageShape?, blocks: [Int], channels: [Int]) throws(InductError) {
        guard let image else {
            throw InductError.invalid(
                "input_embedding=resnet reads images, \"inputs\" [batch, items, height, width] or with channels after "
                    + "them, and this source gives none: let input_embedding=linear")
        }
        guard blocks.count == channels.count else {
            throw InductError.invalid(
                "resnet_blocks has \(blocks.count) groups and resnet_channels \(channels.count): give as many of both")
        }
        self.init(image, name: "embedding.inputs", groups: zip(blocks, channels).map { ($0, $1) })
    }
}
