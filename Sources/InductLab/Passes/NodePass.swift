// SPDX-License-Identifier: Apache-2.0

import InductCore

/// One node's part in the passes over one shard; built once, run every step without allocating.
protocol NodePass: AnyObject {
    var isTrained: Bool { get }
    /// `[positions, width]`: what the node's loss is taken of
    var outputs: UnsafeMutablePointer<Float> { get }
    /// `[positions, width]` probabilities or values: what a gate above mixes
    var predictions: UnsafeMutablePointer<Float> { get }
    /// `[positions]`; nil where nobody asks
    var losses: UnsafeMutablePointer<Float>? { get }

    func forward(_ call: PassCall) throws(PluginFailure)
    /// Fills `losses` from the outputs.
    func computeLosses()
    /// Fills `losses`, and the gradients of the mean of this node's own loss.
    func learn(_ call: PassCall) throws(PluginFailure)
    /// Fills the gradients, given d loss / d predictions `[positions, width]`, which it may overwrite.
    func backward(_ predictionGradients: UnsafeMutablePointer<Float>, _ call: PassCall) throws(PluginFailure)
}

extension ModelNode {
    /// This node's part, and that of all nodes below it, in the passes over a shard.
    func pass(_ setting: PassSetting, _ buffers: NodeBuffers, _ plan: inout MemoryPlan) -> any NodePass {
        switch self {
        case .leaf(let leaf):
            return LeafPass(leaf, setting, buffers, &plan)
        case .gated(let experts, let gate, let training):
            guard let gateBuffers = buffers.gate else { preconditionFailure("the buffers are those of another model") }
            return GatedPass(
                experts: zip(experts, buffers.experts).map { $0.pass(setting, $1, &plan) },
                gate: gate, training: training, setting, buffers, gateBuffers, &plan)
        }
    }
}
