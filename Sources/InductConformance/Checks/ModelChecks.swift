// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductCore
import Synchronization

/// Of architectures and gates: passes are pure, stay within their memory, and the backward pass is the derivative of the
/// forward pass.
let modelChecks: [Check] =
    forwardChecks(.architecture) + backwardChecks(.architecture) + forwardChecks(.gate) + backwardChecks(.gate)

private func forwardChecks(_ kind: PluginKind) -> [Check] {
    [
        Check("forward-complete", kind, "every output is written, is a number, and probabilities are some") { subject in
            let passes = try subject.passes(kind)
            for mode in [PassMode.train, .evaluate] {
                let zeros = try passes.run(0..<passes.batch.count, mode: mode, background: 0).outputs
                let others = try passes.run(0..<passes.batch.count, mode: mode, background: 0x41).outputs
                try require(zeros.allSatisfy { $0.isFinite }, "an output is not finite, in \(mode)")
                if kind == .architecture, passes.model.architecture.output == .probabilities {
                    try requireLaws(zeros, width: passes.model.outputsPerSample / passes.model.task.positions)
                }
                try require(
                    same(zeros, others), "outputs depend on what was in memory before, in \(mode); write all of them")
            }
        },
        Check("forward-repeats", kind, "the same pass gives the same outputs, in any slot") { subject in
            let passes = try subject.passes(kind)
            let all = 0..<passes.batch.count
            let once = try passes.run(all).outputs
            try require(same(once, try passes.run(all).outputs), "outputs change from pass to pass")
            try require(same(once, try passes.run(all, slot: 3).outputs), "outputs depend on the slot")
        },
        Check("forward-split", kind, "a sample's outputs do not depend on the shard it comes in") { subject in
            let passes = try subject.passes(kind)
            let count = passes.batch.count
            let whole = try passes.run(0..<count).outputs
            let pieces = try [0..<1, 1..<5, 5..<count].flatMap { try passes.run($0).outputs }
            let scale = whole.map { abs($0) }.max() ?? 1
            // Another shape may take another path through the kernels; a few roundings are allowed.
            let difference = zip(whole, pieces).map { abs($0 - $1) }.max() ?? 0
            try require(difference <= 1e-5 * max(1, scale), "outputs differ by \(difference) when the batch is cut")
        },
        Check("forward-reads-only", kind, "inputs and parameters stay as they were") { subject in
            let passes = try subject.passes(kind)
            let before = bytes(passes)
            let gradients =
                passes.model.architecture.isDifferentiable
                ? [Float](repeating: 0.5, count: passes.batch.count * passes.model.outputsPerSample) : nil
            _ = try passes.run(0..<passes.batch.count, outputGradients: gradients)
            try require(
                bytes(passes) == before, "a pass changes its inputs, its parameters or the experts' predictions")
        },
        Check("forward-bounds", kind, "nothing is written beside the outputs and gradients, and nothing that is read") {
            subject in
            let passes = try subject.passes(kind)
            let count = passes.batch.count
            let isTrained = passes.model.architecture.isDifferentiable
            let incoming = isTrained ? randomGradients(passes, subject) : nil
            _ = try passes.run(0..<count, outputGradients: incoming)
            _ = try passes.run(0..<count, mode: .evaluate)
            if let text = subject.border.violation(.memory) { throw CheckFailure(text) }
        },
        Check("forward-instances", kind, "two instances give the same outputs") { subject in
            let first = try subject.passes(kind)
            let second = try subject.passes(kind)
            let all = 0..<first.batch.count
            try require(same(try first.run(all).outputs, try second.run(all).outputs), "outputs depend on the instance")
        },
        Check("forward-large", kind, "one sample and hundreds make a pass") { subject in
            let many = try subject.passes(kind, count: 400)
            let outputs = try many.run(0..<400).outputs
            try require(outputs.allSatisfy { $0.isFinite }, "an output among 400 samples is not finite")
            let scale = max(1, outputs.map { abs($0) }.max() ?? 1)
            for row in [0, 399] {
                let alone = try many.run(row..<row + 1).outputs
                let size = alone.count
                let difference = zip(alone, outputs[row * size..<(row + 1) * size]).map { abs($0 - $1) }.max() ?? 0
                try require(difference <= 1e-5 * scale, "sample \(row) differs by \(difference) among 400")
            }
        },
        Check("forward-empty", kind, "a shard may be empty") { subject in
            let passes = try subject.passes(kind)
            let gradients: [Float]? = passes.model.architecture.isDifferentiable ? [] : nil
            let result = try passes.run(0..<0, outputGradients: gradients)
            try require(
                result.gradients.allSatisfy { $0.allSatisfy { $0 == 0 } }, "an empty shard has gradients that are not 0"
            )
        },
        Check("forward-threads", kind, "slots can run at once, with the same outputs") { subject in
            let passes = try subject.passes(kind)
            let count = passes.batch.count
            let expected = try passes.run(0..<count).outputs
            let wrong = Mutex<String?>(nil)
            nonisolated(unsafe) let shared = passes
            inParallel(4) { slot in
                for _ in 0..<8 {
                    do {
                        let outputs = try shared.run(0..<count, slot: slot).outputs
                        if !same(outputs, expected) {
                            wrong.withLock { $0 = "slot \(slot) gives other outputs beside other slots" }
                        }
                    } catch {
                        wrong.withLock { $0 = "\(error)" }
                    }
                }
            }
            if let message = wrong.withLock({ $0 }) { throw CheckFailure(message) }
        },
        .betweenProcesses("forward-processes", kind, "another process, in another locale, gives the same outputs") {
            subject in
            let passes = try subject.passes(kind)
            let outputs = try passes.run(0..<passes.batch.count).outputs
            return Digest.of(outputs.flatMap { withUnsafeBytes(of: $0.bitPattern) { Array($0) } })
        },
    ]
}

