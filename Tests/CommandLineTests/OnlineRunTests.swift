// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

/// Online predictors and gates in whole runs: regret, bi-level training, resume.
@Suite(.serialized) struct OnlineRunTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func run(_ name: String, gate: String, training: String, every: Int = 90, _ arguments: [String] = []) throws
    {
        let recipe = try directory.file(
            "\(name).yaml",
            """
            seed: 4
            source: golden-mean(p=0.5)
            architecture: gated(mlp(hidden=[8]), tabular(per_key=false), gate=\(gate), training=\(training))
            training: {length: 6, batch: 4, steps: 90, optimizer: adam(learning_rate=0.02)}
            evaluate: [{every: \(every), evaluators: [position-loss, "regret(bound=1.5)"], samples: 64}]
            checkpoints: {every: 30}
            """)
        let result = try InductProcess.run(
            ["run", recipe, "--no-figures", "--output", "\(directory.path)/\(name)"] + arguments)
        try #require(result.code == 0, "\(result.error)")
    }

    private func metric(_ run: String, _ name: String) throws -> Double? {
        try String(decoding: directory.bytes("\(run)/metrics.jsonl"), as: UTF8.self).split(separator: "\n")
            .map { try JSON(parsing: String($0)) }.last { $0["metric"]?.string == name }?["value"]?.double
    }

    @Test(arguments: [
        ("tabular-gate(horizon=8640, bound=1.5)", "joint"), ("tabular-gate(step=0.05)", "bilevel"),
        ("mlp-gate(hidden=[6])", "bilevel"), ("oracle-switch", "bilevel"),
        ("tabular-gate(rule=projected-gradient, step=0.01)", "joint"), ("softmax-router(k=1)", "bilevel"),
    ])
    func regretIsBelowTheBound(_ gate: String, _ training: String) throws {
        try run("a", gate: gate, training: training)
        let (regret, bound) = (try metric("a", "regret"), try metric("a", "regret_bound"))
        // Ninety steps of 24 observations, taken in together: M sqrt(90 * 24^2 ln 2 / 2).
        #expect(abs(try #require(bound) - 1.5 * (90 * 576 * log(2.0) / 2).squareRoot()) < 1e-6)
        #expect(try #require(regret) <= bound ?? 0)
    }

    @Test(arguments: ["tabular-gate(step=0.05)", "oracle-switch(memory=0.9)"])
    func stateIsResumedToTheSameBytes(_ gate: String) throws {
        try run("whole", gate: gate, training: "bilevel", every: 30)
        try FileManager.default.copyItem(atPath: directory.path + "/whole", toPath: directory.path + "/cut")
        for step in ["60", "90"] {
            try FileManager.default.removeItem(atPath: directory.path + "/cut/checkpoints/step-000000\(step)")
        }
        try run("cut", gate: gate, training: "bilevel", every: 30, ["--resume"])
        let model = "checkpoints/step-00000090/model.safetensors"
        #expect(try directory.bytes("whole/\(model)") == directory.bytes("cut/\(model)"))
        #expect(String(decoding: try directory.bytes("cut/\(model)"), as: UTF8.self).contains("gate.state.remainder"))
    }
    /// What watches training cannot be asked for afterwards; the other evaluators of a recipe can.
    @Test func afterTrainingTheOthersEvaluate() throws {
        try run("gated", gate: "tabular-gate(step=0.05)", training: "bilevel")
        let metrics = try InductProcess.json(["evaluate", "\(directory.path)/gated", "--samples", "32"])["metrics"]?
            .array
        let names = (metrics ?? []).compactMap { $0["metric"]?.string }
        #expect(!names.isEmpty && !names.contains("regret"), "\(names)")
        let asked = try InductProcess.run(["evaluate", "\(directory.path)/gated", "--evaluate", "regret"])
        #expect(asked.code == 64 && asked.error.contains("while a model is trained; name others"), "\(asked.error)")
    }

    /// The regret of a whole run is the same however often it was looked at, and whether or not the run was interrupted.
    @Test func regretAddsUpOverEvaluations() throws {
        let gate = "tabular-gate(step=0.05)"
        func shown(_ name: String) throws -> JSON {
            try #require(
                try InductProcess.json(["runs", "show", "\(directory.path)/\(name)"])["summary"]?["regret"])
        }
        try run("once", gate: gate, training: "bilevel")
        let whole = try shown("once")
        #expect(whole["regret"]?.double == (try metric("once", "regret")))
        #expect(whole["bound"]?.double == (try metric("once", "regret_bound")))
        #expect(whole["samples"]?.double == 2160)

        try run("often", gate: gate, training: "bilevel", every: 30)
        let sums = try shown("often")
        for key in ["regret", "bound"] {
            let (one, other) = (try #require(sums[key]?.double), try #require(whole[key]?.double))
            #expect(abs(one - other) < 1e-9 * abs(other), "\(key)")
        }
        // The last stretch alone is another number.
        #expect(abs((try metric("often", "regret") ?? 0) - (whole["regret"]?.double ?? 0)) > 1e-3)
        for step in ["60", "90"] {
            try FileManager.default.removeItem(atPath: directory.path + "/often/checkpoints/step-000000\(step)")
        }
        try run("often", gate: gate, training: "bilevel", every: 30, ["--resume"])
        #expect(try shown("often") == sums)
    }
}
