// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductHost
import Testing

/// `in-context-regression`: its families, its finite sets of functions, and the predictors that are exact for them.
@Suite struct InContextRegressionTests {
    let sources: Sources

    init() throws { sources = try Sources() }

    private func samples(_ options: String, view: String = "train", count: Int) throws -> Regression {
        try Regression(try sources.open("in-context-regression(\(options))"), view: view, count: count)
    }

    @Test func schemaIsThatOfARegression() throws {
        let all = try sources.open("in-context-regression(dimension=3, contexts=5)").schema
        #expect(all.task == .regression && all.outputs == 1 && all.positions == .constant(6))
        #expect(all.tensors.map(\.name) == ["inputs", "values", "targets"])
        #expect(all.tensors.map(\.shape.count) == [3, 2, 3])
        let query = try sources.open("in-context-regression(predict=query, tasks=4)")
        #expect(query.schema.positions == .constant(1) && query.schema.index(of: "task") == 3)
        #expect(query.views.map(\.name) == ["train", "test", "fresh-tasks"])
    }

    @Test func valuesAreTheTargetsOfTheItemsBefore() throws {
        let all = try samples("contexts=5, noise=0.3", count: 30)
        #expect(all.targets.map { Array($0.dropLast()) } == all.values)
        let query = try samples("contexts=5, noise=0.3, predict=query", count: 30)
        #expect(query.values == all.values && query.targets == all.targets.map { [$0[5]] })
    }

