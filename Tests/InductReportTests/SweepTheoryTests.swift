// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductReport
import Testing

@Suite("Theory in the figures of a sweep")
struct SweepTheoryTests {
    /// Errors along N, for two values of p_high, measured on another source than the one trained on.
    private func figures(
        metrics: String, lines: String, prediction: @escaping (PluginSpec) -> SwitchPrediction?
    ) throws -> [Figure] {
        let sweep = try SweepRecipe(
            yaml: """
                source: gaussian-classes(sequences=64)
                architecture: similarity
                training: {length: 2, batch: 8, steps: 12}
                evaluate: [{name: final, at: [], evaluators: [view-error], source: {p_relevant: 0.5}}]
                sweep:
                  grid: {source.p_high: [0.5, 0.9], source.sequences: [64, 1024, 16384]}
                  figures: [{name: error, metrics: \(metrics), x: sequences, lines: \(lines), theory: switch}]
                """)
        let table = SweepTable(
            sweep.sweep, name: "made-up",
            points: try sweep.sweep.points.map { point in
                let run = RunRecord(
                    directory: "", description: ["recipe": try sweep.recipe(at: point).json],
                    metrics: ["error_default_rare_ibd", "alpha_mean_default_rare_ibd"].map {
                        MetricRecord(step: 12, metric: $0, evaluation: "final", rows: [[0.5]])
                    })
                return .init(point, directory: "", runs: [run])
            })
        return SweepFigures(table, prediction: prediction).all
    }

    /// N = 2^8 to 2^12 for the rare classes, later for those of p_high = .9.
    private func made(up source: PluginSpec) -> SwitchPrediction? {
        let isHigh = source.description.contains("p_high=0.9")
        return SwitchPrediction(
            levels: [.init(name: "chance", error: 0.9)],
            groups: [
                .init(name: "frequent", early: 20, late: 20),
                .init(name: "rare", early: 256, late: isHigh ? .infinity : 4096),
            ])
    }

    @Test func aPanelIsAboutTheSourceThatItsMetricIsMeasuredOn() throws {
        var asked: [String] = []
        let figures = try figures(metrics: "final/error_default_rare_ibd", lines: "[]") {
            asked.append($0.description)
            return made(up: $0)
        }
        #expect(figures.map(\.name) == ["error-p-high-0.5", "error-p-high-0.9"])
        #expect(asked.allSatisfy { $0.contains("p_relevant=0.5") } && asked.count == 2, "\(asked)")
        #expect(figures[0].chart.spans.map(\.label) == ["switch, frequent: N = 20", "switch, rare: N = 256 to 4096"])
        #expect(figures[0].chart.spans[1].range == 8...12)
        #expect(figures[1].chart.spans[1].label == "switch, rare: N = 256 to never")
        #expect(figures[1].chart.spans[1].range == 8...Double.infinity)
        let level = try #require(figures[0].chart.series.last)
        #expect(level.label == "chance (0.9)" && level.points.map(\.x) == [6, 14])
    }

    @Test func whatDiffersBetweenLinesNamesThem() throws {
        let figures = try figures(metrics: "alpha_mean_default_rare_ibd", lines: "[p_high]") { made(up: $0) }
        let chart = try #require(figures.first).chart
        #expect(figures.count == 1)
        #expect(
            chart.spans.map(\.label) == [
                "switch, p_high 0.5, frequent: N = 20", "switch, p_high 0.5, rare: N = 256 to 4096",
                "switch, p_high 0.9, frequent: N = 20", "switch, p_high 0.9, rare: N = 256 to never",
            ])
        #expect(Set(chart.spans.map(\.colour)).count == 4)
        // Weights are no errors: chance has no place among them.
        #expect(chart.series.allSatisfy { $0.role == .model })
    }

    @Test func withoutTheoryNothingIsAdded() throws {
        let figures = try figures(metrics: "final/error_default_rare_ibd", lines: "[p_high]") { _ in nil }
        #expect(figures.count == 1)
        #expect(figures.allSatisfy { $0.chart.spans.isEmpty && $0.chart.series.count == 2 })
    }

    @Test func spansEndWhereTheLinesDo() throws {
        let figures = try figures(metrics: "final/error_default_rare_ibd", lines: "[]") { made(up: $0) }
        let layers = try #require(figures[1].chart.vegaLite["layer"]?.array)
        let bars = layers.filter { $0["mark"]?["type"] == "rect" }.flatMap { $0["data"]?["values"]?.array ?? [] }
        #expect(bars == [["series": "switch, rare: N = 256 to never", "log2_sequences": 8.0, "end": 14.0]])
        // N = 20 lies before the first point, and is in the legend alone.
        let ends = layers.first { $0["mark"]?["type"] == "rule" }?["data"]?["values"]?.array
        #expect(ends == [["series": "switch, rare: N = 256 to never", "log2_sequences": 8.0]])
    }
}
