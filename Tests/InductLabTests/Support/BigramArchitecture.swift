// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Logits of the next token from a table indexed by the last one.
///
/// Keeps the tokens of a pass per slot and in its
/// workspace, and fails when `backward` does not find them there.
final class BigramArchitecture: Architecture, @unchecked Sendable {
    let vocabulary: Int
    private var seen: [[Int32]] = Array(repeating: [], count: 64)

    init(vocabulary: Int) { self.vocabulary = vocabulary }

    var spec: String { "bigram" }
    var output: OutputKind { .logits }
    var parameters: [ParameterDescription] {
        [
            ParameterDescription(
                name: "table", shape: [vocabulary, vocabulary], initialiser: .normal(mean: 0, deviation: 0.1)),
            ParameterDescription(
                name: "bias", shape: [vocabulary], initialiser: .uniform(low: -0.1, high: 0.1), isDecayed: false),
        ]
    }
    var isDifferentiable: Bool { true }
    var isOnline: Bool { false }
    var activations: [Point] { [Point(name: "table-row", shape: [.batch, .length, .constant(vocabulary)])] }
    var attention: [Point] { [] }
    var interventions: [Point] { [] }

    func workspaceSize(mode: PassMode, count: Int, length: Int) -> Int { mode == .train ? count * length * 4 : 0 }

    func forward(_ pass: borrowing Pass) throws(PluginFailure) {
        guard let tokens = pass.tensors[0]?.data.assumingMemoryBound(to: Int32.self), let outputs = pass.outputs else {
            throw PluginFailure(plugin: "bigram", call: "forward", status: 3, message: "no tokens")
        }
        let rows = pass.count * pass.length
        let point = pass.requests.first { $0.point == "table-row" }?.tensor.data.assumingMemoryBound(to: Float.self)
        for row in 0..<rows {
            for x in 0..<vocabulary {
                let value = pass.parameters[0][Int(tokens[row]) * vocabulary + x]
                point?[row * vocabulary + x] = value
                outputs[row * vocabulary + x] = value + pass.parameters[1][x]
            }
        }
        guard pass.mode == .train, let workspace = pass.workspace else { return }
        workspace.copyMemory(from: tokens, byteCount: rows * 4)
        seen[pass.slot] = Array(UnsafeBufferPointer(start: tokens, count: rows))
    }

    func backward(_ pass: borrowing Pass) throws(PluginFailure) {
        let rows = pass.count * pass.length
        guard let tokens = pass.workspace?.assumingMemoryBound(to: Int32.self), let d = pass.outputGradients,
            let table = pass.gradients[0], let bias = pass.gradients[1],
            seen[pass.slot] == Array(UnsafeBufferPointer(start: tokens, count: rows))
        else { throw PluginFailure(plugin: "bigram", call: "backward", status: 9, message: "not after forward") }
        if !pass.accumulate {
            table.update(repeating: 0, count: vocabulary * vocabulary)
            bias.update(repeating: 0, count: vocabulary)
        }
        for row in 0..<rows {
            for x in 0..<vocabulary {
                table[Int(tokens[row]) * vocabulary + x] += d[row * vocabulary + x]
                bias[x] += d[row * vocabulary + x]
            }
        }
    }

    func observe(_ observation: Observation) throws(PluginFailure) {}
}
