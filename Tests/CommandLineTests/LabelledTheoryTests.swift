// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

/// `induct theory` of a source of labelled examples.
struct LabelledTheoryTests {
    @Test func theoryOfLabelledExamplesHasItsKeys() throws {
        let json = try InductProcess.json([
            "theory", "gaussian-classes(sequences=1024)", "--in-context-loss", "0.05",
        ])
        #expect(
            json.members?.map(\.key) == [
                "source", "units", "task", "classes", "labels", "contexts", "relevance", "training_count",
                "chance_error", "bayes_error", "bayes_loss", "floor", "logit_gap", "in_weight", "in_context", "switch",
                "measured_switch", "views", "curve", "regret", "notes",
            ])
        #expect(json["chance_error"]?.double == 0.9 && json["training_count"]?.int == 1024)
        let rows = try #require(json["in_weight"]?.array)
        #expect(rows.map { $0["group"]?.string } == ["frequent", "rare"])
        #expect(abs((rows[1]["samples"]?.double ?? 0) - (1 + 1014 * 0.02)) < 1e-5)
        #expect(json["switch"]?.array?.count == 6 && json["views"]?.array?.count == 18)
        // ln((n + 5) / (n + 1/2)) < 0.05 from n = 88 on.
        let measured = try #require(json["measured_switch"]?.array)
        #expect(measured.map { $0["samples"]?.int } == [88, 88])
    }

    @Test func textAndFigureAreWritten() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).vl.json").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        let result = try InductProcess.run(["theory", "gaussian-classes(contexts=4, sequences=64)", "--plot", file])
        #expect(result.code == 0 && result.output.contains("relevant-rare-oobd"), "\(result.error)")
        let figure = try JSON(parsing: try String(contentsOfFile: file, encoding: .utf8))
        #expect((figure["data"]?["values"]?.array?.count ?? 0) > 20)
    }

    @Test(
        "what does not belong together is refused",
        arguments: [
            ["theory", "coin", "--floor", "0.01"], ["theory", "gaussian-classes", "--contributions"],
            ["theory", "gaussian-classes", "--in-context-loss", "-1"],
        ])
    func wrongOptionsAreRefused(arguments: [String]) throws {
        let result = try InductProcess.run(arguments)
        #expect(result.code == 64, "\(result.error)")
    }
}
