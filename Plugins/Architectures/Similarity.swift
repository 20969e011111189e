// SPDX-License-Identifier: Apache-2.0

import CInduct
import Glibc
import InductSDK

// The context's labels, weighted by likeness to the query x = x_(L+1):
//
//     w = softmax_i(-||x_i - x||^2 / tau),   h_c = sum_i w_i [y_i = c],   p_c = max((1 - floor C) h_c + floor, 10^-7)
//
// with tau = exp(theta) learned. It knows nothing but the context: Chan et al.'s in-context predictor h. For L = 1 the one
// weight is 1 and theta has no gradient.
//
// With e_i = d loss / d w_i, the logits z_i = -||x_i - x||^2 / tau have d z_i = w_i (e_i - sum_j w_j e_j), and
// d theta = - sum_i z_i d z_i.
//
// Source: Chan, Chen, György, Schuurmans, "Toward Understanding In-context vs. In-weight Learning", 2025, section 4.

/// A vote of the context's labels, weighted by the softmax of negative squared distances to the query.
final class Similarity: Architecture {
    static let name = "similarity"
    static let summary = "the context's labels, weighted by likeness to the query; a learned temperature"
    static let parameters: [Parameter] = [
        .number(
            "temperature", default: 2.718_281_828_459_045, above: 0, "tau at the start; its logarithm is learned"),
        Ballot.floorOption,
    ]
    static let examples = ["similarity", "similarity(temperature=0.5, floor=0.001)"]

    private let kernels: Kernels
    private let context: LabelledContext
    private let ballot: Ballot
    private let start: Double

    init(_ creation: Creation) throws {
        kernels = try Kernels(creation.host, for: Self.name)
        context = try LabelledContext(creation.schema, for: Self.name)
        ballot = try Ballot(creation.configuration, classes: context.classes)
        start = log(try creation.configuration.number("temperature"))
    }

    var output: OutputKind { .probabilities }

    var modelParameters: [ModelParameter] {
        [ModelParameter("log_temperature", [1], .constant(start), isDecayed: false)]
    }

    /// Floats: two for 1 / tau | logits `[count, L]` | weights `[count, L]` | shares `[count, C]` | gradients `[L]`.
    func workspaceSize(mode: PassMode, count: Int, length: Int) -> Int {
        (2 + 2 * count * context.pairs + count * context.classes + context.pairs) * MemoryLayout<Float>.stride
    }

    func forward(_ pass: borrowing Pass) throws {
        let (inputs, labels) = try context.tensors(pass)
        let (pairs, classes) = (context.pairs, context.classes)
        let memory = try memory(pass)
        let scale = -inverseTemperature(pass.parameter(0), memory.power)
        for row in 0..<pass.count {
            let items = inputs + row * context.items * context.size
            let query = items + pairs * context.size
            for i in 0..<pairs {
                memory.logits[row * pairs + i] =
                    scale * context.squaredDistance(items + i * context.size, query)
            }
        }
        kernels.table.softmax(Int64(pass.count), Int64(pairs), memory.logits, memory.weights)
        memory.shares.update(repeating: 0, count: pass.count * classes)
        for row in 0..<pass.count {
            let shares = memory.shares + row * classes
            for i in row * pairs..<(row + 1) * pairs { shares[Int(labels[i])] += memory.weights[i] }
        }
        let outputs = pass.outputs
        for index in 0..<pass.count * classes { outputs[index] = ballot.probability(memory.shares[index]) }
    }

    func backward(_ pass: borrowing Pass) throws {
        guard let gradient = pass.gradient(0) else {
            throw InductError(.invalidArgument, "the pass has no room for the gradient of log_temperature")
        }
        let (_, labels) = try context.tensors(pass)
        let (pairs, classes) = (context.pairs, context.classes)
        let memory = try memory(pass)
        let incoming = pass.outputGradients
        var sum = 0.0
        for row in 0..<pass.count where pairs > 1 {
            let (logits, weights) = (memory.logits + row * pairs, memory.weights + row * pairs)
            var mean: Float = 0
            for i in 0..<pairs {
                let share = row * classes + Int(labels[row * pairs + i])
                memory.gradients[i] = incoming[share] * ballot.derivative(memory.shares[share])
                mean += weights[i] * memory.gradients[i]
            }
            for i in 0..<pairs { sum -= Double(logits[i] * weights[i] * (memory.gradients[i] - mean)) }
        }
        gradient.pointee = (pass.accumulates ? gradient.pointee : 0) + Float(sum)
    }

    /// exp(-theta), as the quotient of softmax(0, theta): the host's exponential, not the C library's.
    private func inverseTemperature(_ theta: UnsafePointer<Float>, _ power: UnsafeMutablePointer<Float>) -> Float {
        (power[0], power[1]) = (0, theta.pointee)
        kernels.table.softmax(1, 2, power, power)
        return power[0] / power[1]
    }

    private struct Memory {
        let power: UnsafeMutablePointer<Float>
        let logits: UnsafeMutablePointer<Float>
        let weights: UnsafeMutablePointer<Float>
        let shares: UnsafeMutablePointer<Float>
        let gradients: UnsafeMutablePointer<Float>
    }

    private func memory(_ pass: borrowing Pass) throws(InductError) -> Memory {
        let size = workspaceSize(mode: pass.mode, count: pass.count, length: pass.length)
        guard pass.workspaceSize >= size else {
            throw InductError(
                .invalidArgument,
                "the workspace has \(pass.workspaceSize) bytes, but workspace_size asked for \(size)")
        }
        let base = pass.workspace.assumingMemoryBound(to: Float.self)
        let logits = base + 2
        let weights = logits + pass.count * context.pairs
        let shares = weights + pass.count * context.pairs
        return Memory(
            power: base, logits: logits, weights: weights, shares: shares,
            gradients: shares + pass.count * context.classes)
    }
}
