// SPDX-License-Identifier: Apache-2.0

import CInduct

/// What the residual stream's branches are normalised with.
enum Norm: String {
    case layer = "layer-norm"
    case rootMeanSquare = "rms-norm"
}

/// How a token's place in the sequence enters.
enum Positions: String {
    case learned
    case sinusoidal
    case rotary
    /// Scores fall in proportion to the distance, by a slope of each head's own (Press et al. 2022).
    case alibi
    /// A learned number for each head and bucket of distances is added to the scores (Raffel et al. 2020).
    case t5
    case none
}

/// How attention and MLP are put together with the residual stream.
enum BlockForm: String {
    /// Each branch reads a norm of the stream (Radford et al. 2019).
    case preNorm = "pre-norm"
    /// The stream itself is normalised after each branch (Vaswani et al. 2017).
    case postNorm = "post-norm"
    /// Both branches read one norm of the block's input (Wang and Komatsuzaki 2021, GPT-J; Chowdhery et al. 2022, PaLM).
    case parallel
}

/// The unit between the two layers of the MLP.
enum Activation: String {
    case gelu
    case relu
    case silu
    case geglu
    case swiglu

    /// Whether the first layer gives a gate beside the values it multiplies (Shazeer 2020).
    var isGated: Bool { self == .geglu || self == .swiglu }

    /// The function on the values, or on the gate.
    var kernel: UInt32 {
        switch self {
        case .gelu, .geglu: INDUCT_ACTIVATION_GELU
        case .relu: INDUCT_ACTIVATION_RELU
        case .silu, .swiglu: INDUCT_ACTIVATION_SILU
        }
    }
}

/// What the weights are drawn from.
enum InitialiserScheme: String {
    /// N(0, deviation^2) for every matrix (Radford et al. 2019).
    case normal
    /// U(-b, b), b = sqrt(6 / (inputs + outputs)), for linear layers (Glorot and Bengio 2010).
    case xavierUniform = "xavier-uniform"
    /// Truncated normal of variance 1 / inputs for linear layers (LeCun et al. 1998, as JAX draws it).
    case lecunNormal = "lecun-normal"
}

/// What a pair of a context says about its input.
enum Answers {
    /// Index of "labels", int32 `[batch, items - 1]`, in the schema.
    case labels(Int)
    /// Index of "values", float32 `[batch, items - 1]`.
    case values(Int)
}

/// Examples as they arrive: a context of pairs, then a query without its label or value.
struct Examples {
    /// Index of "inputs", float32 `[batch, items, features]`, in the schema.
    var inputs: Int
    var answers: Answers
    /// Whether something is predicted at every input, from the pairs before it; else at the query alone.
    var predictsAll: Bool
    /// Pairs of the context, and the query.
    var items: Int
    /// Floats of one input.
    var features: Int
    /// nil: inputs are not images.
    var image: ImageShape?

    /// Rows of the stream for one sample: x_0, y_0, x_1, y_1, ..., x_query.
    var length: Int { 2 * items - 1 }
    /// Predicted positions P of one sample.
    var positions: Int { predictsAll ? items : 1 }

    /// The row of the stream, within a sample's, that a position is predicted from.
    func row(of position: Int) -> Int { predictsAll ? 2 * position : length - 1 }
}

/// What the model reads.
enum InputKind {
    /// Index of "tokens", int32 `[batch, length]`, in the schema; each predicts the next.
    case tokens(Int)
    /// Classes or values of inputs are predicted.
    case examples(Examples)

    /// nil: tokens.
    var examples: Examples? { if case .examples(let examples) = self { examples } else { nil } }
}

/// Every choice that shapes the model, checked for consistency.
struct TransformerOptions {
    var layers: Int
    var width: Int
    var heads: Int
    var keyValueHeads: Int
    var headSize: Int
    var mlpSize: Int
    var activation: Activation
    var form: BlockForm
    /// Blocks have no MLP.
    var isAttentionOnly: Bool
    var norm: Norm
    var epsilon: Float
    var positions: Positions
    var positionBase: Double
    /// Buckets of distances of `positions = t5`, and the distance from which on all share the last.
    var positionBuckets: Int
    var positionReach: Int
    /// Probability that an element is dropped when training.
    var dropout: Double
    var isTied: Bool
    var hasBiases: Bool
    var initialiser: InitialiserScheme
    var deviation: Double
    var input: InputKind
    /// Whether inputs enter the stream as they are, without a linear layer.
    var takesInputsAsTheyAre: Bool
    /// What images go through before that layer; nil: inputs are vectors.
    var imageNetwork: ResidualNetwork?
    /// V, rows of the table of tokens, or of labels; 0 where values come in their place.
    var vocabulary: Int
    /// Floats given per predicted position: classes, or the outputs of a regression.
    var classes: Int
    /// Whether these are values, not logits.
    var isRegression: Bool
    /// The longest sequence.
    var maximumLength: Int

    /// nil: the model reads tokens.
    var examples: Examples? { input.examples }
    /// Rows of learned and sinusoidal positions; the two parts of a pair share one.
    var places: Int { examples?.items ?? maximumLength }

    /// Columns of the projected queries.
    var queryColumns: Int { heads * headSize }
    /// Columns of the projected keys, and of the values.
    var keyValueColumns: Int { keyValueHeads * headSize }
    /// Columns of queries, keys and values side by side.
    var projectedColumns: Int { queryColumns + 2 * keyValueColumns }
    /// Columns that the MLP's first layer gives.
    var expandedColumns: Int { activation.isGated ? 2 * mlpSize : mlpSize }
    /// Whether the stream is normalised before the unembedding; a post-norm block has done so already.
    var hasFinalNorm: Bool { form != .postNorm }
}
