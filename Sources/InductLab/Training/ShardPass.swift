// SPDX-License-Identifier: Apache-2.0

import InductCore

/// One shard of the training batch: its rows, its gradients, and what came of its last pass.
final class ShardPass: @unchecked Sendable {
    let rows: Range<Int>
    let gradients: ParameterArena
    /// Bytes of a worker's memory that a pass needs.
    let memoryBytes: Int
    /// Sum of the weighted losses of the last pass, and of the weights.
    private(set) var lossSum = 0.0
    private(set) var weightSum = 0.0
    private(set) var failure: PluginFailure?

    private let root: any NodePass
    private let losses: UnsafeMutablePointer<Float>
    private let weights: UnsafePointer<Float>?
    private let positions: Int

    init(_ setting: PassSetting, _ buffers: NodeBuffers) {
        guard let gradients = setting.gradients, let losses = buffers.losses else {
            preconditionFailure("a training pass has gradients and losses")
        }
        var plan = MemoryPlan()
        root = setting.model.root.pass(setting, buffers, &plan)
        memoryBytes = plan.bytes
        rows = setting.rows
        self.gradients = gradients
        self.losses = setting.floats(losses)
        weights = setting.weights
        positions = setting.positions
    }

    /// Forward pass, loss and backward pass over the rows, which are filled in by `fill` first.
    func run(_ call: PassCall, fill: (Range<Int>) throws(PluginFailure) -> Void) {
        failure = nil
        do throws(PluginFailure) {
            try fill(rows)
            try root.forward(call)
            try root.learn(call)
        } catch {
            failure = error
            return
        }
        lossSum = 0
        if let weights {
            weightSum = 0
            for position in 0..<positions where weights[position] != 0 {
                weightSum += Double(weights[position])
                lossSum += Double(weights[position]) * Double(losses[position])
            }
        } else {
            weightSum = Double(positions)
            for position in 0..<positions { lossSum += Double(losses[position]) }
        }
    }
}
