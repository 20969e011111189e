// SPDX-License-Identifier: Apache-2.0

/// What an evaluator may ask to see of a pass.
package struct EvaluationItems: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Log-probabilities, or values.
    package static let predictions = Self(rawValue: 1)
    package static let losses = Self(rawValue: 2)
    package static let oracle = Self(rawValue: 4)
    package static let belief = Self(rawValue: 8)
    package static let posterior = Self(rawValue: 16)
    package static let parameters = Self(rawValue: 32)
    /// The weights of the outermost gate.
    package static let gate = Self(rawValue: 64)
    /// Of the experts under the outermost gate, each by itself.
    package static let expertLosses = Self(rawValue: 128)
}

/// A pass that an evaluator needs.
package struct EvaluationNeed: Hashable, Sendable {
    package enum Stream: Int, Hashable, Sendable {
        case view
        case training
    }

    /// Which parameters the model has in the pass.
    package enum Parameters: Int, Hashable, Sendable {
        case current
        /// The untrained model: as its initialisers fill it from the run's seed.
        case initial
    }

    package var stream: Stream
    /// Nil: the one the recipe names.
    package var view: String?
    package var items: EvaluationItems
    /// Names of points, or patterns in which "*" stands for any characters.
    package var points: [String]
    /// Welcome where they exist.
    package var optionalItems: EvaluationItems
    package var parameters: Parameters

    package init(
        stream: Stream, view: String?, items: EvaluationItems, points: [String], optionalItems: EvaluationItems = [],
        parameters: Parameters = .current
    ) {
        self.stream = stream
        self.view = view
        self.items = items
        self.points = points
        self.optionalItems = optionalItems
        self.parameters = parameters
    }
}

/// A part of a need's samples; see induct_evaluation_batch.
///
/// Pointers are borrowed for the call.
package struct EvaluationBatch: @unchecked Sendable {
    package var need = 0
    package var step: UInt64 = 0
    package var first: UInt64 = 0
    package var count = 0
    package var length = 0
    package var positions = 0
    package var classes = 0
    /// In the bound schema's order.
    package var tensors: [TensorSlice?] = []
    /// `[count, P, classes]`.
    package var predictions: UnsafePointer<Float>?
    /// `[count, P]`.
    package var losses: UnsafePointer<Float>?
    /// `[count, P, classes]`.
    package var oracle: UnsafePointer<Double>?
    /// `[count, P, beliefSize]`.
    package var belief: UnsafePointer<Double>?
    /// `[count, P, componentCount]`.
    package var posterior: UnsafePointer<Double>?
    package var beliefSize = 0
    package var componentCount = 0
    /// In the need's order.
    package var points: [TensorSlice] = []
    /// One for each of the points.
    package var pointNames: [String] = []
    /// By entry of a belief; nil: not known, or one component.
    package var componentOfBelief: [UInt32]?
    package var parameterDescriptions: [ParameterDescription] = []
    package var parameters: [UnsafePointer<Float>] = []
    /// `[count, P, expertCount]`.
    package var gate: UnsafePointer<Float>?
    /// `[count, P, expertCount]`.
    package var expertLosses: UnsafePointer<Float>?
    package var expertCount = 0

    package init() {}
}

/// An evaluator, as the rest of the host sees it: evaluator.h in Swift.
package protocol Evaluator: AnyObject, Sendable {
    /// How the user would write it, with its resolved parameters.
    var spec: String { get }
    var needs: [EvaluationNeed] { get }
    /// A new, empty accumulator.
    func begin() throws(PluginFailure) -> any EvaluationAccumulator
}

/// What an evaluator has seen so far.
package protocol EvaluationAccumulator: AnyObject {
    func consume(_ batch: EvaluationBatch) throws(PluginFailure)
    /// Adds what `other`, of the same evaluator, has seen; merges happen in sample order.
    func merge(_ other: any EvaluationAccumulator) throws(PluginFailure)
    func finish() throws(PluginFailure) -> [Metric]
}
