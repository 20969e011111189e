// SPDX-License-Identifier: Apache-2.0

import CInduct

/// What an evaluator may ask to see of a pass.
public struct EvaluationItems: OptionSet, Sendable {
    /// The INDUCT_ITEM flags of evaluator.h.
    public let rawValue: UInt32

    /// From the INDUCT_ITEM flags of evaluator.h.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Log-probabilities, or values.
    public static let predictions = Self(rawValue: INDUCT_ITEM_PREDICTIONS)
    /// By predicted position.
    public static let losses = Self(rawValue: INDUCT_ITEM_LOSSES)
    /// The Bayes-optimal predictive law.
    public static let oracle = Self(rawValue: INDUCT_ITEM_ORACLE)
    /// Of the oracle.
    public static let belief = Self(rawValue: INDUCT_ITEM_BELIEF)
    /// Of the oracle, over components.
    public static let posterior = Self(rawValue: INDUCT_ITEM_POSTERIOR)
    /// The model's parameters.
    public static let parameters = Self(rawValue: INDUCT_ITEM_PARAMETERS)
    /// The weights of the outermost gate.
    public static let gate = Self(rawValue: INDUCT_ITEM_GATE)
    /// Of the experts under the outermost gate, each by itself.
    public static let expertLosses = Self(rawValue: INDUCT_ITEM_EXPERT_LOSSES)
}

/// A pass that an evaluator needs.
public struct EvaluationNeed: Sendable {
    /// Where its samples come from.
    public enum Stream: Equatable, Sendable {
        /// Fresh samples of a view; nil: the one the recipe names.
        case view(String?)
        /// The training batches themselves, as they pass.
        case training
    }

    /// Where its samples come from.
    public var stream: Stream
    /// What it wants to see.
    public var items: EvaluationItems
    /// Activations and attention to read; "*" stands for any characters, and such a name means every activation of
    /// shape `[batch, length, width]` that it fits.
    public var points: [String]
    /// What it would like to see where it exists.
    public var optionalItems: EvaluationItems
    /// True: the untrained model, as its initialisers fill it from the run's seed.
    public var isUntrained: Bool

    /// Describes a pass.
    public init(
        _ items: EvaluationItems, optional optionalItems: EvaluationItems = [], points: [String] = [],
        stream: Stream = .view(nil), isUntrained: Bool = false
    ) {
        self.stream = stream
        self.items = items
        self.points = points
        self.optionalItems = optionalItems
        self.isUntrained = isUntrained
    }
}

/// A measurement of a model.
///
/// It states the passes that it needs and never calls back; the host makes them, merges equal ones, and hands the samples
/// over in parts. What the evaluator has seen so far is a value of its own: parts may be consumed by several threads, each
/// with its own accumulator, which are then merged in sample order.
///
///     struct MeanLoss: Evaluator {
///         static let name = "mean-loss"
///         static let summary = "mean loss over all positions"
///         init(_ creation: Creation) throws {}
///         let needs = [EvaluationNeed(.losses)]
///         func begin() -> Sum { Sum() }
///     }
public protocol Evaluator: PluginPart, Sendable {
    /// What it has seen so far.
    associatedtype Accumulator: EvaluationAccumulator
    /// The passes it needs; the same at every call.
    var needs: [EvaluationNeed] { get }
    /// A new, empty accumulator.
    func begin() throws -> Accumulator
}

/// What an evaluator has seen so far.
public protocol EvaluationAccumulator {
    /// Takes in a part of the samples.
    mutating func consume(_ batch: borrowing EvaluationBatch) throws
    /// Adds what `other` has seen, whose samples come after.
    mutating func merge(_ other: Self) throws
    /// The metrics of what was seen.
    func finish() throws -> [Metric]
}

extension Evaluator {
    /// Crosses the border as `induct.evaluator/1`.
    public static var border: PartBorder { .evaluator }
}
