// SPDX-License-Identifier: Apache-2.0

import CInduct

/// A dimension of a tensor's shape: a symbol or a constant.
public enum Dimension: Equatable, Sendable {
    /// How many samples there are.
    case batch
    /// How many items a sample has.
    case length
    /// A fixed number.
    case constant(Int)

    /// The number it stands for.
    public func bound(batch: Int, length: Int) -> Int {
        switch self {
        case .batch: batch
        case .length: length
        case .constant(let value): value
        }
    }
}

/// What a tensor is for.
public enum TensorRole: UInt32, Sendable {
    /// The model sees it.
    case input = 0
    /// Class ids, or floats for regression.
    case target
    /// float32 by predicted position; 0: no loss there.
    case weight
    /// For online rules.
    case key
    /// For evaluators; never shown to architectures.
    case info
}

/// What is learned from a source.
public enum Task: UInt32, Sendable {
    /// Each token from those before it.
    case nextToken = 0
    /// A class for every predicted position.
    case classification
    /// Floats for every predicted position.
    case regression
}

/// How predictions are scored.
public enum Loss: UInt32, Sendable {
    /// Cross-entropy, or for regression the squared error.
    case standard = 0
    /// -ln of the predicted probability of the target.
    case crossEntropy
    /// Mean over outputs of (prediction - target)^2.
    case squaredError
}

/// One tensor that a source delivers.
public struct TensorSchema: Equatable, Sendable {
    /// snake_case, unique in the schema.
    public var name: String
    /// float32 or int32.
    public var type: ElementType
    /// What it is for.
    public var role: TensorRole
    /// The first dimension is `.batch`.
    public var shape: [Dimension]
    /// For int32: values lie in `[0, limit)`; nil when not stated.
    public var limit: Int?

    /// Describes a tensor.
    public init(_ name: String, _ type: ElementType, _ role: TensorRole, shape: [Dimension], limit: Int? = nil) {
        self.name = name
        self.type = type
        self.role = role
        self.shape = shape
        self.limit = limit
    }
}

/// What a source delivers and what is learned from it.
public struct Schema: Equatable, Sendable {
    /// What is learned.
    public var task: Task
    /// How it is scored.
    public var loss: Loss
    /// The tensors of a batch, in order.
    public var tensors: [TensorSchema]
    /// Number of classes; the vocabulary of a next-token source; 0 for regression.
    public var classes: Int
    /// Regression: floats per position, else 0.
    public var outputs: Int
    /// Predicted positions P.
    public var positions: Dimension
    /// nil: no limit.
    public var maximumLength: Int?
    /// Leading tokens that are the same in every sequence: 0, or 1 for a begin-of-sequence token.
    public var beginTokens: Int

    /// Describes a source.
    public init(
        task: Task, loss: Loss = .standard, tensors: [TensorSchema], classes: Int, outputs: Int = 0,
        positions: Dimension, maximumLength: Int? = nil, beginTokens: Int = 0
    ) {
        self.task = task
        self.loss = loss
        self.tensors = tensors
        self.classes = classes
        self.outputs = outputs
        self.positions = positions
        self.maximumLength = maximumLength
        self.beginTokens = beginTokens
    }

    /// Sequences of tokens in `[0, vocabulary)`, each to be predicted from those before it.
    ///
    /// - Parameters:
    ///   - vocabulary: number of tokens.
    ///   - information: further tensors, for evaluators.
    ///   - maximumLength: nil: no limit.
    ///   - beginTokens: leading tokens that are the same in every sequence, 0 or 1.
    /// - Returns: a schema whose first tensor is "tokens".
    public static func nextToken(
        vocabulary: Int, information: [TensorSchema] = [], maximumLength: Int? = nil, beginTokens: Int = 0
    ) -> Schema {
        let tokens = TensorSchema("tokens", .int32, .input, shape: [.batch, .length], limit: vocabulary)
        return Schema(
            task: .nextToken, tensors: [tokens] + information, classes: vocabulary, positions: .length,
            maximumLength: maximumLength, beginTokens: beginTokens)
    }

    /// Where a tensor stands, by name.
    public func index(of name: String) -> Int? { tensors.firstIndex { $0.name == name } }

    /// Floats that an architecture gives per predicted position.
    public var width: Int { task == .regression ? outputs : classes }

    /// Rows of an oracle's results for every sample: one for each prefix, or one for each predicted position.
    public func prefixes(length: Int) -> Int {
        task == .nextToken ? length + 1 : positions.bound(batch: 0, length: length)
    }
}
