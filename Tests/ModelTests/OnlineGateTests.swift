// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductHost
import Testing

/// Gates that learn from their experts' losses, on sequences of losses that a test makes.
@Suite struct OnlineGateTests {
    /// A gate over one sample at a time, and what it and its experts have lost, by key.
    final class Play {
        let driver: ModelDriver
        let experts: Int
        private let key: Tensor
        private let losses: Tensor
        private(set) var rounds: [Double]
        private(set) var own: [Double]
        private(set) var theirs: [[Double]]

        init(_ spec: String, experts: Int, keys: Int = 1) throws {
            let schema = TestHost.examples(items: 2, size: 2, classes: 3, keys: keys)
            let gate = try TestHost.make().gate(
                PluginSpec(parsing: spec), schema: schema, length: 2, experts: experts)
            driver = ModelDriver(gate, schema: schema, count: 1, length: 2, width: experts, seed: 5)
            self.experts = experts
            for (tensor, description) in zip(driver.parameters, gate.parameters) {
                var start: Float = 0
                if case .constant(let value) = description.initialiser { start = Float(value) }
                for i in tensor.floats.indices { tensor.floats[i] = start }
            }
            key = try #require(driver.inputs.last ?? nil)
            losses = Tensor(.float32, [1, 1, experts])
            rounds = Array(repeating: 0, count: keys)
            own = rounds
            theirs = Array(repeating: Array(repeating: 0, count: experts), count: keys)
        }

        func weights(key value: Int) throws -> [Double] {
            key.integers[0] = Int32(value)
            return try driver.forward(.evaluate).map(Double.init)
        }

        /// One round: the mixture loses the weighted mean of what the experts lose.
        func round(key value: Int, _ given: [Double]) throws {
            let weights = try weights(key: value)
            for (k, loss) in given.enumerated() {
                losses.floats[k] = Float(loss)
                theirs[value][k] += loss
                own[value] += weights[k] * loss
            }
            rounds[value] += 1
            try driver.model.observe(
                Observation(
                    step: 1, count: 1, length: 2, tensors: driver.inputs.map { $0?.slice },
                    parameters: driver.parameters.map { $0.data.assumingMemoryBound(to: Float.self) },
                    outputs: UnsafePointer(driver.outputs.data.assumingMemoryBound(to: Float.self)),
                    expertLosses: UnsafePointer(losses.data.assumingMemoryBound(to: Float.self)),
                    expertCount: experts))
        }

        func regret(key: Int) -> Double { own[key] - (theirs[key].min() ?? 0) }
    }

    static let rounds = 1500
    /// M.
    static let difference = 2.0

    enum Adversary: String, CaseIterable, Sendable {
        /// The expert with the larger weight loses M: no rule can do better than about M sqrt(T) on it.
        case spiteful
        /// Experts lose M by coins of different bias.
        case stochastic
        /// The leader alternates, which ruins a gate that follows it.
        case alternating

        func losses(_ weights: [Double], round: Int, _ random: inout Randomness) -> [Double] {
            weights.indices.map { k in
                switch self {
                case .spiteful: k == weights.firstIndex(of: weights.max() ?? 0) ? difference : 0
                case .stochastic: random.number() < 0.1 * Double(k) ? difference : 0
                case .alternating: round % 2 == k % 2 ? difference : 0
                }
            }
        }
    }

    @Test(arguments: ["hedge", "projected-gradient"], Adversary.allCases)
    func regretStaysBelowTheBound(_ rule: String, _ adversary: Adversary) throws {
        for (experts, keys) in [(2, 1), (2, 3), (4, 1)] {
            let perKey = Self.rounds / keys
            let play = try Play(
                "tabular-gate(rule=\(rule), horizon=\(perKey), bound=\(Self.difference), per_key=\(keys > 1))",
                experts: experts, keys: keys)
            var random = Randomness(seed: UInt64(31 + experts))
            for round in 0..<perKey * keys {
                let weights = try play.weights(key: round % keys)
                try play.round(
                    key: round % keys, adversary.losses(weights, round: round / keys, &random))
            }
            let factor = rule == "hedge" ? log(Double(experts)) : Double(experts)
            let bound = Self.difference * (Double(perKey) * factor / 2).squareRoot()
            for key in 0..<keys {
                #expect(play.regret(key: key) <= bound, "key \(key) of \(keys), \(experts) experts")
            }
            // The adversary is one: without learning the loss would be that of the mean.
            if adversary == .spiteful { #expect(play.regret(key: 0) >= 0.1 * bound) }
        }
    }

    /// For a step that was tuned to nothing, too large or too small: ln K / eta + eta T M^2 / 8 and 1 / eta + eta K T M^2 / 8.
    @Test(arguments: ["hedge", "projected-gradient"], Adversary.allCases)
    func regretOfAnyStepStaysBelowItsOwnBound(_ rule: String, _ adversary: Adversary) throws {
        for (experts, step) in [(2, 0.002), (2, 0.5), (3, 0.05), (5, 3)] {
            let play = try Play("tabular-gate(rule=\(rule), step=\(step))", experts: experts)
            var random = Randomness(seed: UInt64(57 + experts))
            let count = 400
            for round in 0..<count {
                try play.round(key: 0, adversary.losses(try play.weights(key: 0), round: round, &random))
            }
            let squares = Double(count) * Self.difference * Self.difference / 8
            let (distance, factor) = rule == "hedge" ? (log(Double(experts)), 1) : (1, Double(experts))
            #expect(
                play.regret(key: 0) <= distance / step + step * factor * squares, "\(experts) experts, step \(step)")
        }
    }

