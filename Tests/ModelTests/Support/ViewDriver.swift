// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Hands an evaluator labelled examples that a test wrote down, one predicted position each, view by view.
struct ViewDriver {
    /// One sample of a view.
    struct Sample {
        /// By name of an int32 tensor, row-major without the batch; zeros where it is not named.
        var integers: [String: [Int32]]
        /// ln p by class, or predicted values.
        var predictions: [Float]
        var loss: Float = 0
        /// Weights of the gate by expert.
        var gate: [Float] = []
    }

    let evaluator: any Evaluator
    /// The bound one.
    let schema: Schema
    /// By index of the evaluator's need.
    var views: [[Sample]]

    /// The metrics, by name, where every view is consumed in parts of at most `size` samples, one accumulator each.
    func metrics(partSize size: Int = .max) throws -> [String: Metric] {
        let whole = try evaluator.begin()
        for (need, samples) in views.enumerated() {
            for start in stride(from: 0, to: samples.count, by: min(size, max(1, samples.count))) {
                let part = try evaluator.begin()
                try consume(Array(samples[start..<min(samples.count, start + min(size, samples.count))]), need, part)
                try whole.merge(part)
            }
        }
        return Dictionary(uniqueKeysWithValues: try whole.finish().map { ($0.name, $0) })
    }

    private func consume(_ samples: [Sample], _ need: Int, _ accumulator: any EvaluationAccumulator) throws {
        let tensors = schema.tensors.map { entry in
            let tensor = Tensor(entry.type, entry.shape.map { $0.bound(batch: samples.count, length: 1) })
            for (row, sample) in samples.enumerated() {
                for (place, value) in (sample.integers[entry.name] ?? []).enumerated() {
                    tensor.integers[row * tensor.count / samples.count + place] = value
                }
            }
            return tensor
        }
        let losses = samples.map(\.loss)
        try samples.flatMap(\.predictions).withUnsafeBufferPointer { predictions in
            try losses.withUnsafeBufferPointer { losses in
                try samples.flatMap(\.gate).withUnsafeBufferPointer { gate in
                    var batch = EvaluationBatch()
                    batch.need = need
                    batch.count = samples.count
                    batch.length = 1
                    batch.positions = 1
                    batch.classes = schema.width
                    batch.tensors = tensors.map(\.slice)
                    let items = evaluator.needs[need].items
                    batch.predictions = items.contains(.predictions) ? predictions.baseAddress : nil
                    batch.losses = items.contains(.losses) ? losses.baseAddress : nil
                    if items.contains(.gate), let experts = samples.first?.gate.count, experts > 0 {
                        batch.gate = gate.baseAddress
                        batch.expertCount = experts
                    }
                    try accumulator.consume(batch)
                }
            }
        }
        withExtendedLifetime(tensors) {}
    }
}
