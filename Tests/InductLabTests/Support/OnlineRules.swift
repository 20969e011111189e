// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore

/// Counts the targets: predicts (count + 1/2) / (n + classes/2).
///
/// Its counts live in an online parameter.
final class CountingArchitecture: Architecture, Sendable {
    let classes: Int

    init(classes: Int) { self.classes = classes }

    var spec: String { "counting" }
    var output: OutputKind { .probabilities }
    var parameters: [ParameterDescription] {
        [ParameterDescription(name: "counts", shape: [classes], initialiser: .zeros, isOnline: true)]
    }
    var isDifferentiable: Bool { false }
    var isOnline: Bool { true }
    var activations: [Point] { [] }
    var attention: [Point] { [] }
    var interventions: [Point] { [] }

    func workspaceSize(mode: PassMode, count: Int, length: Int) -> Int { 0 }

    func forward(_ pass: borrowing Pass) throws(PluginFailure) {
        let counts = (0..<classes).map { pass.parameters[0][$0] }
        let sum = counts.reduce(0, +) + Float(classes) / 2
        let rows = pass.count * (pass.tensors[0]?.shape[1] ?? 0)
        for row in 0..<rows {
            for c in 0..<classes { pass.outputs?[row * classes + c] = (counts[c] + 0.5) / sum }
        }
    }

    func backward(_ pass: borrowing Pass) throws(PluginFailure) {}

    func observe(_ observation: Observation) throws(PluginFailure) {
        guard let targets = observation.tensors[1] else {
            throw PluginFailure(plugin: "counting", call: "observe", status: 3, message: "no targets")
        }
        let labels = targets.data.assumingMemoryBound(to: Int32.self)
        for row in 0..<targets.count { observation.parameters[0][Int(labels[row])] += 1 }
    }
}

/// Hedge over experts: weights proportional to exp(-rate * cumulative mean loss), kept in an online parameter.
final class HedgeGate: Architecture, Sendable {
    let experts: Int

    init(experts: Int) { self.experts = experts }

    var spec: String { "hedge" }
    var output: OutputKind { .probabilities }
    var parameters: [ParameterDescription] {
        [ParameterDescription(name: "losses", shape: [experts], initialiser: .zeros, isOnline: true)]
    }
    var isDifferentiable: Bool { false }
    var isOnline: Bool { true }
    var activations: [Point] { [] }
    var attention: [Point] { [] }
    var interventions: [Point] { [] }

    func workspaceSize(mode: PassMode, count: Int, length: Int) -> Int { 0 }

    func forward(_ pass: borrowing Pass) throws(PluginFailure) {
        let powers = (0..<experts).map { exp(-0.1 * pass.parameters[0][$0]) }
        let sum = powers.reduce(0, +)
        let rows = pass.count * (pass.tensors[0]?.shape[1] ?? 0)
        for row in 0..<rows {
            for k in 0..<experts { pass.outputs?[row * experts + k] = powers[k] / sum }
        }
    }

    func backward(_ pass: borrowing Pass) throws(PluginFailure) {}

    func observe(_ observation: Observation) throws(PluginFailure) {
        guard let losses = observation.expertLosses, observation.expertCount == experts else {
            throw PluginFailure(plugin: "hedge", call: "observe", status: 3, message: "no losses of the experts")
        }
        let rows = observation.count * (observation.tensors[0]?.shape[1] ?? 0)
        for k in 0..<experts {
            let sum = (0..<rows).reduce(Float(0)) { $0 + losses[$1 * experts + k] }
            observation.parameters[0][k] += sum / Float(rows)
        }
    }
}