    /// Weights proportional to exp(-eta L_k), key by key.
    @Test func hedgeIsTheSoftmaxOfLosses() throws {
        let play = try Play("tabular-gate(step=0.3, per_key=true)", experts: 3, keys: 2)
        var random = Randomness(seed: 2)
        for round in 0..<40 { try play.round(key: round % 3 % 2, (0..<3).map { _ in 1 + random.number() }) }
        for key in 0..<2 {
            let expected = PlainPredictors.softmax(play.theirs[key].map { -0.3 * $0 })
            for (weight, value) in zip(try play.weights(key: key), expected) {
                #expect((weight - value).magnitude <= 1e-6)
            }
        }
    }

    /// For two experts: alpha + eta (l_2 - l_1) / 2, kept in [0, 1].
    @Test func gradientStepsAreProjected() throws {
        let play = try Play("tabular-gate(rule=projected-gradient, step=0.2)", experts: 2)
        var random = Randomness(seed: 4)
        var alpha = 0.5
        for _ in 0..<60 {
            let losses = [3 * random.number() + 3, 3 * random.number() + 3]
            try play.round(key: 0, losses)
            alpha = min(1, max(0, alpha + 0.1 * (losses[1] - losses[0])))
            let weights = try play.weights(key: 0)
            #expect((weights[0] - alpha).magnitude <= 1e-6 && (weights[1] - 1 + alpha).magnitude <= 1e-6)
        }
    }

    @Test func theSwitchFollowsTheLeaderOfEveryKey() throws {
        let play = try Play("oracle-switch(per_key=true)", experts: 3, keys: 2)
        #expect(try play.weights(key: 1).allSatisfy { ($0 - 1.0 / 3).magnitude < 1e-7 })
        try play.round(key: 0, [1, 0.5, 2])
        #expect(try play.weights(key: 0) == [0, 1, 0])
        try play.round(key: 0, [0, 1, 2])
        try play.round(key: 1, [1, 2, 0])
        #expect(try play.weights(key: 0) == [1, 0, 0])
        #expect(try play.weights(key: 1) == [0, 0, 1])
        let forgetful = try Play("oracle-switch(memory=0)", experts: 2)
        for losses in [[0, 9.0], [2, 1]] { try forgetful.round(key: 0, losses) }
        #expect(try forgetful.weights(key: 0) == [0, 1])
    }

    @Test(arguments: [
        ("tabular-gate", "either step, or horizon and bound"),
        ("tabular-gate(step=0.1, horizon=10, bound=1)", "either step, or horizon and bound"),
        ("tabular-gate(horizon=10)", "either step, or horizon and bound"),
        ("softmax-router(k=3)", "lower k, or add experts"),
    ])
    func whatDoesNotFitIsRefused(_ spec: String, _ reason: String) throws {
        let failure = #expect(throws: SpecError.self) { try Play(spec, experts: 2) }
        #expect(failure?.message.contains(reason) == true, "\(failure as Any)")
    }

    // MARK: softmax-router

    @Test(arguments: [(2, 4), (4, 4), (1, 3), (2, 5)])
    func theRouterKeepsTheLargestLogits(_ kept: Int, _ experts: Int) throws {
        let schema = TestHost.examples(items: 3, size: 5, classes: 4)
        let spec = "softmax-router(k=\(kept), hidden=[7], activation=tanh)"
        let gate = try TestHost.make().gate(PluginSpec(parsing: spec), schema: schema, length: 3, experts: experts)
        let driver = ModelDriver(gate, schema: schema, count: 6, length: 3, width: experts, seed: 8)
        func weights(_ row: Int, _ values: [String: [Double]]) -> [Double] {
            let logits = PlainPredictors.perceptron(
                driver.items(row).flatMap { $0 }, hidden: [7], outputs: experts, activation: "tanh", values)
            let least = logits.sorted(by: >)[kept - 1]
            return PlainPredictors.softmax(logits.map { $0 >= least ? $0 : -.infinity })
        }
        let found = try driver.forward(.train)
        for row in 0..<6 {
            for (k, value) in weights(row, driver.values).enumerated() {
                #expect((Double(found[row * experts + k]) - value).magnitude <= 1e-6)
                #expect((found[row * experts + k] == 0) == (value == 0))
            }
        }
        #expect(try driver.gradientError(weights) <= 2e-5)
        #expect(driver.keptToWorkspace(.train))
    }
}
