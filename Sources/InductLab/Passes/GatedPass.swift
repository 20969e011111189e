// SPDX-License-Identifier: Apache-2.0

import InductCore

/// The part of experts under a gate in the passes over one shard.
///
/// The mixture is p = sum_k alpha_k p_k, of probabilities or values p_k. Experts' predictions enter the gate without
/// gradient.
/// - Joint: d/d alpha_k = (dl/dp) . p_k, d/d p_k = alpha_k dl/dp, with l the mixture's loss or what stands above.
/// - Bi-level: every expert learns from its own loss l_k, whatever stands above; d/d alpha_k = l_k.
///
/// Source: Chan, Chen, György, Schuurmans, "Toward Understanding In-context vs. In-weight Learning", 2025, algorithm 1.
final class GatedPass: NodePass {
    let isTrained: Bool
    let outputs: UnsafeMutablePointer<Float>
    let losses: UnsafeMutablePointer<Float>?
    var predictions: UnsafeMutablePointer<Float> { outputs }

    private let experts: [any NodePass]
    private let gate: GatePass
    private let training: GateTraining
    private let loss: LossFunction
    private let positions: Int
    private let targets: UnsafeRawPointer
    private let weights: UnsafePointer<Float>?
    /// Losses of the experts, `[positions, K]`; nil where nobody asks.
    private let expertLosses: UnsafeMutablePointer<Float>?
    /// d loss / d mixture, d loss / d gate, and one expert's d loss / d predictions.
    private let mixtureOffset: Int
    private let gateOffset: Int
    private let expertOffset: Int

    init(
        experts: [any NodePass], gate: ModelLeaf, training: GateTraining, _ setting: PassSetting,
        _ buffers: NodeBuffers,
        _ gateBuffers: NodeBuffers, _ plan: inout MemoryPlan
    ) {
        self.experts = experts
        self.training = training
        self.gate = GatePass(
            gate, setting, gateBuffers, experts: experts.map { UnsafePointer($0.predictions) }, &plan)
        isTrained = self.gate.isTrained || experts.contains(where: \.isTrained)
        outputs = setting.floats(buffers.outputs)
        losses = buffers.losses.map(setting.floats)
        expertLosses = buffers.expertLosses.map(setting.floats)
        loss = setting.loss(setting.model.schema.task == .regression ? .values : .probabilities)
        positions = setting.positions
        targets = setting.targets
        weights = setting.weights
        let floats = isTrained ? positions * setting.model.width : 0
        mixtureOffset = plan.reserve(floats: floats)
        expertOffset = plan.reserve(floats: floats)
        gateOffset = plan.reserve(floats: isTrained ? positions * experts.count : 0)
    }

    func forward(_ call: PassCall) throws(PluginFailure) {
        for expert in experts { try expert.forward(call) }
        try gate.forward(call)
        let width = loss.width
        for row in 0..<positions {
            let output = outputs + row * width
            output.update(repeating: 0, count: width)
            for (k, expert) in experts.enumerated() {
                let alpha = gate.weights[row * experts.count + k]
                let prediction = expert.predictions + row * width
                for column in 0..<width { output[column] += alpha * prediction[column] }
            }
        }
    }

    func computeLosses() {
        loss.evaluate(
            rows: positions, outputs: outputs, targets: targets, weights: weights, scale: 0, losses: losses,
            gradients: nil)
    }

    func learn(_ call: PassCall) throws(PluginFailure) {
        switch training {
        case .bilevel:
            if losses != nil { computeLosses() }
            try learnApart(call)
        case .joint:
            let gradients = call.floats(mixtureOffset)
            loss.evaluate(
                rows: positions, outputs: outputs, targets: targets, weights: weights, scale: call.scale,
                losses: losses,
                gradients: isTrained ? gradients : nil)
            try backward(gradients, call)
        }
    }

    func backward(_ predictionGradients: UnsafeMutablePointer<Float>, _ call: PassCall) throws(PluginFailure) {
        switch training {
        case .bilevel:
            try learnApart(call)
        case .joint:
            if expertLosses != nil {
                for expert in experts { expert.computeLosses() }
                collectLosses()
            }
            if isTrained { try learnTogether(UnsafePointer(predictionGradients), call) }
        }
    }

    /// The joint rule.
    private func learnTogether(_ mixture: UnsafePointer<Float>, _ call: PassCall) throws(PluginFailure) {
        let width = loss.width
        let alphas = call.floats(gateOffset)
        let gradients = call.floats(expertOffset)
        for (k, expert) in experts.enumerated() {
            for row in 0..<positions {
                let alpha = gate.weights[row * experts.count + k]
                var sum: Float = 0
                for column in row * width..<(row + 1) * width {
                    sum += mixture[column] * expert.predictions[column]
                    gradients[column] = alpha * mixture[column]
                }
                alphas[row * experts.count + k] = sum
            }
            if expert.isTrained { try expert.backward(gradients, call) }
        }
        if gate.isTrained { try gate.backward(UnsafePointer(alphas)) }
    }

    /// The bi-level rule.
    private func learnApart(_ call: PassCall) throws(PluginFailure) {
        for expert in experts { try expert.learn(call) }
        collectLosses()
        guard gate.isTrained, let expertLosses else { return }
        let alphas = call.floats(gateOffset)
        for row in 0..<positions {
            let factor = call.scale * (weights?[row] ?? 1)
            for k in row * experts.count..<(row + 1) * experts.count { alphas[k] = factor * expertLosses[k] }
        }
        try gate.backward(UnsafePointer(alphas))
    }

    private func collectLosses() {
        guard let expertLosses else { return }
        for (k, expert) in experts.enumerated() {
            guard let losses = expert.losses else { preconditionFailure("an expert's losses were not kept") }
            for row in 0..<positions { expertLosses[row * experts.count + k] = losses[row] }
        }
    }
}
