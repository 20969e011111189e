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
        mix()
    }

    /// Writes p, expert by expert, in order.
    private func mix() {
        let (width, positions, count) = (loss.width, positions, experts.count)
        for k in 0..<count {
            var output = outputs
            var prediction = UnsafePointer(experts[k].predictions)
            var weight = UnsafePointer(gate.weights) + k
            for _ in 0..<positions {
                let alpha = weight.pointee
                if k == 0 {
                    for column in 0..<width { output[column] = alpha * prediction[column] }
                } else {
                    for column in 0..<width { output[column] += alpha * prediction[column] }
                }
                output += width
                prediction += width
                weight += count
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
        let (positions, count) = (positions, experts.count)
        for k in 0..<count {
            let expert = experts[k]
            var prediction = UnsafePointer(expert.predictions)
            var (above, gradient) = (mixture, gradients)
            var (weight, slope) = (UnsafePointer(gate.weights) + k, alphas + k)
            for _ in 0..<positions {
                let alpha = weight.pointee
                var sum: Float = 0
                for column in 0..<width {
                    sum += above[column] * prediction[column]
                    gradient[column] = alpha * above[column]
                }
                slope.pointee = sum
                above += width
                prediction += width
                gradient += width
                weight += count
                slope += count
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
