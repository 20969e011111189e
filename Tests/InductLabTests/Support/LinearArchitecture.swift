// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore

/// outputs = W inputs + b, or the softmax of that: logits, probabilities or values; as a gate, the weights of experts.
final class LinearArchitecture: Architecture, Sendable {
    let name: String
    let inputs: Int
    let outputs: Int
    let output: OutputKind
    let isFrozen: Bool

    init(name: String = "linear", inputs: Int, outputs: Int, output: OutputKind, isFrozen: Bool = false) {
        self.name = name
        self.inputs = inputs
        self.outputs = outputs
        self.output = output
        self.isFrozen = isFrozen
    }

    var spec: String { name }
    var parameters: [ParameterDescription] {
        [
            ParameterDescription(
                name: "weight", shape: [outputs, inputs], initialiser: .normal(mean: 0, deviation: 0.5),
                isFrozen: isFrozen),
            ParameterDescription(
                name: "bias", shape: [outputs], initialiser: .normal(mean: 0, deviation: 0.1), isFrozen: isFrozen,
                isDecayed: false),
        ]
    }
    var isDifferentiable: Bool { !isFrozen }
    var isOnline: Bool { false }
    var activations: [Point] { [] }
    var attention: [Point] { [] }
    var interventions: [Point] { [] }

    /// Keeps the outputs of the pass.
    func workspaceSize(mode: PassMode, count: Int, length: Int) -> Int { mode == .train ? count * 64 * outputs : 0 }

    private func rows(_ pass: borrowing Pass) -> Int { (pass.tensors[0]?.count ?? 0) / inputs }

    func forward(_ pass: borrowing Pass) throws(PluginFailure) {
        guard let x = pass.tensors[0]?.data.assumingMemoryBound(to: Float.self), let y = pass.outputs else {
            throw PluginFailure(plugin: name, call: "forward", status: 3, message: "no inputs")
        }
        for row in 0..<rows(pass) {
            var values = (0..<outputs).map { o in
                (0..<inputs).reduce(Double(pass.parameters[1][o])) {
                    $0 + Double(pass.parameters[0][o * inputs + $1]) * Double(x[row * inputs + $1])
                }
            }
            if output == .probabilities {
                let largest = values.max() ?? 0
                values = values.map { exp($0 - largest) }
                let sum = values.reduce(0, +)
                values = values.map { $0 / sum }
            }
            for o in 0..<outputs { y[row * outputs + o] = Float(values[o]) }
        }
        if pass.mode == .train { pass.workspace?.copyMemory(from: y, byteCount: rows(pass) * outputs * 4) }
    }

    func backward(_ pass: borrowing Pass) throws(PluginFailure) {
        guard let x = pass.tensors[0]?.data.assumingMemoryBound(to: Float.self), let d = pass.outputGradients,
            let y = pass.workspace?.assumingMemoryBound(to: Float.self), let weight = pass.gradients[0],
            let bias = pass.gradients[1]
        else { throw PluginFailure(plugin: name, call: "backward", status: 3, message: "no gradients") }
        if !pass.accumulate {
            weight.update(repeating: 0, count: outputs * inputs)
            bias.update(repeating: 0, count: outputs)
        }
        for row in 0..<rows(pass) {
            let place = row * outputs
            let dot =
                output == .probabilities ? (0..<outputs).reduce(Float(0)) { $0 + d[place + $1] * y[place + $1] } : 0
            for o in 0..<outputs {
                let slope = output == .probabilities ? y[place + o] * (d[place + o] - dot) : d[place + o]
                bias[o] += slope
                for i in 0..<inputs { weight[o * inputs + i] += slope * x[row * inputs + i] }
            }
        }
    }

    func observe(_ observation: Observation) throws(PluginFailure) {}
}
