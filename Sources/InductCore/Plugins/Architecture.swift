// SPDX-License-Identifier: Apache-2.0

/// How a parameter is filled at the start.
package enum Initialiser: Equatable, Sendable {
    case zeros
    case constant(Double)
    case normal(mean: Double, deviation: Double)
    case uniform(low: Double, high: Double)
    case truncatedNormal(mean: Double, deviation: Double)
}

/// One float32 parameter of an architecture or gate.
package struct ParameterDescription: Equatable, Sendable {
    package var name: String
    package var shape: [Int]
    package var initialiser: Initialiser
    package var isFrozen: Bool
    package var isDecayed: Bool
    /// State of an online rule: written by `observe`, never by the optimiser.
    package var isOnline: Bool

    package init(
        name: String, shape: [Int], initialiser: Initialiser, isFrozen: Bool = false, isDecayed: Bool = true,
        isOnline: Bool = false
    ) {
        self.name = name
        self.shape = shape
        self.initialiser = initialiser
        self.isFrozen = isFrozen
        self.isDecayed = isDecayed
        self.isOnline = isOnline
    }

    package var count: Int { shape.reduce(1, *) }
    package var isTrained: Bool { !isFrozen && !isOnline }
}

/// What an architecture's outputs are.
package enum OutputKind: Int, Sendable {
    case logits
    case probabilities
    case values
}

package enum PassMode: Int, Sendable {
    case train
    case evaluate
}

/// A named place inside an architecture that a pass can read or change.
package struct Point: Equatable, Sendable {
    package var name: String
    package var shape: [Dimension]

    package init(name: String, shape: [Dimension]) {
        self.name = name
        self.shape = shape
    }
}

/// A wish to see or change a point within a pass.
package struct PassRequest: @unchecked Sendable {
    package enum Action: Int, Sendable {
        case read
        case replace
        case add
    }

    package var action: Action
    package var point: String
    package var tensor: TensorSlice
    /// `[count, length]`; changes happen where it is not 0; nil = everywhere.
    package var mask: UnsafePointer<Float>?

    package init(action: Action, point: String, tensor: TensorSlice, mask: UnsafePointer<Float>? = nil) {
        self.action = action
        self.point = point
        self.tensor = tensor
        self.mask = mask
    }
}

/// One pass over a shard, forward or backward; see induct_pass.
///
/// Built once per slot by the training loop and changed in place, so that a step allocates nothing.
package struct Pass: @unchecked Sendable {
    package var mode = PassMode.train
    package var slot = 0
    /// Backward: add to the gradients instead of writing them.
    package var accumulate = false
    package var step: UInt64 = 0
    package var seed: UInt64 = 0
    /// Index of the first row within the whole batch.
    package var first: UInt64 = 0
    package var count = 0
    package var length = 0
    /// In the bound schema's order; only inputs, the others nil.
    package var tensors: [TensorSlice?] = []
    package var parameters: [UnsafePointer<Float>] = []
    package var workspace: UnsafeMutableRawPointer?
    package var workspaceSize = 0
    package var outputs: UnsafeMutablePointer<Float>?
    package var outputGradients: UnsafePointer<Float>?
    /// By parameter; nil for those that are not trained.
    package var gradients: [UnsafeMutablePointer<Float>?] = []
    /// Gates: the experts' predictions `[count, P, width]`, probabilities or values.
    package var experts: [UnsafePointer<Float>] = []
    package var requests: [PassRequest] = []

    package init() {}
}

/// What an online rule sees once a step: the whole batch, in sample order.
package struct Observation: @unchecked Sendable {
    package var step: UInt64
    package var count: Int
    package var length: Int
    /// In the bound schema's order, targets and keys included.
    package var tensors: [TensorSlice?]
    /// All parameters; only those flagged online may be written.
    package var parameters: [UnsafeMutablePointer<Float>]
    package var outputs: UnsafePointer<Float>
    /// Gates: `[count, P, K]`.
    package var expertLosses: UnsafePointer<Float>?
    package var expertCount: Int

    package init(
        step: UInt64, count: Int, length: Int, tensors: [TensorSlice?], parameters: [UnsafeMutablePointer<Float>],
        outputs: UnsafePointer<Float>, expertLosses: UnsafePointer<Float>? = nil, expertCount: Int = 0
    ) {
        self.step = step
        self.count = count
        self.length = length
        self.tensors = tensors
        self.parameters = parameters
        self.outputs = outputs
        self.expertLosses = expertLosses
        self.expertCount = expertCount
    }
}

/// An architecture or a gate, as the rest of the host sees it: architecture.h and gate.h in Swift.
///
/// A gate's outputs are the weights of K experts, `[count, P, K]`, rows that sum to 1.
package protocol Architecture: AnyObject, Sendable {
    /// How the user would write it, with its resolved parameters.
    var spec: String { get }
    var output: OutputKind { get }
    var parameters: [ParameterDescription] { get }
    /// False: there is no backward pass.
    var isDifferentiable: Bool { get }

    /// Bytes of workspace that a pass over `count` rows of `length` items needs.
    func workspaceSize(mode: PassMode, count: Int, length: Int) -> Int
    /// Bytes that every slot of such a pass takes in a process of its own; 0 for what runs in this one, nil where that
    /// process does not say.
    func remoteWorkspaceSize(mode: PassMode, count: Int, length: Int) -> Int?
    /// Writes `[count, P, width]` outputs. Slots may run side by side; the allocation-free path of training.
    func forward(_ pass: borrowing Pass) throws(PluginFailure)
    /// Follows the `forward` of its slot.
    func backward(_ pass: borrowing Pass) throws(PluginFailure)

    /// Whether it learns from the stream by `observe`.
    var isOnline: Bool { get }
    func observe(_ observation: Observation) throws(PluginFailure)

    /// Points that requests may read; attention patterns are `[batch, heads, length, length]`.
    var activations: [Point] { get }
    var attention: [Point] { get }
    /// Points that requests may change.
    var interventions: [Point] { get }
}

extension Architecture {
    /// It runs in this process.
    package func remoteWorkspaceSize(mode: PassMode, count: Int, length: Int) -> Int? { 0 }
}
