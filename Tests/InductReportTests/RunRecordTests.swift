// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductReport
import Testing

@Suite("A run's record")
struct RunRecordTests {
    let scratch: ScratchDirectory

    init() throws {
        scratch = try ScratchDirectory()
        try scratch.write(#"{"recipe": {"source": {"name": "coin", "p": 0.3}}}"#, to: "run.json")
    }

    @Test("gives back every line of metrics.jsonl with its errors and axis")
    func readsMetrics() throws {
        try scratch.write(
            """
            {"step": 1, "metric": "loss", "value": 0.75}
            {"step": 2, "metric": "gap", "evaluation": "theory", "values": [1, null, 0.25], \
            "standard_errors": [0.1, null, 0.2], "axis": "position", "axis_values": [0, 5, 9]}

            {"step": 3, "metric": "table", "evaluation": "theory", "values": [[1, 2], [3, 4]]}

            """, to: "metrics.jsonl")
        let run = try RunRecord(directory: scratch.path)
        #expect(!run.isTruncated)
        #expect(run.source == "coin(p=0.3)")
        #expect(run.metrics.count == 3)
        #expect(run.metrics[0].scalar == 0.75)
        #expect(run.metrics[1].points == [.init(x: 0, y: 1, error: 0.1), .init(x: 9, y: 0.25, error: 0.2)])
        #expect(run.metrics[2].rows == [[1, 2], [3, 4]])
        #expect(run.evaluations(with: "gap") == ["theory"])
    }

    @Test(
        "leaves out a last line that was cut off",
        arguments: [#"{"step": 2, "met"#, "{", #"{"step": 2, "metric": "loss", "value": 1."#])
    func truncatedLastLine(rest: String) throws {
        try scratch.write(#"{"step": 1, "metric": "loss", "value": 0.75}"# + "\n" + rest, to: "metrics.jsonl")
        let run = try RunRecord(directory: scratch.path)
        #expect(run.isTruncated)
        #expect(run.metrics.count == 1)
    }

    /// A line that is no metric, and a word that the message must hold.
    struct Hostile: Sendable, CustomTestStringConvertible {
        let line: String
        let reason: String
        var testDescription: String { String(line.prefix(40)) }

        static let all = [
            Hostile(line: "{", reason: "not a metric"),
            Hostile(line: "nonsense", reason: "not a metric"),
            Hostile(line: "[1, 2]", reason: "expected an object"),
            Hostile(line: #"{"metric": "a", "value": 1}"#, reason: "\"step\""),
            Hostile(line: #"{"step": -1, "metric": "a", "value": 1}"#, reason: "\"step\""),
            Hostile(line: #"{"step": "1", "metric": "a", "value": 1}"#, reason: "\"step\""),
            Hostile(line: #"{"step": 1, "metric": 5, "value": 1}"#, reason: "\"metric\""),
            Hostile(line: #"{"step": 1, "metric": "a"}"#, reason: "\"value\""),
            Hostile(line: #"{"step": 1, "metric": "a", "value": 1, "values": [1]}"#, reason: "\"values\""),
            Hostile(line: #"{"step": 1, "metric": "a", "value": "high"}"#, reason: "number"),
            Hostile(line: #"{"step": 1, "metric": "a", "values": [1, "b"]}"#, reason: "number"),
            Hostile(line: #"{"step": 1, "metric": "a", "values": [[1], 2]}"#, reason: "mixes"),
            Hostile(line: #"{"step": 1, "metric": "a", "values": {"b": 1}}"#, reason: "not an array"),
            Hostile(line: #"{"step": 1, "metric": "a", "values": [1], "standard_errors": [1, 2]}"#, reason: "size"),
            Hostile(line: #"{"step": 1, "metric": "a", "values": [1], "axis_values": [1, 2]}"#, reason: "size"),
            Hostile(line: String(repeating: "[", count: 10_000), reason: "not a metric"),
        ]
    }

    @Test("refuses a line that is no metric, with its number", arguments: Hostile.all)
    func hostileLine(hostile: Hostile) throws {
        let good = #"{"step": 1, "metric": "loss", "value": 0.75}"#
        try scratch.write("\(good)\n\(hostile.line)\n\(good)\n", to: "metrics.jsonl")
        let error = #expect(throws: ReportError.self) { try RunRecord(directory: scratch.path) }
        let message = error?.description ?? ""
        #expect(message.contains("metrics.jsonl, line 2: "), "\(message)")
        #expect(message.contains(hostile.reason), "\(message)")
    }

    @Test("says which file is missing")
    func missingFiles() throws {
        let error = #expect(throws: ReportError.self) { try RunRecord(directory: scratch.path) }
        #expect(error == .file(path: scratch.path + "/metrics.jsonl", reason: "No such file or directory"))
        let nowhere = #expect(throws: ReportError.self) { try RunRecord(directory: "/nowhere/at/all") }
        #expect(nowhere == .file(path: "/nowhere/at/all/run.json", reason: "No such file or directory"))
    }

    @Test("refuses a run.json that describes no run", arguments: ["", "[]", "{\"a\":", "\u{0}"])
    func damagedDescription(text: String) throws {
        try scratch.write(text, to: "run.json")
        try scratch.write("", to: "metrics.jsonl")
        let error = #expect(throws: ReportError.self) { try RunRecord(directory: scratch.path) }
        #expect(error?.description.contains("run.json: not a description of a run") ?? false)
    }
}