    /// Of noiseless linear functions, d - n is lost after n < d pairs: what lies outside of the span of the inputs.
    @Test(arguments: ["all", "query"])
    func errorOfLeastSquaresIsOneMinusNOverD(_ predict: String) throws {
        let samples = try samples("dimension=8, contexts=10, predict=\(predict)", count: 4000)
        let errors = samples.errors(try samples.predictions("least-squares", sources.host))
        guard predict == "all" else { return #expect(errors[0].mean < 1e-6) }
        for (pairs, error) in errors.enumerated() where pairs < 8 {
            #expect(abs(error.mean / 8 - (1 - Double(pairs) / 8)) < 5 * error.error / 8, "\(pairs) pairs")
        }
        // Few of the 4000 sets of 8 inputs are close to dependent, and inputs and values are floats.
        #expect(errors[8].mean < 1e-4 && errors[10].mean < 1e-6)
    }

    /// With more pairs than dimensions all of them count: X^T X w = X^T y.
    @Test func leastSquaresFitsNoisyPairs() throws {
        let samples = try samples("dimension=3, contexts=7, noise=1, predict=query", count: 30)
        let predictions = try samples.predictions("least-squares", sources.host)
        for sample in 0..<30 {
            let x = samples.inputs[sample].prefix(7)
            let matrix = (0..<3).map { row in (0..<3).map { column in x.reduce(0) { $0 + $1[row] * $1[column] } } }
            let right = (0..<3).map { row in zip(x, samples.values[sample]).reduce(0) { $0 + $1.0[row] * $1.1 } }
            let expected = Dense.product(Dense.solve(matrix, right).solution, samples.inputs[sample][7])
            #expect(abs(predictions[sample][0] - expected) < 1e-5 * max(1, abs(expected)))
        }
    }

    @Test func leastSquaresIsThePosteriorMeanWithoutNoise() throws {
        let samples = try samples("dimension=5, contexts=8", count: 50)
        let (mean, logarithm) = try samples.oracle()
        let predictions = try samples.predictions("least-squares", sources.host)
        for (a, b) in zip(mean.joined(), predictions.joined()) { #expect(abs(a - b) < 1e-6 * max(1, abs(a))) }
        #expect(logarithm.joined().allSatisfy { $0.isNaN })
    }

    /// w = (X^T X + s^2 I)^-1 X^T y, and y ~ N(0, X X^T + s^2 I), from dense matrices.
    @Test func ridgeIsThePosteriorMeanWithNoise() throws {
        let samples = try samples("dimension=4, contexts=6, noise=0.5", count: 40)
        let (mean, logarithm) = try samples.oracle()
        let predictions = try samples.predictions("ridge(penalty=0.25)", sources.host)
        for sample in 0..<40 {
            for pairs in 0...6 {
                let (x, y) = (samples.inputs[sample].prefix(pairs), Array(samples.values[sample].prefix(pairs)))
                let matrix = (0..<4).map { row in
                    (0..<4).map { column in
                        x.reduce(row == column ? 0.25 : 0) { $0 + $1[row] * $1[column] }
                    }
                }
                let right = (0..<4).map { row in zip(x, y).reduce(0) { $0 + $1.0[row] * $1.1 } }
                let expected = Dense.product(Dense.solve(matrix, right).solution, samples.inputs[sample][pairs])
                #expect(abs(mean[sample][pairs] - expected) < 1e-9)
                #expect(abs(predictions[sample][pairs] - expected) < 1e-5 * max(1, abs(expected)))
                let density = Self.logarithmOfDensity(x.map { $0 }, y, variance: 0.25)
                #expect(abs(logarithm[sample][pairs] - density) < 1e-9 * max(1, abs(density)))
            }
        }
    }

    /// The logarithm of the normal density of y, of covariance X X^T + variance I.
    private static func logarithmOfDensity(_ x: [[Double]], _ y: [Double], variance: Double) -> Double {
        let covariance = x.indices.map { row in
            x.indices.map { Dense.product(x[row], x[$0]) + (row == $0 ? variance : 0) }
        }
        let (solution, logarithm) = Dense.solve(covariance, y)
        return -0.5 * (Dense.product(y, solution) + logarithm + Double(y.count) * log(2 * Double.pi))
    }

    @Test func sparseOraclePondersEverySetOfPlaces() throws {
        let samples = try samples("family=sparse, nonzero=2, dimension=4, contexts=5, noise=0.3", count: 30)
        let (mean, logarithm) = try samples.oracle()
        let sets = (0..<4).flatMap { first in (first + 1..<4).map { [first, $0] } }
        for sample in 0..<30 {
            for pairs in 0...5 {
                let y = Array(samples.values[sample].prefix(pairs))
                var (sum, weights) = (0.0, 0.0)
                for set in sets {
                    let x = samples.inputs[sample].prefix(pairs).map { row in set.map { row[$0] } }
                    let matrix = (0..<2).map { row in
                        (0..<2).map { column in x.reduce(row == column ? 0.09 : 0) { $0 + $1[row] * $1[column] } }
                    }
                    let right = (0..<2).map { row in zip(x, y).reduce(0) { $0 + $1.0[row] * $1.1 } }
                    let query = set.map { samples.inputs[sample][pairs][$0] }
                    let weight = exp(Self.logarithmOfDensity(x, y, variance: 0.09)) / Double(sets.count)
                    sum += weight * Dense.product(Dense.solve(matrix, right).solution, query)
                    weights += weight
                }
                #expect(abs(mean[sample][pairs] - sum / weights) < 1e-8 * max(1, abs(sum / weights)))
                #expect(abs(logarithm[sample][pairs] - log(weights)) < 1e-8 * max(1, abs(log(weights))))
            }
        }
    }

    /// The functions of a seed, read off noiseless samples.
    private func functions(tasks: Int, dimension: Int) throws -> [Int: [Double]] {
        let samples = try samples("tasks=\(tasks), dimension=\(dimension), contexts=\(dimension)", count: 40 * tasks)
        var functions: [Int: [Double]] = [:]
        for sample in 0..<samples.count where functions[samples.task[sample]] == nil {
            functions[samples.task[sample]] =
                Dense.solve(Array(samples.inputs[sample].prefix(dimension)), samples.values[sample]).solution
        }
        #expect(functions.count == tasks)
        return functions
    }

    @Test func discreteOracleWeighsEveryFunction() throws {
        let functions = try functions(tasks: 5, dimension: 3)
        let samples = try samples("tasks=5, dimension=3, contexts=4, noise=0.7", view: "test", count: 50)
        let (mean, logarithm) = try samples.oracle()
        for sample in 0..<50 {
            var logarithms = [Double](repeating: -log(5), count: 5)
            for pairs in 0...4 {
                let x = samples.inputs[sample][pairs]
                let weights = logarithms.map { exp($0) }
                let total = weights.reduce(0, +)
                let expected = (0..<5).reduce(0.0) {
                    $0 + weights[$1] / total * Dense.product(functions[$1] ?? [], x)
                }
                #expect(abs(mean[sample][pairs] - expected) < 1e-3)
                #expect(abs(logarithm[sample][pairs] - log(total)) < 1e-3 * max(1, abs(log(total))))
                guard pairs < 4 else { continue }
                for task in 0..<5 {
                    let difference = samples.values[sample][pairs] - Dense.product(functions[task] ?? [], x)
                    logarithms[task] -= difference * difference / 0.98 + 0.5 * log(2 * Double.pi * 0.49)
                }
            }
        }
    }

    @Test func functionsOfASeedAreSharedByTrainAndTestButNotFresh() throws {
        let functions = try functions(tasks: 3, dimension: 4)
        for (view, isKnown) in [("test", true), ("fresh-tasks", false)] {
            let samples = try samples("tasks=3, dimension=4, contexts=4", view: view, count: 40)
            for sample in 0..<40 {
                let found = Dense.solve(Array(samples.inputs[sample].prefix(4)), samples.values[sample]).solution
                let nearest = functions.values.map { zip($0, found).map { abs($0 - $1) }.max() ?? 0 }.min() ?? 1
                #expect((nearest < 1e-2) == isKnown)
                #expect((samples.task[sample] == 3) == !isKnown)
            }
        }
    }

    /// Every family: where functions are finitely many and there is no noise, few pairs tell which one it is.
    @Test(arguments: ["linear", "sparse", "\"relu-network\"", "\"decision-tree\""])
    func aFewPairsTellWhichFunctionItIs(_ family: String) throws {
        let samples = try samples("family=\(family), tasks=8, dimension=6, contexts=12, hidden=10", count: 60)
        let mean = try samples.oracle().mean
        for sample in 0..<60 { #expect(abs(mean[sample][12] - samples.targets[sample][12]) < 1e-6) }
        // A function that is none of them.
        let fresh = try self.samples(
            "family=\(family), tasks=8, dimension=6, contexts=12, hidden=10", view: "fresh-tasks", count: 20)
        #expect(try fresh.oracle().mean.filter { $0[12].isNaN }.count > 15)
    }

    @Test func noPredictorBeatsThePosteriorMean() throws {
        let options = "tasks=4, dimension=6, contexts=8, noise=0.5"
        let train = try samples(options, count: 2000)
        let oracle = train.errors(try train.oracle().mean)
        let ridge = train.errors(try train.predictions("ridge(penalty=0.25)", sources.host))
        for position in 1...8 { #expect(oracle[position].mean < ridge[position].mean) }
        #expect(abs(oracle[8].mean - 0.25) < 0.05)
        // Of functions that training never shows, ridge regression knows more.
        let fresh = try samples(options, view: "fresh-tasks", count: 2000)
        let lost = fresh.errors(try fresh.oracle().mean)
        #expect(fresh.errors(try fresh.predictions("ridge(penalty=0.25)", sources.host))[8].mean < 0.5 * lost[8].mean)
    }

    @Test func sparseFunctionsHaveAsManyEntriesAsTheyShould() throws {
        let samples = try samples("family=sparse, nonzero=3, dimension=6, contexts=6", count: 300)
        var counts = [Int](repeating: 0, count: 6)
        for sample in 0..<300 {
            let found = Dense.solve(Array(samples.inputs[sample].prefix(6)), samples.values[sample]).solution
            let places = found.indices.filter { abs(found[$0]) > 1e-3 }
            #expect(places.count >= 2 && places.count <= 3 + (found.contains { abs($0) > 100 } ? 3 : 0))
            for place in places { counts[place] += 1 }
        }
        #expect(counts.allSatisfy { abs(Double($0) - 150) < 50 })
    }

    /// E f(x)^2: d for linear functions, the number of entries for sparse ones, d for networks, 1 for trees.
    @Test(arguments: [
        ("linear", 10.0), ("sparse", 3.0), ("\"relu-network\"", 10.0), ("\"decision-tree\"", 1.0),
    ])
    func functionsHaveTheStatedScale(_ family: String, _ expected: Double) throws {
        let samples = try samples("family=\(family), dimension=10, contexts=1, hidden=50, predict=query", count: 6000)
        let errors = samples.errors(samples.targets.map { $0.map { _ in 0 } })
        #expect(abs(errors[0].mean - expected) < 5 * errors[0].error)
    }

    @Test func treesGiveAsManyValuesAsTheyHaveLeaves() throws {
        let samples = try samples("family=\"decision-tree\", depth=2, dimension=3, contexts=60", count: 40)
        let counts = samples.targets.map { Set($0).count }
        #expect(counts.allSatisfy { $0 <= 4 } && counts.contains(4))
        // Only the signs of the inputs matter.
        for sample in 0..<40 {
            var bySigns: [[Bool]: Double] = [:]
            for (input, value) in zip(samples.inputs[sample], samples.targets[sample]) {
                let signs = input.map { $0 > 0 }
                #expect(bySigns[signs] ?? value == value)
                bySigns[signs] = value
            }
        }
    }

    @Test func familiesWithoutAnExactPredictorClaimNone() throws {
        for (options, isKnown) in [
            ("family=linear", true), ("family=sparse", false), ("family=sparse, noise=0.1", true),
            ("family=sparse, noise=0.1, dimension=100, nonzero=5", false), ("family=\"relu-network\"", false),
            ("family=\"decision-tree\"", false), ("family=\"decision-tree\", tasks=2", true),
        ] {
            #expect(try (sources.open("in-context-regression(\(options))").oracle != nil) == isKnown, "\(options)")
        }
    }

    @Test(arguments: ["ridge", "least-squares"])
    func baselinesRefuseWhatIsNoRegression(_ spec: String) throws {
        let schema = try sources.open("gaussian-classes").schema.bound(length: 1)
        let error = #expect(throws: SpecError.self) {
            try sources.host.architecture(PluginSpec(parsing: spec), schema: schema, length: 1)
        }
        #expect(error.map { "\($0)".contains("in-context-regression") } == true)
    }
}
