// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductHost
import Testing

@Suite struct EvaluatorTests {
    let host: PluginHost

    init() throws { host = try TestHost.make() }

    static let sequences: [[Int32]] = [[3, 0, 1, 0, 2], [3, 1, 1, 1, 0], [3, 2, 0, 2, 2]]

    /// ln p of a law that differs by sequence, position and class.
    private static func law(_ sequence: Int, _ position: Int, _ x: Int) -> Float {
        let weights = (0..<4).map { Double(1 + ($0 * 3 + sequence * 2 + position) % 5) }
        return Float(log(weights[x] / weights.reduce(0, +)))
    }

    private func driver(
        _ spec: String, oracle: ((Int, Int, Int) -> Double)? = nil,
        predictions: (Int, Int, Int) -> Float = Self.law
    ) throws -> EvaluationDriver {
        let schema = TestHost.tokens(vocabulary: 4, length: 4)
        return EvaluationDriver(
            try host.evaluator(PluginSpec(parsing: spec), schema: schema, length: 4), schema: schema,
            sequences: Self.sequences, predictions: predictions, oracle: oracle)
    }

    /// Mean and s / sqrt(n).
    private func summary(_ values: [Double]) -> (mean: Double, error: Double) {
        let mean = values.reduce(0, +) / Double(values.count)
        let scatter = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, (scatter / Double(values.count - 1) / Double(values.count)).squareRoot())
    }

    @Test func lossByPositionIsTheMeanOverSequences() throws {
        let driver = try driver("position-loss")
        let metrics = try driver.metrics()
        let curve = try #require(metrics["position_loss"])
        #expect(curve.kind == .curve && curve.axis == "position" && curve.unit == "nats")
        for position in 0..<4 {
            let expected = summary((0..<3).map { Double(driver.losses[$0 * 4 + position]) })
            #expect((curve.values[position] - expected.mean).magnitude <= 1e-12)
            let error = try #require(curve.standardErrors)[position]
            #expect((error - expected.error).magnitude <= 1e-9)
        }
    }

    /// Positions of a sequence are correlated: the error of the mean is that of the sequences' means.
    @Test func theErrorOfTheMeanIsOverSequences() throws {
        let driver = try driver("position-loss")
        let metric = try #require(try driver.metrics()["mean_loss"])
        let expected = summary(
            (0..<3).map { row in (0..<4).reduce(0) { $0 + Double(driver.losses[row * 4 + $1]) } / 4 })
        #expect((metric.values[0] - expected.mean).magnitude <= 1e-12)
        let error = try #require(metric.standardErrors)[0]
        #expect((error - expected.error).magnitude <= 1e-9)
    }

    @Test(arguments: ["position-loss", "oracle-gap", "accuracy", "label-loss(tokens=[0, 1], oracle=true)"])
    func partsMergeToTheWhole(_ spec: String) throws {
        let driver = try driver(spec, oracle: { _, _, _ in 0.25 })
        let whole = try driver.metrics()
        for (name, metric) in try driver.metrics(parts: [1, 2]) {
            let expected = try #require(whole[name])
            for (a, b) in zip(metric.values, expected.values) {
                #expect(a == b || (a - b).magnitude <= 1e-12 || (a.isNaN && b.isNaN), "\(name)")
            }
            for (a, b) in zip(metric.standardErrors ?? [], expected.standardErrors ?? []) {
                #expect((a - b).magnitude <= 1e-9 || (a.isNaN && b.isNaN), "\(name)")
            }
        }
    }

    @Test func theGapOfTheOracleItselfIsZero() throws {
        let driver = try driver("oracle-gap", oracle: { exp(Double(Self.law($0, $1, $2))) })
        let metrics = try driver.metrics()
        for name in ["oracle_gap", "excess_loss", "mean_oracle_gap", "mean_excess_loss"] {
            for value in try #require(metrics[name]).values { #expect(value.magnitude <= 1e-6, "\(name)") }
        }
    }

    /// KL((1, 0, 0, 0) || uniform) = ln 4, and a law that is certain has no other terms.
    @Test func theGapIsTheDivergenceFromTheOracle() throws {
        let certain = try driver(
            "oracle-gap", oracle: { $2 == Int(Self.sequences[$0][$1 + 1]) ? 1 : 0 },
            predictions: { _, _, _ in Float(-log(4.0)) }
        )
        .metrics()
        let gap = try #require(certain["oracle_gap"])
        for value in gap.values { #expect((value - log(4)).magnitude <= 1e-6) }
        #expect(try #require(gap.standardErrors).allSatisfy { $0 <= 1e-6 })
        let excess = try #require(certain["mean_excess_loss"]).values[0]
        #expect((excess - log(4)).magnitude <= 1e-6)

        let mixed = try driver(
            "oracle-gap", oracle: { _, _, x in x < 2 ? 0.5 : 0 },
            predictions: { _, _, x in Float(log(x == 0 ? 0.7 : 0.1)) }
        )
        .metrics()
        let expected = 0.5 * log(0.5 / 0.7) + 0.5 * log(0.5 / 0.1)
        let mean = try #require(mixed["mean_oracle_gap"]).values[0]
        #expect((mean - expected).magnitude <= 1e-6)
    }

    @Test func anEvaluatorThatNeedsAnOracleSaysSo() throws {
        let driver = try driver("oracle-gap")
        let failure = #expect(throws: PluginFailure.self) { try driver.metrics() }
        #expect(failure?.message.contains("oracle") == true)
    }

    @Test func accuracyCountsTheLikeliestClass() throws {
        // Always certain of class 2: right at positions where the target is 2.
        let metrics = try driver("accuracy", predictions: { _, _, x in x == 2 ? 0 : -10 }).metrics()
        let curve = try #require(metrics["accuracy"])
        let expected: [Double] = [1.0 / 3, 0, 1.0 / 3, 2.0 / 3]
        for (value, share) in zip(curve.values, expected) { #expect((value - share).magnitude <= 1e-12) }
        let mean = try #require(metrics["mean_accuracy"]).values[0]
        #expect((mean - 1.0 / 3).magnitude <= 1e-12)
    }

    /// The loss is the position: what is averaged where can be read off the sequences.
    @Test func labelsAreCountedAmongTheTokensBeforeThem() throws {
        let driver = try driver(
            "label-loss(tokens=[0, 1], maximum_count=2)", predictions: { _, position, _ in -Float(position) })
        let metrics = try driver.metrics()
        let curve = try #require(metrics["label_loss"])
        #expect(curve.axis == "times_seen")
        // 3 0 1 0 2: 0 at position 0 (unseen), 1 at 1 (unseen), 0 at 2 (once).
        // 3 1 1 1 0: 1 at 0 (unseen), 1 at 1 (once), 1 at 2 (twice), 0 at 3 (unseen).
        // 3 2 0 2 2: 0 at 1 (unseen).
        #expect(curve.values == [1, 1.5, 2])
        #expect(try #require(metrics["label_loss_first"]).values == [1])
        let later = try #require(metrics["label_loss_later"]).values[0]
        #expect((later - 5.0 / 3).magnitude <= 1e-12)
        #expect(metrics["label_loss_oracle"] == nil)
    }

    @Test func sightingsBeyondTheMaximumArePooled() throws {
        let metrics = try driver(
            "label-loss(tokens=[0, 1], maximum_count=1, oracle=true)", oracle: { _, _, _ in 0.5 },
            predictions: { _, position, _ in -Float(position) }
        )
        .metrics()
        let pooled = try #require(metrics["label_loss"]).values
        let expected: [Double] = [1, 5.0 / 3]
        for (value, mean) in zip(pooled, expected) { #expect((value - mean).magnitude <= 1e-12) }
        let optimal = try #require(metrics["label_loss_oracle"])
        for value in optimal.values { #expect((value - log(2)).magnitude <= 1e-12) }
    }

    @Test func aLabelOutsideTheVocabularyIsRefused() throws {
        let failure = #expect(throws: SpecError.self) { try driver("label-loss(tokens=[1, 4])") }
        #expect(failure?.message.contains("token 4") == true)
    }
}
