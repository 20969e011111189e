// SPDX-License-Identifier: Apache-2.0

/// What a pass is for.
public enum PassMode: UInt32, Sendable {
    /// `backward` may follow.
    case train = 0
    /// Nothing is kept for a backward pass; no dropout.
    case evaluate = 1
}

/// What architectures and gates have in common: parameters, which the host owns, and the passes over them.
///
/// Everything that a pass writes lies in the pass itself (outputs, gradients, workspace), so a type without mutable state
/// of its own needs no locks. Passes should not allocate: the workspace is there for that.
public protocol Model: PluginPart, Sendable {
    /// In the order in which passes see them; the same at every call.
    var modelParameters: [ModelParameter] { get }

    /// Whether there is a backward pass; true unless said otherwise.
    var isDifferentiable: Bool { get }

    /// Bytes of workspace that a pass over `count` rows of `length` items needs; none unless said otherwise.
    func workspaceSize(mode: PassMode, count: Int, length: Int) -> Int

    /// Writes every output.
    func forward(_ pass: borrowing Pass) throws

    /// Writes, or adds when `pass.accumulates`, every gradient. Follows the `forward` of its slot, with the same tensors
    /// and the workspace untouched in between.
    func backward(_ pass: borrowing Pass) throws
}

extension Model {
    /// It has a backward pass.
    public var isDifferentiable: Bool { true }
    /// No workspace.
    public func workspaceSize(mode: PassMode, count: Int, length: Int) -> Int { 0 }
}

/// A model that also learns from the stream itself, once a step: tables of counts, Hedge.
///
/// What it remembers lives in parameters flagged `isOnline`, so that it is saved and resumed with the others.
public protocol OnlineModel: Model {
    /// Takes in the whole batch, in sample order; may write the parameters flagged `isOnline` alone.
    func observe(_ observation: borrowing Observation) throws
}
