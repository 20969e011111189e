// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductReport
import Testing

@Suite("The axes and dashes of figures")
struct AxisTests {
    /// A run with the errors of one view at these steps.
    private func errors(at steps: [Int], levels: [ErrorLevel] = []) throws -> Chart {
        let metrics = steps.map {
            MetricRecord(step: $0, metric: "error_relevant_rare_oobd", evaluation: "views", rows: [[0.5]])
        }
        let report = Report(
            run: RunRecord(directory: "", description: .object([]), metrics: metrics), theory: nil, levels: levels)
        return try #require(report.figures.first { $0.name == "error-by-shifted-view" }).chart
    }

    @Test("steps by factors stand on a logarithmic axis, with a place for step 0 where there is one")
    func logarithmicSteps() throws {
        let steps = [1, 2, 5, 10, 22, 46, 100, 215, 464, 1000, 2154, 4642, 10000]
        let axis = try errors(at: steps).x
        #expect(axis.scale == .logarithmic && axis.ticks == [1, 10, 100, 1000, 10000])
        #expect(axis.title == "training step (logarithmic)")
        let later = try errors(at: [0, 10, 22, 46, 100, 215, 464, 1000, 3000]).x
        #expect(later.scale == .symmetricLogarithmic(constant: 10))
        #expect(later.ticks == [0, 10, 20, 50, 100, 200, 500, 1000, 2000])
        // The axis ends where the lines do.
        let json = try errors(at: [0, 10, 22, 46, 100, 215, 464, 1000, 3000]).vegaLite
        let lines = json["layer"]?.array?.first { $0["mark"]?["type"] == "line" }
        #expect(lines?["encoding"]?["x"]?["scale"]?["domain"] == [0.0, 3000.0])
    }

    @Test(
        "steps by equal distances stand on a linear axis, however many they are",
        arguments: [
            Array(1...200), Array(stride(from: 0, through: 10_000, by: 100)), [0, 50], [1, 5, 19], [100, 200, 400],
            [1] + Array(stride(from: 500, through: 10_000, by: 500)),
        ])
    func linearSteps(steps: [Int]) throws {
        let axis = try errors(at: steps).x
        #expect(axis.scale == .linearFromZero && axis.ticks == nil && axis.title == "training step")
    }

    @Test("known levels are told apart by their dashes")
    func dashesOfLevels() throws {
        let levels = [ErrorLevel(name: "chance", error: 0.9), ErrorLevel(name: "Bayes", error: 0.1)]
        let chart = try errors(at: [10, 20, 30], levels: levels)
        let lines = try #require(chart.vegaLite["layer"]?.array?.first { $0["mark"]?["type"] == "line" })
        let dash = try #require(lines["encoding"]?["strokeDash"]?["scale"])
        #expect(dash["domain"]?.array?.compactMap(\.string) == ["relevant rare oobd", "chance (0.9)", "Bayes (0.1)"])
        let patterns = (dash["range"]?.array ?? []).map(\.text)
        #expect(Set(patterns).count == 3)
        #expect(patterns.first == JSON.array([1, 0]).text, "what was measured is drawn in one piece")
    }
}
