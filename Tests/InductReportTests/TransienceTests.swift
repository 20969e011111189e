// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductReport
import Testing

@Suite("Emergence and transience")
struct TransienceTests {
    /// A run whose error of one view with replaced labels takes these values, every 100 steps.
    private func run(_ values: [Double], metric: String = "error_relevant_rare_oobd") throws -> RunRecord {
        let scratch = try ScratchDirectory()
        try scratch.write(#"{"recipe": {"source": {"name": "made-up"}}}"#, to: "run.json")
        let lines = values.enumerated().flatMap { place, value -> [JSON] in
            [(metric, value), ("error_relevant_rare_ibd", value / 2)].map { metric, value in
                [
                    "step": .integer(Int64(100 * place)), "metric": .string(metric), "evaluation": "views",
                    "value": .number(value), "standard_error": .number(0.01),
                ]
            }
        }
        try scratch.write(lines.map { $0.text + "\n" }.joined(), to: "metrics.jsonl")
        return try RunRecord(directory: scratch.path)
    }

    /// Falls around step 400, rises around step 3000.
    private var wave: [Double] {
        (0..<60).map { place in
            let step = Double(100 * place)
            return 0.9 - 0.8 / (1 + exp(-(log(1 + step) - log(401)) / 0.1))
                + 0.7 / (1 + exp(-(log(1 + step) - log(3001)) / 0.1))
        }
    }

    @Test("a fall and a rise are found, with their change points")
    func waveIsFound() throws {
        let found = try #require(Transience(of: "error_relevant_rare_oobd", in: try run(wave)))
        let values = wave
        #expect(found.emerged == values.firstIndex { $0 < 0.5 }.map { 100 * $0 })
        #expect(found.leastStep == 100 * (values.firstIndex(of: values.min() ?? 0) ?? -1))
        #expect(found.lost == values.lastIndex { $0 < 0.5 }.map { 100 * ($0 + 1) })
        let (fall, rise) = (try #require(found.fall), try #require(found.rise))
        #expect(abs(fall.step - 400) < 20 && abs(rise.step - 3000) < 150)
        #expect(found.json["first_step_above_again"]?.int == found.lost)
    }

    @Test("what never appeared is not lost, and what stays is not lost either")
    func endsAreOpen() throws {
        let never = try #require(
            Transience(of: "error_relevant_rare_oobd", in: try run([0.9, 0.8, 0.6, 0.7, 0.9])))
        #expect(never.emerged == nil && never.lost == nil && never.least == 0.6 && never.leastStep == 200)
        let stays = try #require(
            Transience(of: "error_relevant_rare_oobd", in: try run([0.9, 0.4, 0.6, 0.1, 0.2])))
        #expect(stays.emerged == 100 && stays.lost == nil && stays.leastStep == 300)
        let strict = try #require(
            Transience(of: "error_relevant_rare_oobd", level: 0.15, in: try run([0.9, 0.4, 0.6, 0.1, 0.2])))
        #expect(strict.emerged == 300 && strict.lost == 400)
    }

    @Test("one look is no curve, and only views with replaced labels count")
    func whatCounts() throws {
        #expect(Transience(of: "error_relevant_rare_oobd", in: try run([0.9])) == nil)
        #expect(try run([0.9, 0.8]).shiftedErrors == ["error_relevant_rare_oobd"])
        #expect(try run([0.9, 0.8], metric: "loss_rare_oobd").shiftedErrors.isEmpty)
    }

    @Test("figures show errors by view with bands, against known levels")
    func figures() throws {
        let report = Report(
            run: try run(wave), theory: nil, levels: [ErrorLevel(name: "chance", error: 0.9)])
        #expect(report.figures.map(\.name) == ["error-by-view", "error-by-shifted-view"])
        let chart = report.figures[1].chart
        #expect(chart.series.map(\.label) == ["relevant rare oobd", "chance (0.9)"])
        #expect(chart.series[0].points.map(\.y) == wave && chart.series[0].points.allSatisfy { $0.error == 0.01 })
        #expect(chart.series[1].points.map(\.y) == [0.9, 0.9])
    }

    @Test("over seeds the band is that of the seeds")
    func seedFigures() throws {
        let runs = try [0.9, 0.7].map { try run([$0, $0 / 2]) }
        let figures = Report(seeds: runs, theory: nil).figures
        #expect(figures.map(\.name) == ["error-by-view-by-seed", "error-by-shifted-view-by-seed"])
        let points = try #require(figures[1].chart.series.first?.points)
        #expect(zip(points.map(\.y), [0.8, 0.4]).allSatisfy { abs($0 - $1) < 1e-12 } && points.count == 2)
        #expect(abs(try #require(points[0].error) - 0.02.squareRoot()) < 1e-12)
    }

    @Test("the switch figure draws losses, levels and the switches inside its axis")
    func switchFigure() {
        let line = SwitchFigure.Line(
            name: "rare", points: [(16, 2), (256, 0.1), (4096, 0.01)], switches: [("relevant", 900), ("default", 1e9)])
        let chart = SwitchFigure(
            [line], levels: [.init(name: "in context", loss: 0.05), .init(name: "never", loss: .infinity)],
            source: "made-up"
        ).chart
        #expect(chart.series.map(\.label) == ["in weights, rare", "in context", "switch, rare, relevant contexts"])
        #expect(chart.series[2].points.map(\.x) == [900, 900])
        #expect(chart.x.scale == .logarithmic && chart.subtitle == ["made-up"])
    }
}
