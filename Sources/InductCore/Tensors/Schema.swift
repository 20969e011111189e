// SPDX-License-Identifier: Apache-2.0

/// A dimension of a tensor's shape: a symbol or a constant.
package enum Dimension: Equatable, Sendable {
    case batch
    case length
    case constant(Int)

    /// The number it stands for.
    package func bound(batch: Int, length: Int) -> Int {
        switch self {
        case .batch: batch
        case .length: length
        case .constant(let value): value
        }
    }
}

/// What a tensor is for.
package enum TensorRole: Int, Sendable {
    case input
    case target
    case weight
    case key
    case info
}

/// What is learned from a source.
package enum Task: Int, Sendable {
    case nextToken
    case classification
    case regression
}

/// How predictions are scored.
package enum Loss: Int, Sendable {
    case crossEntropy = 1
    case squaredError = 2
}

/// One tensor that a source delivers.
package struct TensorSchema: Equatable, Sendable {
    /// snake_case, unique in the schema.
    package var name: String
    package var type: ElementType
    package var role: TensorRole
    /// The first dimension is `.batch`.
    package var shape: [Dimension]
    /// For int32: values lie in `[0, limit)`; nil when not stated.
    package var limit: Int?

    package init(name: String, type: ElementType, role: TensorRole, shape: [Dimension], limit: Int? = nil) {
        self.name = name
        self.type = type
        self.role = role
        self.shape = shape
        self.limit = limit
    }
}

/// What a source delivers and what is learned from it.
package struct Schema: Equatable, Sendable {
    package var task: Task
    package var loss: Loss
    package var tensors: [TensorSchema]
    /// Number of classes; the vocabulary of a next-token source; 0 for regression.
    package var classes: Int
    /// Regression: floats per position, else 0.
    package var outputs: Int
    /// Predicted positions P.
    package var positions: Dimension
    /// nil: no limit.
    package var maximumLength: Int?
    /// Leading tokens that are the same in every sequence: 0, or 1 for a begin-of-sequence token.
    package var beginTokens: Int

    package init(
        task: Task, loss: Loss, tensors: [TensorSchema], classes: Int, outputs: Int = 0, positions: Dimension,
        maximumLength: Int? = nil, beginTokens: Int = 0
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

    /// Floats that an architecture gives per predicted position.
    package var width: Int { task == .regression ? outputs : classes }

    package func index(of name: String) -> Int? { tensors.firstIndex { $0.name == name } }

    /// What an architecture, gate or evaluator sees of the source, `length` bound to the model's `length`.
    ///
    /// For next-token sources the tokens are split in two: input "tokens" `[batch, length]` and target "targets"
    /// `[batch, length]`, appended last; other tensors with a `length` dimension are shifted by one (see schema.h).
    package func bound(length: Int) -> Schema {
        var schema = self
        if task == .nextToken {
            schema.tensors.append(
                TensorSchema(name: "targets", type: .int32, role: .target, shape: [.batch, .length], limit: classes))
        }
        let bind: (Dimension) -> Dimension = { $0 == .length ? .constant(length) : $0 }
        for i in schema.tensors.indices { schema.tensors[i].shape = schema.tensors[i].shape.map(bind) }
        schema.positions = bind(positions)
        return schema
    }

    /// The length a source is asked for when the model predicts `length` positions: one more for next-token sources.
    package func sourceLength(for length: Int) -> Int { task == .nextToken ? length + 1 : length }
}
