// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore

/// The small predictors as their definitions say, in double precision.
enum PlainPredictors {
    /// Parameters by name.
    typealias Values = [String: [Double]]

    /// An MLP on one row.
    static func perceptron(_ x: [Double], hidden: [Int], outputs: Int, activation: String, _ values: Values) -> [Double]
    {
        var row = x
        for (index, width) in (hidden + [outputs]).enumerated() {
            let isLast = index == hidden.count
            let name = isLast ? "output" : "layers.\(index)"
            guard let weight = values["\(name).weight"], let bias = values["\(name).bias"] else { return [] }
            row = (0..<width).map { unit in
                let sum = row.indices.reduce(bias[unit]) { $0 + weight[unit * row.count + $1] * row[$1] }
                return isLast ? sum : function(activation, sum)
            }
        }
        return row
    }

    private static func function(_ name: String, _ x: Double) -> Double {
        switch name {
        case "relu": max(x, 0)
        case "tanh": tanh(x)
        case "silu": x / (1 + exp(-x))
        default: x / 2 * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
        }
    }

    /// The labels of `items` but the last, weighted by their likeness to it.
    static func similarity(
        _ items: [[Double]], labels: [Int], classes: Int, logTemperature: Double, floor: Double
    ) -> [Double] {
        let query = items[items.count - 1]
        let powers = items.dropLast().map { item in
            exp(-zip(item, query).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / exp(logTemperature))
        }
        let sum = powers.reduce(0, +)
        var shares = [Double](repeating: 0, count: classes)
        for (label, power) in zip(labels, powers) { shares[label] += power / sum }
        return shares.map { max((1 - floor * Double(classes)) * $0 + floor, 1e-7) }
    }

    static func softmax(_ logits: [Double]) -> [Double] {
        let powers = logits.map { exp($0 - (logits.max() ?? 0)) }
        return powers.map { $0 / powers.reduce(0, +) }
    }
}

extension ModelDriver {
    /// The items of one sample of labelled examples.
    func items(_ row: Int) -> [[Double]] {
        guard let inputs = inputs[0] else { return [] }
        let (items, size) = (inputs.shape[1], inputs.shape[2])
        return (0..<items).map { item in (0..<size).map { Double(inputs.floats[(row * items + item) * size + $0]) } }
    }

    /// The labels of one sample of labelled examples.
    func labels(_ row: Int) -> [Int] {
        guard let labels = inputs[1] else { return [] }
        let pairs = labels.shape[1]
        return (0..<pairs).map { Int(labels.integers[row * pairs + $0]) }
    }

    /// How far the gradients of all parameters are from central differences of a plain model in double precision, which
    /// gives the outputs of a row: the largest |difference| / (|differences| + 0.1) over the parameters.
    func gradientError(_ plain: (_ row: Int, _ values: [String: [Double]]) -> [Double]) throws -> Double {
        let gradients = try backward()
        let width = outputGradients.count / count
        var worst = 0.0
        var random = Randomness(seed: 17)
        var values = self.values
        for (description, gradient) in zip(model.parameters, gradients) {
            var (error, size) = (0.0, 0.0)
            for _ in 0..<8 {
                let index = random.integer(below: gradient.count)
                let step = 1e-6
                var losses: [Double] = []
                for change in [step, -2 * step, step] {
                    values[description.name]?[index] += change
                    losses.append(
                        (0..<count).reduce(0) { sum, row in
                            zip(plain(row, values), outputGradients.floats[(row * width)...])
                                .reduce(sum) { $0 + $1.0 * Double($1.1) }
                        })
                }
                let difference = (losses[0] - losses[1]) / (2 * step)
                error += pow(difference - Double(gradient[index]), 2)
                size += difference * difference
            }
            worst = max(worst, error.squareRoot() / (size.squareRoot() + 0.1))
        }
        return worst
    }
}
