// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

// A plugin as a stranger would write it in Swift, one part of each kind that a model is made and measured with.

/// Logits of the next token from the last one alone.
final class Bigram: Architecture {
    static let name = "bigram"
    static let summary = "a table of logits"
    static let parameters = [Parameter.number("deviation", default: 0, in: 0...10, "of the table at the start")]

    private let classes: Int
    private let deviation: Double

    init(_ creation: Creation) throws {
        guard let schema = creation.schema, schema.task == .nextToken else {
            throw InductError.invalid("bigram predicts the next token")
        }
        classes = schema.classes
        deviation = try creation.configuration.number("deviation")
    }

    var output: OutputKind { .logits }
    var modelParameters: [ModelParameter] {
        [ModelParameter("table", [classes, classes], .normal(mean: 0, deviation: deviation), isDecayed: false)]
    }
    var activations: [Point] { [Point("row", [.batch, .length, .constant(classes)])] }

    func forward(_ pass: borrowing Pass) throws {
        guard let tokens = pass.integers(0) else { throw InductError(.invalidArgument, "the pass has no tokens") }
        let table = pass.parameter(0)
        for row in 0..<pass.count * pass.length {
            (pass.outputs + row * classes).update(from: table + Int(tokens[row]) * classes, count: classes)
        }
        for index in 0..<pass.requestCount {
            guard let request = pass.request(index), request.names("row"), request.action == .read else {
                throw InductError(.notFound, "bigram has no point '\(pass.request(index)?.point ?? "")' to read")
            }
            request.values?.update(from: pass.outputs, count: pass.count * pass.length * classes)
        }
    }

    func backward(_ pass: borrowing Pass) throws {
        guard let tokens = pass.integers(0), let gradient = pass.gradient(0) else {
            throw InductError(.invalidArgument, "the pass has no tokens or no gradient")
        }
        if !pass.accumulates { gradient.update(repeating: 0, count: classes * classes) }
        for row in 0..<pass.count * pass.length {
            for x in 0..<classes {
                gradient[Int(tokens[row]) * classes + x] += pass.outputGradients[row * classes + x]
            }
        }
    }
}

/// Gives each expert the share of positions at which it was the best so far.
final class Winners: Gate, OnlineModel {
    static let name = "winners"
    static let summary = "shares of wins"

    private let experts: Int

    init(_ creation: Creation) throws { experts = creation.expertCount }

    var modelParameters: [ModelParameter] { [ModelParameter("wins", [experts], .constant(1), isOnline: true)] }
    var isDifferentiable: Bool { false }

    func forward(_ pass: borrowing Pass) throws {
        let wins = pass.parameter(0)
        let total = (0..<experts).reduce(0) { $0 + wins[$1] }
        for row in 0..<pass.count * pass.length {
            for expert in 0..<experts { pass.outputs[row * experts + expert] = wins[expert] / total }
        }
    }

    func backward(_ pass: borrowing Pass) throws { throw InductError(.unimplemented, "wins are counted, not trained") }

    func observe(_ observation: borrowing Observation) throws {
        guard let losses = observation.expertLosses else {
            throw InductError(.invalidArgument, "winners needs the experts' losses")
        }
        let wins = observation.parameter(0)
        for row in 0..<observation.count * observation.length {
            var best = 0
            for expert in 1..<experts where losses[row * experts + expert] < losses[row * experts + best] {
                best = expert
            }
            wins[best] += 1
        }
    }
}

/// The largest loss, where it was, and what was asked for.
struct WorstLoss: Evaluator {
    static let name = "worst-loss"
    static let summary = "the largest loss"

    init(_ creation: Creation) throws {}

    let needs = [
        EvaluationNeed([.losses, .predictions], points: ["row"]),
        EvaluationNeed(.parameters, stream: .training),
        EvaluationNeed(.losses, stream: .view("test")),
    ]

    func begin() -> Accumulator { Accumulator() }

    struct Accumulator: EvaluationAccumulator {
        private var worst = -Double.infinity
        private var sample = Double.nan

        mutating func consume(_ batch: borrowing EvaluationBatch) throws {
            guard let losses = batch.losses else { throw InductError(.failedPrecondition, "there are no losses") }
            for row in 0..<batch.count * batch.positions where Double(losses[row]) > worst {
                worst = Double(losses[row])
                sample = Double(batch.first) + Double(row / batch.positions)
            }
        }

        mutating func merge(_ other: Self) {
            if other.worst > worst { self = other }
        }

        func finish() -> [Metric] {
            [
                .scalar("worst_loss", unit: "nats", worst),
                .curve("worst_place", [sample, worst], standardErrors: [0, .nan], axis: "what", axisValues: [1, 2]),
            ]
        }
    }
}
