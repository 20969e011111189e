// SPDX-License-Identifier: Apache-2.0

import InductCore

/// An architecture's part in the passes over one shard.
final class LeafPass: NodePass {
    let isTrained: Bool
    let outputs: UnsafeMutablePointer<Float>
    let predictions: UnsafeMutablePointer<Float>
    let losses: UnsafeMutablePointer<Float>?

    private let architecture: any Architecture
    private var pass: Pass
    private let loss: LossFunction
    private let positions: Int
    private let targets: UnsafeRawPointer
    private let weights: UnsafePointer<Float>?
    /// Whether predictions are the softmax of the outputs.
    private let needsSoftmax: Bool
    private let firstRow: Int
    private let workspaceOffset: Int
    private let gradientOffset: Int

    init(_ leaf: ModelLeaf, _ setting: PassSetting, _ buffers: NodeBuffers, _ plan: inout MemoryPlan) {
        architecture = leaf.architecture
        isTrained = leaf.isTrained && setting.gradients != nil
        outputs = setting.floats(buffers.outputs)
        needsSoftmax = buffers.probabilities != nil
        predictions = buffers.probabilities.map(setting.floats) ?? outputs
        losses = buffers.losses.map(setting.floats)
        loss = setting.loss(leaf.architecture.output)
        positions = setting.positions
        targets = setting.targets
        weights = setting.weights
        pass = setting.pass(leaf, outputs: outputs)
        firstRow = setting.rows.lowerBound
        workspaceOffset = plan.reserve(pass.workspaceSize)
        gradientOffset = plan.reserve(floats: isTrained ? positions * setting.model.width : 0)
    }

    func forward(_ call: PassCall) throws(PluginFailure) {
        pass.prepare(call, row: firstRow, workspaceOffset)
        try architecture.forward(pass)
        try OutputLaws.check(outputs, rows: positions, width: loss.width, of: architecture)
        if needsSoftmax { loss.kernels.softmax(rows: positions, columns: loss.width, outputs, predictions) }
    }

    func computeLosses() {
        loss.evaluate(
            rows: positions, outputs: outputs, targets: targets, weights: weights, scale: 0, losses: losses,
            gradients: nil)
    }

    func learn(_ call: PassCall) throws(PluginFailure) {
        guard isTrained else { return computeLosses() }
        let gradients = call.floats(gradientOffset)
        loss.evaluate(
            rows: positions, outputs: outputs, targets: targets, weights: weights, scale: call.scale, losses: losses,
            gradients: gradients)
        pass.outputGradients = UnsafePointer(gradients)
        try architecture.backward(pass)
    }

    func backward(_ predictionGradients: UnsafeMutablePointer<Float>, _ call: PassCall) throws(PluginFailure) {
        guard isTrained else { return }
        if needsSoftmax {
            loss.kernels.softmaxBackward(
                rows: positions, columns: loss.width, outputs: predictions, gradients: predictionGradients)
        }
        pass.outputGradients = UnsafePointer(predictionGradients)
        try architecture.backward(pass)
    }
}

extension Pass {
    /// Fills in what changes from run to run.
    mutating func prepare(_ call: PassCall, row: Int, _ workspaceOffset: Int) {
        slot = call.slot
        first = call.firstSample + UInt64(row)
        step = call.step
        seed = call.seed
        workspace = call.memory + workspaceOffset
    }
}
