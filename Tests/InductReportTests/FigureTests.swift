// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductReport
import Testing

@Suite("The figures of a run")
struct FigureTests {
    let run: RunRecord
    let theory = MadeUpRun.theory

    init() throws {
        let scratch = try ScratchDirectory()
        try scratch.write(MadeUpRun.description, to: "run.json")
        try scratch.write(MadeUpRun.metrics(), to: "metrics.jsonl")
        run = try RunRecord(directory: scratch.path)
    }

    @Test("are all there, and each draws its theory as a line")
    func everyFigureHasItsTheory() {
        let figures = Report(run: run, theory: theory).figures
        #expect(
            figures.map(\.name) == [
                "loss-by-position", "relative-loss-by-step", "label-loss-by-times-seen", "label-loss-by-step",
                "oracle-gap-by-position", "training-loss",
            ])
        for figure in figures {
            let exact = figure.chart.series.filter { $0.role != .model && $0.points.count >= 2 }
            #expect(!exact.isEmpty, "\(figure.name) has no theory")
            #expect(!figure.chart.x.title.isEmpty && !figure.chart.y.title.isEmpty && !figure.chart.title.isEmpty)
            #expect(figure.chart.subtitle.first == "made-up")
        }
    }

    @Test("compare the prediction at position i with entropy[i + 1]")
    func positionConvention() throws {
        let chart = FigureContext(run: run, theory: theory).lossByPosition().chart
        let exact = try #require(chart.series.first { $0.label == "exact h_l" })
        #expect(exact.points.map(\.x) == (1...MadeUpRun.length).map(Double.init))
        #expect(exact.points.map(\.y) == Array(theory.entropy.dropFirst()))
        let model = try #require(chart.series.first { $0.label == "step 500" })
        for (one, other) in zip(model.points, exact.points) {
            #expect(one.x == other.x)
            #expect(one.y > other.y && one.y - other.y < 0.01)
        }
    }

    @Test("show the relative loss falling to h_l / h_mu - 1 at the same position")
    func relativeLoss() throws {
        let chart = FigureContext(run: run, theory: theory).relativeLoss().chart
        let model = chart.series.filter { $0.role == .model }
        #expect(model.count >= 5)
        for series in model {
            let exact = try #require(chart.series.first { $0.label == "exact, " + series.label })
            #expect(exact.colour == series.colour)
            let level = try #require(exact.points.first?.y)
            #expect(exact.points.allSatisfy { $0.y == level })
            #expect(abs((series.points.last?.y ?? .nan) - level) < 0.01)
            #expect((series.points.first?.y ?? .nan) - level > 0.5)
        }
    }

    @Test("take curves by position from the most precise evaluation, and by step from the most frequent")
    func choiceOfEvaluation() throws {
        let context = FigureContext(run: run, theory: theory)
        let byPosition = context.lossByPosition().chart.series.filter { $0.role == .model }
        #expect(byPosition.map(\.label) == [20, 50, 100, 200, 300, 500].map { "step \($0)" })
        #expect(byPosition.allSatisfy { $0.points.allSatisfy { $0.error == 0.007 } })
        let byStep = context.labelLossByStep().chart.series.filter { $0.role == .model }
        #expect(byStep.allSatisfy { $0.points.count == 101 })
    }

    @Test("say when labels began to be copied")
    func transition() throws {
        let transition = try #require(Transition(in: run))
        let threshold = try #require(transition.threshold)
        #expect(abs(threshold - 0.34657359027997264) < 1e-15)
        let step = try #require(transition.step)
        let later = run.records(of: MetricName.labelLossLater, in: "transition")
        #expect(later.filter { $0.step < step }.allSatisfy { ($0.scalar ?? 0) >= threshold })
        #expect((later.first { $0.step == step }?.scalar ?? 1) < threshold)
        let chart = FigureContext(run: run, theory: theory).labelLossByStep().chart
        #expect(chart.subtitle.contains { $0.contains("first at step \(step)") })
    }

    @Test("are Vega-Lite with finite data inside and bands of two standard errors")
    func vegaLite() throws {
        for figure in Report(run: run, theory: theory).figures {
            let json = try JSON(parsing: figure.chart.vegaLite.text)
            #expect(json["$schema"]?.string == "https://vega.github.io/schema/vega-lite/v5.json")
            let rows = try #require(json["data"]?["values"]?.array)
            #expect(rows.count == figure.chart.series.reduce(0) { $0 + $1.points.count })
            var bands = 0
            for row in rows {
                let y = try #require(row[figure.chart.y.field]?.double)
                #expect(row[figure.chart.x.field]?.double?.isFinite ?? false)
                #expect(y.isFinite)
                guard let lower = row["lower"]?.double, let upper = row["upper"]?.double else { continue }
                #expect(lower <= y && y <= upper)
                bands += 1
            }
            let errors = figure.chart.series.flatMap(\.points).filter { $0.error != nil }.count
            #expect(bands == errors)
            #expect((json["layer"]?.array?.count ?? 0) >= (bands > 0 ? 2 : 1))
        }
    }

    @Test("are left out where the run has no data for them")
    func noData() {
        let empty = RunRecord(directory: "", description: .object([]), metrics: [])
        #expect(Report(run: empty, theory: theory).figures.isEmpty)
        let lossOnly = RunRecord(
            directory: "", description: .object([]),
            metrics: (1...3).map {
                MetricRecord(step: $0, metric: "loss", evaluation: "training", rows: [[1 / Double($0)]])
            })
        #expect(Report(run: lossOnly, theory: nil).figures.map(\.name) == ["training-loss"])
    }

    @Test("have no line for values that do not exist")
    func missingValues() {
        let record = MetricRecord(
            step: 5, metric: "position_loss", evaluation: "e", rows: [[.nan, 1, .infinity, 2]],
            standardErrors: [[.nan, 0.1, 0.1, .nan]], axis: "position")
        #expect(record.points == [.init(x: 1, y: 1, error: 0.1), .init(x: 3, y: 2)])
    }

    @Test("are made for curves that an evaluator of one's own gives, and for no others")
    func otherCurves() throws {
        func curve(_ metric: String, axis: String, step: Int = 7, names: [String]? = nil) -> MetricRecord {
            MetricRecord(
                step: step, metric: metric, evaluation: "e", unit: "fraction", rows: [[0.5, .nan, 0.75]],
                standardErrors: [[0.1, .nan, 0.1]], axis: axis, columnNames: names)
        }
        let run = RunRecord(
            directory: "", description: .object([]),
            metrics: [
                curve("confidence", axis: "position", step: 0), curve("confidence", axis: "position"),
                curve("weight_by_key", axis: "key"), curve("belief_ridge", axis: "point", names: ["a", "b", "c"]),
                curve("sharpness", axis: "position"), curve("oracle_gap", axis: "position"),
                curve("excess_loss", axis: "position"),
                MetricRecord(step: 7, metric: "level", evaluation: "e", rows: [[1]]),
                MetricRecord(step: 7, metric: "empty", evaluation: "e", rows: [[.nan]], axis: "position"),
            ])
        let figures = Report(run: run, theory: nil).figures
        #expect(
            figures.map(\.name) == [
                "oracle-gap-by-position", "confidence-by-position", "weight-by-key", "sharpness-by-position",
            ])
        let byPosition = figures[1].chart
        #expect(byPosition.title == "Confidence by position" && byPosition.y.title == "confidence (fraction)")
        #expect(byPosition.series.map(\.label) == ["step 7"])
        #expect(byPosition.series[0].points.map(\.x) == [1, 3], "the number of tokens read")
        #expect(figures[2].chart.series[0].points.map(\.x) == [0, 2], "the axis as it is")
    }

    @Test("thin a long training loss without losing its ends")
    func longRuns() throws {
        let metrics = (1...200_000).map {
            MetricRecord(step: $0, metric: "loss", evaluation: "training", rows: [[Double($0)]])
        }
        let run = RunRecord(directory: "", description: .object([]), metrics: metrics)
        let points = try #require(FigureContext(run: run, theory: nil).trainingLoss().chart.series.first?.points)
        #expect(points.count == 1_000)
        #expect(points[0].x == 100.5 && points[999].x == 199_900.5)
        #expect(zip(points, points.dropFirst()).allSatisfy { $0.x < $1.x })
    }
}

@Suite("What figures are written with")
struct ChartPartsTests {
    @Test(
        "numbers are short and locale-free",
        arguments: [
            (1.0, "1"), (0.5, "0.5"), (1.4451858789, "1.4452"), (-0.25, "-0.25"), (-0.00001, "0"), (100.05, "100.05"),
            (Double.nan, "unknown"), (Double.infinity, "infinite"),
        ])
    func decimals(value: Double, text: String) {
        #expect(decimal(value) == text)
    }

    @Test("ordered colours are distinct, from light to dark", arguments: 2...9)
    func sequences(count: Int) {
        let colours = Palette.sequence(count)
        #expect(Set(colours).count == count)
        let brightness = colours.map { colour in
            let value = Int(colour.dropFirst(), radix: 16) ?? 0
            return 3 * (value >> 16) + 6 * (value >> 8 & 255) + value & 255
        }
        #expect(brightness.first ?? 0 > brightness.last ?? 0)
        #expect(colours.allSatisfy { $0.count == 7 })
    }
}
