// SPDX-License-Identifier: Apache-2.0

import CInduct

/// What an architecture's outputs are.
public enum OutputKind: UInt32, Sendable {
    /// Unnormalised log-probabilities.
    case logits = 0
    /// Non-negative, each row sums to 1.
    case probabilities = 1
    /// Regression.
    case values = 2
}

/// A named place inside an architecture that a pass can read or change.
public struct Point: Sendable, Equatable {
    /// "blocks.0.residual".
    public var name: String
    /// With the symbols `batch` and `length`.
    public var shape: [Dimension]

    /// Names a place.
    public init(_ name: String, _ shape: [Dimension]) {
        self.name = name
        self.shape = shape
    }
}

/// A model that predicts: its outputs are `[count, P, classes]`, or `[count, P, outputs]` for regression.
///
///     final class Bigram: Architecture {
///         static let name = "bigram"
///         static let summary = "a table of next-token logits"
///         let classes: Int
///         init(_ creation: Creation) throws { classes = creation.schema?.classes ?? 0 }
///         var output: OutputKind { .logits }
///         var modelParameters: [ModelParameter] { [ModelParameter("table", [classes, classes], .zeros)] }
///         func forward(_ pass: borrowing Pass) throws { ... }
///         func backward(_ pass: borrowing Pass) throws { ... }
///     }
public protocol Architecture: Model {
    /// What the outputs are.
    var output: OutputKind { get }
    /// Points that requests may read, `[batch, length, width]`; none unless said otherwise.
    var activations: [Point] { get }
    /// Attention patterns that requests may read, `[batch, heads, length, length]`, rows are queries.
    var attention: [Point] { get }
    /// Points that requests may replace or add to.
    var interventions: [Point] { get }
}

extension Architecture {
    /// None.
    public var activations: [Point] { [] }
    /// None.
    public var attention: [Point] { [] }
    /// None.
    public var interventions: [Point] { [] }
    /// Crosses the border as `induct.architecture/1`.
    public static var border: PartBorder { .architecture }
}

/// A model that weighs K experts: its outputs are `[count, P, K]`, non-negative, each row sums to 1.
///
/// The experts' predictions enter without gradient. `Creation.expertCount` is K.
public protocol Gate: Model {}

extension Gate {
    /// Crosses the border as `induct.gate/1`.
    public static var border: PartBorder { .gate }
}
