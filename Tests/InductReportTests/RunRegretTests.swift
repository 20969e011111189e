// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductReport
import Testing

@Suite("The regret of a whole run")
struct RunRegretTests {
    /// Two keys, two experts: the losses of a stretch, with M and the number of observations in each of its steps.
    private func records(_ step: Int, _ losses: [[Double]], largest: Double, squares: [Double]) -> [MetricRecord] {
        let bounds = squares.map { largest * (0.35 * $0).squareRoot() }
        func record(_ metric: String, _ rows: [[Double]]) -> MetricRecord {
            MetricRecord(step: step, metric: metric, evaluation: "online", unit: "nats", rows: rows)
        }
        return [
            record("losses_by_key", losses), record("regret_largest_difference", [[largest]]),
            record("regret_bound", [[bounds[2]]]), record("regret_bound_by_key", [Array(bounds.prefix(2))]),
        ]
    }

    private func run(_ stretches: [[MetricRecord]]) -> RunRecord {
        RunRecord(directory: "", description: ["recipe": ["seed": 1]], metrics: stretches.flatMap { $0 })
    }

    /// The first expert is better in the first stretch, the second over both.
    @Test func theBestWeightsAreThoseOfAllSamples() throws {
        let run = run([
            records(0, [[0, 0], [0, 0]], largest: 0, squares: [0, 0, 0]),
            records(10, [[6, 5, 4, 7], [4, 3, 2, 3]], largest: 1, squares: [36, 16, 100]),
            records(20, [[6, 6, 9, 4], [0, 0, 0, 0]], largest: 2, squares: [36, 0, 36]),
        ])
        let regret = try #require(RunRegret(in: run))
        #expect(regret.unit == "nats")
        #expect(regret.totals.map(\.step) == [10, 20])
        #expect(regret.totals[0].samples == 10 && regret.totals[0].regret == 8 - 6)
        #expect(abs(regret.totals[0].bound - 35.0.squareRoot()) < 1e-12)
        let last = regret.last
        #expect(last.samples == 16 && last.regret == 14 - 14)
        #expect(last.regretByKey == [11 - 11, 3 - 2])
        #expect(last.regretOfKeys == 1)
        // M is the larger one of both stretches.
        #expect(abs(last.bound - 2 * (0.35 * 136).squareRoot()) < 1e-12)
        #expect(abs(last.boundOfKeys - 2 * ((0.35 * 72).squareRoot() + (0.35 * 16).squareRoot())) < 1e-12)
    }

    @Test func aRunWithoutRegretHasNone() throws {
        #expect(RunRegret(in: run([])) == nil)
        #expect(RunRegret(in: run([records(0, [[0, 0], [0, 0]], largest: 0, squares: [0, 0, 0])])) == nil)
    }

    @Test func theBoundIsDrawnBesideIt() throws {
        let run = run([
            records(10, [[6, 5, 4, 7], [4, 3, 2, 3]], largest: 1, squares: [36, 16, 100])
        ])
        let figures = Report(run: run, theory: nil).figures
        #expect(figures.map(\.name) == ["regret-by-step", "regret-by-key"])
        let labels = figures[0].chart.series.map(\.label)
        #expect(
            labels == [
                "best fixed weights", "bound of one rule", "best fixed weights of every key",
                "bound of a rule for every key",
            ])
        #expect(figures[1].chart.series.map { $0.points.map(\.x) } == [[0, 1], [0, 1]])
    }
}
