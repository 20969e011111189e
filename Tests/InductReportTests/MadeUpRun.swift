// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductReport

/// A run directory that no training made: curves that approach their theory as a real run's do, without any randomness.
struct MadeUpRun {
    static let length = 100
    static let rate = 0.8358762812
    static let theory = TheoryCurve(
        entropy: [0] + (0..<length).map { rate + 0.6093 * pow(0.82, Double($0)) }, rate: rate, excessEntropy: 1.187)

    /// The text of metrics.jsonl for 500 steps, looked at every `every` steps and on more samples at `precise`.
    static func metrics(every: Int = 5, precise: [Int] = [20, 50, 100, 200, 300, 500]) -> String {
        var lines: [JSON] = []
        for step in stride(from: 1, through: 500, by: 1) {
            lines.append([
                "step": .integer(Int64(step)), "metric": "loss", "evaluation": "training",
                "value": .number(meanLoss(step)),
            ])
        }
        for step in stride(from: 0, through: 500, by: every) {
            lines += records(step: step, evaluation: "transition", error: 0.02)
        }
        for step in precise {
            lines += records(step: step, evaluation: "theory", error: 0.007)
            lines.append(
                curve(
                    "oracle_gap", step, "theory", (0..<length).map { excess(step, position: $0) }, error: 0.0004,
                    axis: "position"))
        }
        return lines.map { $0.text + "\n" }.joined()
    }

    /// The text of run.json.
    static let description = #"""
        {"recipe": {"source": {"name": "made-up"}, "evaluate": [
            {"evaluators": [{"name": "position-loss"}, {"name": "label-loss", "tokens": [3, 4]}]}]}}
        """#

    private static func records(step: Int, evaluation: String, error: Double) -> [JSON] {
        let loss = (0..<length).map { theory.entropy[$0 + 1] + excess(step, position: $0) }
        let later = 0.7 / (1 + exp((Double(step) - 50) / 12)) + 0.9 * exp(-Double(step) / 25)
        let first = 0.992 + 0.8 * exp(-Double(step) / 60)
        let label = (0..<8).map { $0 == 0 ? first : later / (1 + 0.1 * Double($0)) }
        return [
            curve("position_loss", step, evaluation, loss, error: error, axis: "position"),
            curve("label_loss", step, evaluation, label, error: error, axis: "times_seen"),
            [
                "step": .integer(Int64(step)), "metric": "label_loss_later", "evaluation": .string(evaluation),
                "value": .number(later),
            ],
            curve("label_loss_oracle", step, evaluation, [0.99177] + Array(repeating: 0, count: 7), axis: "times_seen"),
        ]
    }

    private static func curve(
        _ metric: String, _ step: Int, _ evaluation: String, _ values: [Double], error: Double? = nil, axis: String
    ) -> JSON {
        var members: [JSON.Member] = [
            .init(key: "step", value: .integer(Int64(step))), .init(key: "metric", value: .string(metric)),
            .init(key: "evaluation", value: .string(evaluation)), .init(key: "values", value: .numbers(values)),
            .init(key: "axis", value: .string(axis)),
        ]
        if let error {
            let errors = Array(repeating: error, count: values.count)
            members.append(.init(key: "standard_errors", value: .numbers(errors)))
        }
        return .object(members)
    }

    private static func excess(_ step: Int, position: Int) -> Double {
        let start = 0.7 * exp(-Double(step) / 45)
        return start + 1.6 / (Double(step) + 10) * (0.4 + exp(-Double(position) / 8))
    }

    private static func meanLoss(_ step: Int) -> Double {
        (theory.meanFloor(positions: length) ?? 0) + excess(step, position: 20) + 0.01 * sin(Double(step) * 1.7)
    }
}

/// A directory that goes when the test ends.
final class ScratchDirectory {
    let url = FileManager.default.temporaryDirectory.appending(path: "induct-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: url) }

    var path: String { url.path }

    func write(_ text: String, to name: String) throws {
        try text.write(to: url.appending(path: name), atomically: false, encoding: .utf8)
    }

    func read(_ name: String) throws -> String { try String(contentsOf: url.appending(path: name), encoding: .utf8) }
}
