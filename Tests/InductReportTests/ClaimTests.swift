// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductReport
import Testing

@Suite("Claims about a sweep")
struct ClaimTests {
    /// Errors by p and seed: 0.5 and 0.1 apart on average, with a known spread.
    private static let errors: [String: [Double]] = ["0.2": [0.5, 0.6, 0.7], "0.4": [0.1, 0.3, 0.2]]

    private static func recipe(_ claim: String) -> String {
        """
        source: coin(p=0.3)
        architecture: transformer(layers=1)
        training: {length: 6, batch: 8, steps: 12}
        evaluate: [{at: [], evaluators: [position-loss]}]
        sweep:
          seeds: 3
          grid: {source.p: [0.2, 0.4, 0.8]}
          figures: [{name: error, metrics: error, x: p}]
          claims: [\(claim)]
        """
    }

    private func table(_ claim: String) throws -> SweepTable {
        let sweep = try SweepRecipe(yaml: Self.recipe(claim)).sweep
        let points = sweep.points.map { point in
            let errors = Self.errors[sweep.axes[0].values[point.indices[0]].label] ?? []
            return SweepTable.Point(
                point, directory: "p",
                runs: errors.enumerated().map { seed, error in
                    RunRecord(
                        directory: "p/\(seed)", description: ["recipe": ["seed": .integer(Int64(seed))]],
                        metrics: [
                            MetricRecord(step: 0, metric: "error", evaluation: "final", rows: [[0.9]]),
                            MetricRecord(step: 12, metric: "error", evaluation: "final", rows: [[error]]),
                        ])
                })
        }
        return SweepTable(sweep, name: "made-up", points: points)
    }

    private func verdict(_ claim: String) throws -> ClaimVerdict {
        let table = try table(claim)
        return ClaimVerdict(try #require(table.sweep.claims.first), in: table)
    }

    @Test func differencesAreTakenSeedBySeed() throws {
        let verdict = try verdict(
            "{claim: c, value: {metric: error, p: 0.2}, minus: {p: 0.4}, at_least: 0.3}")
        // .4, .3, .5: mean .4, deviation .1.
        let statistics = try #require(verdict.statistics)
        #expect(abs(statistics.mean - 0.4) < 1e-12)
        #expect(abs((statistics.standardError ?? 0) - 0.1 / 3.0.squareRoot()) < 1e-12)
        #expect(abs((verdict.t ?? 0) - 3.0.squareRoot()) < 1e-9)
        #expect(verdict.outcome == .supported)
        #expect(!verdict.isFault)
    }

    @Test func aClaimThatTheRunsDoNotSupportIsAFaultUnlessItIsKnown() throws {
        let claim = "{claim: c, value: {metric: error, p: 0.2}, minus: {p: 0.4}, at_least: 0.5"
        #expect(try verdict(claim + "}").outcome == .notSupported)
        #expect(try verdict(claim + "}").isFault)
        #expect(try !verdict(claim + ", known: too few steps}").isFault)
        #expect(try verdict("{claim: c, value: {metric: final/error, p: 0.4}, at_most: 0.25}").outcome == .supported)
        #expect(try verdict("{claim: c, value: {metric: error, p: 0.4}, at_most: 0.15}").outcome == .notSupported)
    }

    @Test func whatTheSweepLacksIsNotTested() throws {
        let unfinished = try verdict("{claim: c, value: {metric: error, p: 0.8}, at_most: 1}")
        #expect(unfinished.outcome == .untested("no run of its point is finished"))
        let unknown = try verdict("{claim: c, value: {metric: eror, p: 0.2}, at_most: 1}")
        #expect(unknown.outcome == .untested("its runs have no metric 'eror'"))
        let ambiguous = try verdict("{claim: c, value: {metric: error}, at_most: 1}")
        #expect(ambiguous.outcome == .untested("3 points of this sweep's grid are meant"))
        #expect(!ambiguous.isFault)
    }

    @Test func aFigureSaysWhatIsNotSupported() throws {
        let claim = "{claim: the order is kept, value: {metric: error, p: 0.2}, at_most: 0.1, figure: error}"
        let table = try table(claim)
        let verdicts = table.sweep.claims.map { ClaimVerdict($0, in: table) }
        let figure = try #require(SweepFigures(table, verdicts: verdicts).all.first)
        #expect(figure.chart.subtitle.contains { $0.hasPrefix("Not supported: the order is kept (found 0.6 ± 0.06)") })
        #expect(SweepFigures(table).all.first?.chart.subtitle.count == 1)
    }

    @Test func aFigureHasALineForEachMetricAndABandOfOneStandardError() throws {
        let table = try table("{claim: c, value: {metric: error}, at_most: 1}")
        let figure = try #require(SweepFigures(table).all.first)
        #expect(figure.name == "error")
        #expect(figure.chart.bandWidth == 1)
        let points = try #require(figure.chart.series.first).points
        #expect(points.map(\.x) == [0.2, 0.4])
        #expect(abs(points[0].y - 0.6) < 1e-12)
        #expect(abs((points[0].error ?? 0) - 0.1 / 3.0.squareRoot()) < 1e-12)
    }

    @Test func aFigureAlongTrainingHasTheMeanAtEveryStep() throws {
        let table = try table("{claim: c, value: {metric: error}, at_most: 1}")
        let figures = SweepFigures(table).panels(
            of: .init(
                name: "e", metrics: [.init(label: "e", metric: "final/error")], x: "step", lines: ["source.p"]))
        #expect(figures.count == 1)
        // The point without finished runs has no line.
        #expect(figures[0].chart.series.map(\.label) == ["p 0.2", "p 0.4"])
        #expect(figures[0].chart.series[1].points.map(\.x) == [0, 12])
        #expect(abs(figures[0].chart.series[1].points[1].y - 0.2) < 1e-12)
    }

    @Test func tablesAreWrittenAsCommaSeparatedValues() throws {
        let lines = try table("{claim: c, value: {metric: error}, at_most: 1}").csv().split(separator: "\n")
        #expect(lines.first == "p,seed,evaluation,metric,step,value,directory")
        #expect(lines.dropFirst().first == "0.2,0,final,error,12,0.5,p/0")
        #expect(lines.count == 7)
        #expect(SweepTable.csv([["a,b", "say \"x\""]]) == "\"a,b\",\"say \"\"x\"\"\"\n")
    }

    @Test func powersOfTwoStandAtTheirExponents() throws {
        let sweep = try SweepRecipe(
            yaml: Self.recipe("{claim: c, value: {metric: error}, at_most: 1}"),
            axes: [try Sweep.Axis(option: "training.batch=[4,16,64]")]
        ).sweep
        let table = SweepTable(
            sweep, name: "made-up",
            points: sweep.points.map { point in
                let run = RunRecord(
                    directory: "", description: ["recipe": ["seed": 1]],
                    metrics: [MetricRecord(step: 12, metric: "error", evaluation: "final", rows: [[1]])])
                return .init(point, directory: "", runs: [run])
            })
        let figures = SweepFigures(table).panels(
            of: .init(
                name: "e", metrics: [.init(label: "e", metric: "error")], x: "training.batch", lines: []))
        #expect(figures.map(\.name) == ["e-p-0.2", "e-p-0.4", "e-p-0.8"])
        #expect(figures[0].chart.x.title == "log2 batch")
        #expect(figures[0].chart.series[0].points.map(\.x) == [2, 4, 6])
    }
}
