// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Regression on the pairs of the context, pair by pair, as a model without parameters.
struct LinearBaseline: Sendable {
    let penalty: Double
    private let inputs: Int
    private let values: Int
    private let items: Int
    private let dimension: Int
    private let predictsAll: Bool

    /// Finds "inputs" `[batch, items, ...]` and "values" `[batch, items - 1]` in the schema.
    init(_ creation: Creation, penalty: Double) throws(InductError) {
        guard let schema = creation.schema, schema.task == .regression, schema.outputs == 1,
            let inputs = schema.index(of: "inputs"), let values = schema.index(of: "values"),
            case .constant(let items) = schema.tensors[inputs].shape.dropFirst().first ?? .batch,
            schema.tensors[values].shape == [.batch, .constant(items - 1)],
            schema.tensors[values].type == .float32,
            schema.positions == .constant(1) || schema.positions == .constant(items)
        else {
            throw InductError.invalid(
                "\(creation.name) reads \"inputs\" [batch, items, ...] and \"values\" [batch, items - 1] of a regression with "
                    + "one output, and this source gives something else: use it with in-context-regression")
        }
        var size = 1
        for dimension in schema.tensors[inputs].shape.dropFirst(2) {
            size *= dimension.bound(batch: 0, length: creation.length)
        }
        self.penalty = penalty
        self.inputs = inputs
        self.values = values
        self.items = items
        dimension = size
        predictsAll = schema.positions == .constant(items) && items > 1
    }

    /// Bytes that `predict` needs.
    var workspaceSize: Int { (RunningLeastSquares.size(dimension) + dimension) * MemoryLayout<Double>.stride }

    /// Writes the prediction at every predicted position.
    func predict(_ pass: borrowing Pass) throws(InductError) {
        guard let inputs = pass.floats(inputs), let values = pass.floats(values) else {
            throw InductError(.invalidArgument, "the pass brings no \"inputs\" or no \"values\"")
        }
        let memory = pass.workspace.assumingMemoryBound(to: Double.self)
        let input = memory + RunningLeastSquares.size(dimension)
        for sample in 0..<pass.count {
            let solution = RunningLeastSquares(dimension: dimension, penalty: penalty, memory: memory)
            for item in 0..<items {
                let row = inputs + (sample * items + item) * dimension
                for place in 0..<dimension { input[place] = Double(row[place]) }
                if predictsAll {
                    pass.outputs[sample * items + item] = Float(solution.predict(input))
                } else if item == items - 1 {
                    pass.outputs[sample] = Float(solution.predict(input))
                }
                if item < items - 1 { solution.observe(input, Double(values[sample * (items - 1) + item])) }
            }
        }
    }
}

/// Ridge regression: w = argmin sum_i (y_i - w.x_i)^2 + penalty |w|^2.
///
/// The optimal predictor of noisy linear functions with w ~ N(0, I) when the penalty is the noise's variance.
/// Source: Garg et al. 2022, section 3; Raventós et al. 2023, equation 5.
final class Ridge: Architecture {
    static let name = "ridge"
    static let summary = "ridge regression on the context of a regression task, without parameters"
    static let parameters: [Parameter] = [
        .number("penalty", default: 1, above: 0, "factor on |w|^2: the noise's variance is optimal")
    ]
    static let examples = ["ridge(penalty=0.25)"]

    private let baseline: LinearBaseline

    init(_ creation: Creation) throws {
        baseline = try LinearBaseline(creation, penalty: try creation.configuration.number("penalty"))
    }

    var output: OutputKind { .values }
    var modelParameters: [ModelParameter] { [] }

    func workspaceSize(mode: PassMode, count: Int, length: Int) -> Int { baseline.workspaceSize }
    func forward(_ pass: borrowing Pass) throws { try baseline.predict(pass) }
    /// There is nothing to train.
    func backward(_ pass: borrowing Pass) throws {}
}

/// Least squares; of all solutions that fit alike, the one of least norm.
///
/// Its mean squared error on noiseless linear functions is d - n after n < d pairs, and 0 after d.
/// Source: Garg et al. 2022, section 3.
final class LeastSquares: Architecture {
    static let name = "least-squares"
    static let summary = "least squares of least norm on the context of a regression task, without parameters"
    static let examples = ["least-squares"]

    private let baseline: LinearBaseline

    init(_ creation: Creation) throws { baseline = try LinearBaseline(creation, penalty: 0) }

    var output: OutputKind { .values }
    var modelParameters: [ModelParameter] { [] }

    func workspaceSize(mode: PassMode, count: Int, length: Int) -> Int { baseline.workspaceSize }
    func forward(_ pass: borrowing Pass) throws { try baseline.predict(pass) }
    /// There is nothing to train.
    func backward(_ pass: borrowing Pass) throws {}
}
