// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductHost
import Testing

@Suite struct GateTests {
    let host: PluginHost

    init() throws { host = try TestHost.make() }

    private func driver(_ spec: String, schema: Schema, experts: Int, length: Int) throws -> ModelDriver {
        let gate = try host.gate(PluginSpec(parsing: spec), schema: schema, length: length, experts: experts)
        return ModelDriver(gate, schema: schema, count: 3, length: length, width: experts, seed: 5)
    }

    @Test func constantGivesItsWeightsEverywhere() throws {
        let schema = TestHost.tokens(vocabulary: 3, length: 4)
        let weights = try driver("constant(weights=[0.25, 0.75])", schema: schema, experts: 2, length: 4)
            .forward(.train)
        #expect(weights == (0..<12).flatMap { _ in [Float(0.25), 0.75] })
        let equal = try driver("constant", schema: schema, experts: 4, length: 4).forward(.train)
        #expect(equal == [Float](repeating: 0.25, count: 48))
    }

    @Test(arguments: [
        ("constant(weights=[0.5, 0.25, 0.25])", 2, "one for each expert"),
        ("constant(weights=[0.5, 0.4])", 2, "sum to 0.9"),
        ("mlp-gate", 1, "two experts or more"),
    ])
    func weightsThatDoNotFitAreRefused(_ spec: String, _ experts: Int, _ reason: String) throws {
        let schema = TestHost.tokens(vocabulary: 3, length: 4)
        let failure = #expect(throws: SpecError.self) {
            try driver(spec, schema: schema, experts: experts, length: 4)
        }
        #expect(failure?.message.contains(reason) == true, "\(failure as Any)")
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var spec: String
        var experts: Int
        var isTokens: Bool

        var testDescription: String { "\(spec), \(experts) experts, \(isTokens ? "tokens" : "examples")" }
        var length: Int { isTokens ? 6 : 3 }
        var schema: Schema {
            isTokens ? TestHost.tokens(vocabulary: 4, length: 6) : TestHost.examples(items: 3, size: 5, classes: 4)
        }
    }

    static let cases = [
        Case(spec: "mlp-gate(hidden=[7, 5], activation=tanh)", experts: 2, isTokens: true),
        Case(spec: "mlp-gate(hidden=[6], activation=gelu, labels=true)", experts: 3, isTokens: false),
        Case(spec: "mlp-gate(hidden=[], labels=false)", experts: 2, isTokens: false),
        Case(spec: "mlp-gate(hidden=[4, 4, 4], activation=silu)", experts: 4, isTokens: true),
    ]

    @Test(arguments: cases)
    func weightsArePositiveAndSumToOne(_ test: Case) throws {
        let weights = try driver(test.spec, schema: test.schema, experts: test.experts, length: test.length)
            .forward(.evaluate)
        for row in 0..<weights.count / test.experts {
            let values = weights[row * test.experts..<(row + 1) * test.experts]
            #expect(values.allSatisfy { $0 > 0 })
            #expect((values.reduce(0, +) - 1).magnitude <= 1e-6)
        }
    }

    /// Central differences of the gate itself: the step h leaves an error of about h^2 + 2^-24 / h.
    @Test(arguments: cases)
    func gradientsAgreeWithFiniteDifferences(_ test: Case) throws {
        let driver = try driver(test.spec, schema: test.schema, experts: test.experts, length: test.length)
        let gradients = try driver.backward()
        func loss() throws -> Double {
            let outputs = try driver.forward(.evaluate)
            return zip(outputs, driver.outputGradients.floats).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        var random = Randomness(seed: 9)
        for (tensor, gradient) in zip(driver.parameters, gradients) {
            var (error, size) = (0.0, 0.0)
            for _ in 0..<6 {
                let index = random.integer(below: gradient.count)
                let value = tensor.floats[index]
                let (above, below) = (value + 0.004, value - 0.004)
                tensor.floats[index] = above
                let high = try loss()
                tensor.floats[index] = below
                let low = try loss()
                tensor.floats[index] = value
                let difference = (high - low) / (Double(above) - Double(below))
                error += pow(difference - Double(gradient[index]), 2)
                size += difference * difference
            }
            #expect(error.squareRoot() <= 1e-3 * (size.squareRoot() + 0.05))
        }
        #expect(driver.keptToWorkspace(.train))
    }

    @Test func twoExpertsShareOneSigmoid() throws {
        let schema = TestHost.examples(items: 2, size: 64, classes: 10)
        let gate = try host.gate(PluginSpec(parsing: "mlp-gate"), schema: schema, length: 2, experts: 2)
        // Two inputs of 64 floats through 64 and 64 units to one logit.
        let layers = [128 * 64 + 64, 64 * 64 + 64, 64 + 1]
        #expect(gate.parameters.reduce(0) { $0 + $1.count } == layers.reduce(0, +))
    }

    @Test func aGateDoesNotSeeTokensToCome() throws {
        let test = Self.cases[0]
        let driver = try driver(test.spec, schema: test.schema, experts: 2, length: test.length)
        let before = try driver.forward(.evaluate)
        driver.tokens.integers[4] = (driver.tokens.integers[4] + 1) % 4
        let after = try driver.forward(.evaluate)
        #expect(before[..<8] == after[..<8])
        #expect(before[8..<12] != after[8..<12])
        #expect(before[12...] == after[12...])
    }
}