private func backwardChecks(_ kind: PluginKind) -> [Check] {
    [
        Check("backward-accumulates", kind, "gradients are written, or added to when that is asked for") { subject in
            let passes = try subject.differentiable(kind)
            let incoming = randomGradients(passes, subject)
            let written = try passes.run(0..<passes.batch.count, outputGradients: incoming).gradients
            try require(
                written.allSatisfy { $0.allSatisfy { $0.isFinite } },
                "a gradient is not finite, or keeps what was in memory before; write every gradient")
            let sums = written.map { $0.map { _ in Float(1) } }
            let added = try passes.run(0..<passes.batch.count, outputGradients: incoming, addingTo: sums).gradients
            let scale = max(1, written.map { $0.map(\.magnitude).max() ?? 0 }.max() ?? 0)
            for (index, parameter) in passes.model.architecture.parameters.enumerated() {
                var difference: Float = 0
                for (one, other) in zip(written[index], added[index]) {
                    difference = max(difference, abs(one + 1 - other))
                }
                try require(
                    difference <= 1e-5 * scale,
                    "with accumulate = 1 the gradient of '\(parameter.name)' is not what was there plus the gradient")
            }
        },
        Check("backward-is-derivative", kind, "gradients agree with finite differences of the forward pass") {
            subject in
            let passes = try subject.differentiable(kind)
            let incoming = randomGradients(passes, subject)
            let gradients = try passes.run(0..<passes.batch.count, outputGradients: incoming).gradients
            var words = subject.words(0x51)
            for (index, parameter) in passes.model.architecture.parameters.enumerated() where parameter.isTrained {
                let norm = dot(gradients[index], gradients[index]).squareRoot()
                let directions = [gradients[index], (0..<parameter.count).map { _ in words.centred() }]
                for direction in directions.compactMap(unit) {
                    let expected = dot(gradients[index], direction)
                    let tolerance = 0.02 * abs(expected) + 2e-3 * max(norm, 1e-3)
                    var nearest = Double.infinity
                    for step in [Float(3e-2), 1e-2, 3e-3, 1e-3] {
                        let slope = try passes.slope(index, direction, step: step, weights: incoming)
                        if abs(slope - expected) < abs(nearest - expected) { nearest = slope }
                        if abs(nearest - expected) <= tolerance { break }
                    }
                    try require(
                        abs(nearest - expected) <= tolerance,
                        "along a direction of '\(parameter.name)' the outputs change by \(nearest), "
                            + "backward says \(expected)")
                }
            }
        },
    ]
}

