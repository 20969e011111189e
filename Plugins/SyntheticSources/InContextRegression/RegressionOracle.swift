// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductSDK

/// The posterior mean of a target, given the pairs before it: no predictor has a smaller squared error.
///
/// - Finitely many functions: their values, weighted by exp(-sum (y - f(x))^2 / 2 noise^2); without noise, the mean over those
///   that gave every y exactly. The discrete minimum mean squared error estimator of Raventós et al. 2023.
/// - Linear functions: w ~ N(0, I), so ridge regression of penalty noise^2; without noise, least squares of least norm.
/// - Sparse ones, with noise: ridge regression on every set of places, weighted by how probable it makes what was seen.
///
/// In the view `fresh-tasks` it is still that of training. log_probability is ln of the density of the values, given all
/// inputs; without noise there is no density, and it is NaN. Others of `RegressionFamily` have no oracle, unless their
/// functions are finitely many.
struct RegressionOracle: SourceOracle {
    private let drawing: RegressionDrawing
    private let slots: Int
    private let noise: Double
    private let predictsAll: Bool
    /// The sets of places where w may be other than 0; nil: the functions are finitely many.
    private let supports: [[Int]]?

    /// More sets than this would take too long.
    private static let mostSupports = 4096

    /// nil where no exact predictor is known.
    init?(_ drawing: RegressionDrawing, slots: Int, noise: Double, predictsAll: Bool) {
        self.drawing = drawing
        self.slots = slots
        self.noise = noise
        self.predictsAll = predictsAll
        let family = drawing.family
        if drawing.count > 0 {
            supports = nil
        } else if family.kind == .linear || family.kind == .sparse && family.nonzero == family.dimension {
            supports = [Array(0..<family.dimension)]
        } else if family.kind == .sparse, noise > 0,
            let sets = Self.subsets(of: family.dimension, size: family.nonzero)
        {
            supports = sets
        } else {
            return nil
        }
    }

    /// nil: more than `mostSupports`.
    private static func subsets(of count: Int, size: Int) -> [[Int]]? {
        var sets: [[Int]] = [[]]
        for _ in 0..<size {
            sets = sets.flatMap { set in ((set.last ?? -1) + 1..<count).map { set + [$0] } }
            guard sets.count <= 16 * mostSupports else { return nil }
        }
        return sets.count <= mostSupports ? sets : nil
    }

    func evaluate(_ request: OracleRequest) throws { try RoundingMode.nearest { try write(request) } }

    private func write(_ request: OracleRequest) throws {
        guard let inputs = try request.tensor(0)?.floats.baseAddress,
            let values = try request.tensor(1)?.floats.baseAddress
        else {
            throw InductError(
                .invalidArgument, "the oracle needs the tensors 'inputs' and 'values', which were not given")
        }
        let tasks = supports == nil ? drawing.tasks(request.seed) : nil
        let items = slots + 1
        for sample in 0..<request.count {
            let rows = inputs + sample * items * drawing.family.dimension
            let seen = values + sample * slots
            let means: Means = { item, mean, logarithm in
                guard predictsAll || item == slots else { return }
                let row = predictsAll ? sample * items + item : sample
                request.predictive?[row] = mean
                request.logProbability?[row] = noise > 0 ? logarithm : .nan
            }
            if let tasks { overTasks(tasks, rows, seen, means) } else { overSupports(rows, seen, means) }
        }
    }

    /// Takes the mean at an item, and ln of the density of all values before it.
    private typealias Means = (_ item: Int, _ mean: Double, _ logarithm: Double) -> Void

    private func overTasks(
        _ tasks: RegressionTasks, _ rows: UnsafePointer<Float>, _ seen: UnsafePointer<Float>, _ means: Means
    ) {
        var logarithms = [Double](repeating: -log(Double(tasks.count)), count: tasks.count)
        var results = [Double](repeating: 0, count: tasks.count)
        for item in 0...slots {
            for task in 0..<tasks.count {
                results[task] = tasks.family.value(tasks.parameters(task), rows + item * tasks.family.dimension)
            }
            let (mean, total) = mixture(results, logarithms)
            means(item, mean, total)
            guard item < slots else { return }
            for task in 0..<tasks.count {
                if noise > 0 {
                    logarithms[task] += logarithmOfNormal(Double(seen[item]) - results[task], variance: noise * noise)
                } else if Float(results[task]) != seen[item] {
                    logarithms[task] = -.infinity
                }
            }
        }
    }

    private func overSupports(_ rows: UnsafePointer<Float>, _ seen: UnsafePointer<Float>, _ means: Means) {
        let supports = supports ?? []
        let size = supports.first?.count ?? 0
        let memory = RunningLeastSquares.size(size)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: supports.count * memory + size) { room in
            guard let start = room.baseAddress else { return }
            let input = start + supports.count * memory
            let solutions = supports.indices.map {
                RunningLeastSquares(dimension: size, penalty: noise * noise, memory: start + $0 * memory)
            }
            var logarithms = [Double](repeating: -log(Double(supports.count)), count: supports.count)
            var results = [Double](repeating: 0, count: supports.count)
            for item in 0...slots {
                let row = rows + item * drawing.family.dimension
                for number in supports.indices {
                    for (place, column) in supports[number].enumerated() { input[place] = Double(row[column]) }
                    results[number] = solutions[number].predict(input)
                }
                let (mean, total) = mixture(results, logarithms)
                means(item, mean, total)
                guard item < slots else { return }
                for number in supports.indices {
                    for (place, column) in supports[number].enumerated() { input[place] = Double(row[column]) }
                    if noise > 0 {
                        let variance = noise * noise * (1 + solutions[number].leverage(input))
                        logarithms[number] += logarithmOfNormal(
                            Double(seen[item]) - results[number], variance: variance)
                    }
                    solutions[number].observe(input, Double(seen[item]))
                }
            }
        }
    }

    /// The mean of values by weights of which logarithms are given, and ln of the sum of the weights; NaN where all are 0.
    private func mixture(_ values: [Double], _ logarithms: [Double]) -> (mean: Double, total: Double) {
        let total = logarithmOfSum(logarithms)
        guard total > -.infinity else { return (.nan, total) }
        var mean = 0.0
        for (value, logarithm) in zip(values, logarithms) { mean += exp(logarithm - total) * value }
        return (mean, total)
    }

    private func logarithmOfNormal(_ difference: Double, variance: Double) -> Double {
        -0.5 * (difference * difference / variance + log(2 * Double.pi * variance))
    }
}
