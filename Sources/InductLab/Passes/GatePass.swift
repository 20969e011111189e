// SPDX-License-Identifier: Apache-2.0

import InductCore

/// A gate's part in the passes over one shard: the weights of K experts at every position.
final class GatePass {
    let isTrained: Bool
    /// What it gives, `[positions, K]`; rows sum to 1.
    let weights: UnsafeMutablePointer<Float>
    private let architecture: any Architecture
    private var pass: Pass
    private let firstRow: Int
    private let workspaceOffset: Int
    private let positions: Int

    /// Takes the experts' K predictions `[positions, width]`, probabilities or values.
    init(
        _ leaf: ModelLeaf, _ setting: PassSetting, _ buffers: NodeBuffers, experts: [UnsafePointer<Float>],
        _ plan: inout MemoryPlan
    ) {
        architecture = leaf.architecture
        isTrained = leaf.isTrained && setting.gradients != nil
        weights = setting.floats(buffers.outputs)
        pass = setting.pass(leaf, outputs: weights)
        pass.experts = experts
        firstRow = setting.rows.lowerBound
        positions = setting.positions
        workspaceOffset = plan.reserve(pass.workspaceSize)
    }

    func forward(_ call: PassCall) throws(PluginFailure) {
        pass.prepare(call, row: firstRow, workspaceOffset)
        try architecture.forward(pass)
        try OutputLaws.check(weights, rows: positions, width: pass.experts.count, of: architecture)
    }

    /// Fills the gradients, given d loss / d weights `[positions, K]`.
    func backward(_ gradients: UnsafePointer<Float>) throws(PluginFailure) {
        pass.outputGradients = gradients
        try architecture.backward(pass)
    }
}