/// Of gates besides.
let gateChecks: [Check] = [
    Check("gate-normalised", .gate, "weights are non-negative and sum to 1 over the experts") { subject in
        let passes = try subject.passes(.gate)
        let outputs = try passes.run(0..<passes.batch.count).outputs
        let experts = passes.model.experts
        try requireLaws(outputs, width: experts)
    }
]

extension Subject {
    /// Passes over a few samples with random parameters.
    func passes(_ kind: PluginKind, count: Int = 9) throws -> Passes {
        var words = words(0x50)
        return try Passes(try model(kind), count: count, seed: seed, words: &words)
    }

    fileprivate func differentiable(_ kind: PluginKind) throws -> Passes {
        let passes = try passes(kind)
        guard passes.model.architecture.isDifferentiable else { throw CheckSkipped("it has no backward pass") }
        guard passes.model.architecture.parameters.contains(where: \.isTrained) else {
            throw CheckSkipped("it has no trained parameters")
        }
        return passes
    }
}

extension Passes {
    /// The central difference of sum(weights * outputs) along a direction of one parameter.
    fileprivate func slope(_ index: Int, _ direction: [Float], step: Float, weights: [Float]) throws -> Double {
        let values = parameters[index].floats
        let start = Array(values)
        defer { for i in start.indices { values[i] = start[i] } }
        func loss(_ sign: Float) throws -> Double {
            for i in start.indices { values[i] = start[i] + sign * step * direction[i] }
            return dot(try run(0..<batch.count).outputs, weights)
        }
        return (try loss(1) - (try loss(-1))) / (2 * Double(step))
    }
}

func randomGradients(_ passes: Passes, _ subject: Subject) -> [Float] {
    var words = subject.words(0x52)
    return (0..<passes.batch.count * passes.model.outputsPerSample).map { _ in words.centred() }
}

/// Holds outputs to what probabilities are.
private func requireLaws(_ outputs: [Float], width: Int) throws(CheckFailure) {
    for row in 0..<outputs.count / max(1, width) {
        let law = outputs[row * width..<(row + 1) * width]
        try require(
            law.allSatisfy { $0 >= 0 } && abs(law.reduce(0, +) - 1) <= 1e-5,
            "the probabilities of row \(row) are \(Array(law.prefix(8)))\(width > 8 ? ", ..." : ""): they are at least 0 "
                + "and sum to 1")
    }
}

private func dot(_ a: [Float], _ b: [Float]) -> Double {
    var sum = 0.0
    for (x, y) in zip(a, b) { sum += Double(x) * Double(y) }
    return sum
}

/// A direction of length 1; nil when there is none.
private func unit(_ direction: [Float]) -> [Float]? {
    let norm = dot(direction, direction).squareRoot()
    return norm > 0 ? direction.map { Float(Double($0) / norm) } : nil
}

private func same(_ a: [Float], _ b: [Float]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern }
}

/// Everything that a pass reads.
private func bytes(_ passes: Passes) -> [UInt8] {
    (passes.batch.tensors.compactMap { $0 } + passes.parameters + passes.experts).flatMap {
        Array(UnsafeRawBufferPointer(start: $0.data, count: $0.count * $0.type.stride))
    }
}
