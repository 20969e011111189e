// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

@Suite(.serialized) struct RunCommandTests {
    private static let recipe = """
        seed: 5
        source: with-bos(dursley-wonka(p=0.4, q=0.25))
        architecture: transformer(layers=1, width=8, heads=2)
        training: {length: 12, batch: 16, steps: 12, optimizer: adam(learning_rate=1e-2)}
        evaluate:
          - {every: 4, evaluators: [position-loss, oracle-gap, "label-loss(tokens=[3, 4])"], samples: 64}
        checkpoints: {every: 4}
        """
    private let directory: TemporaryDirectory
    private let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = try directory.file("recipe.yaml", Self.recipe)
    }

    private func run(_ name: String, _ arguments: [String] = []) throws -> JSON {
        try InductProcess.json(["run", path, "--no-figures", "--output", "\(directory.path)/\(name)"] + arguments)
    }

    private func model(_ run: String, step: String = "00000012") throws -> Data {
        try directory.bytes("\(run)/checkpoints/step-\(step)/model.safetensors")
    }

    @Test func aRunLeavesItsDirectoryAndSaysWhatCameOfIt() throws {
        let json = try run("a")
        #expect(json["step"] == 12)
        let summary = try #require(json["summary"])
        #expect(summary["loss"]?.array?.count == 12)
        #expect(abs((summary["entropy"]?.array?.first?.double ?? 0) - 1.4451858789) < 1e-9)
        #expect(summary["mean_oracle_gap"]?.double ?? -1 > 0)
        #expect(summary["label_loss"]?.array?.isEmpty == false)
        let record = try JSON(parsing: String(decoding: try directory.bytes("a/run.json"), as: UTF8.self))
        #expect(record["recipe"]?["training"]?["steps"] == 12)
        let listed = try InductProcess.json(["runs", "list", directory.path])
        #expect(listed["runs"]?.array?.first?["status"] == "finished")
        #expect(try InductProcess.json(["runs", "show", directory.path + "/a"])["summary"] == summary)
        let again = try InductProcess.run(["run", path, "--output", directory.path + "/a"])
        #expect(again.code == 64)
        #expect(again.error.contains("resume"))
    }

    @Test func aModelIsEvaluatedOnAnotherEnsembleOfItsVocabulary() throws {
        let run = directory.path + "/coins"
        _ = try InductProcess.json([
            "run", "--source", "with-bos(mixture(coin(p=0.2), coin(p=0.8)))", "--architecture",
            "transformer(layers=1, width=8, heads=2)", "--length", "8", "--steps", "3", "--batch", "8",
            "--learning-rate",
            "1e-2", "--seed", "1", "--no-figures", "--output", run,
        ])
        func metrics(_ arguments: [String]) throws -> [JSON] {
            let json = try InductProcess.json(
                ["evaluate", run, "--samples", "64", "--evaluate", "oracle-gap", "--evaluate", "in-context-score"]
                    + arguments)
            return try #require(json["metrics"]?.array)
        }
        func value(_ metrics: [JSON], _ name: String) -> JSON? { metrics.first { $0["metric"]?.string == name } }
        let own = try metrics([])
        #expect(value(own, "oracle_gap_by_component")?["values"]?.array?.count == 2)
        #expect(value(own, "in_context_score")?["standard_error"]?.double ?? 0 > 0)
        // Another ensemble, which has no components; its oracle knows its p.
        let other = try metrics(["--source", "with-bos(coin(p=0.5))"])
        #expect(value(other, "oracle_gap_by_component") == nil)
        #expect(value(other, "mean_oracle_gap") != value(own, "mean_oracle_gap"))
        #expect(try metrics(["--seed", "1"]) == own)
        #expect(try metrics(["--seed", "2"]) != own)
        let foreign = try InductProcess.run([
            "evaluate", run, "--source", "with-bos(mess3)", "--evaluate", "oracle-gap",
        ])
        #expect(foreign.code == 64 && foreign.error.contains("vocabulary of 4"))
        let missing = try InductProcess.run(["evaluate", run, "--checkpoint", "2", "--evaluate", "oracle-gap"])
        #expect(missing.code == 65 && missing.error.contains("no checkpoint of step 2"))
    }

    @Test func threadsAndTheNumberOfSeedsChangeNoBit() throws {
        _ = try run("one", ["--threads", "1"])
        _ = try run("two", ["--threads", "2"])
        let seeds = try run("many", ["--seeds", "2"])
        #expect(seeds["runs"]?.array?.count == 2)
        let model = try model("one")
        #expect(try self.model("two") == model)
        #expect(try self.model("many/seed-5") == model)
        #expect(try self.model("many/seed-6") != model)
        #expect(try directory.bytes("two/metrics.jsonl") == directory.bytes("one/metrics.jsonl"))
    }

    @Test func anInterruptedRunSavesSaysHowToGoOnAndEndsTheSame() throws {
        _ = try run("whole", ["--set", "training.steps=1500", "--set", "evaluate=[]"])
        let process = Process()
        process.executableURL = InductProcess.executable
        process.arguments = [
            "run", path, "--no-figures", "--output", directory.path + "/cut", "--set", "training.steps=1500",
            "--set", "evaluate=[]",
        ]
        let error = Pipe()
        process.standardError = error
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        for _ in 0..<500 where !FileManager.default.fileExists(atPath: directory.path + "/cut/checkpoints") {
            usleep(10_000)
        }
        process.interrupt()
        let message = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 130)
        #expect(message.contains("induct run --resume --output \(directory.path)/cut"), "\(message)")
        let resumed = try InductProcess.json(["run", "--resume", "--no-figures", "--output", directory.path + "/cut"])
        #expect(resumed["step"] == 1500)
        #expect(try model("cut", step: "00001500") == model("whole", step: "00001500"))
        #expect(try directory.bytes("cut/metrics.jsonl") == directory.bytes("whole/metrics.jsonl"))
    }

    @Test func aTrainedModelPredictsAndIsEvaluated() throws {
        _ = try run("model")
        let predicted = try InductProcess.json(["predict", directory.path + "/model", "--tokens", "5,0,3"])
        let prefixes = try #require(predicted["prefixes"]?.array)
        #expect(prefixes.map { $0["tokens"]?.text } == ["[5]", "[5,0]", "[5,0,3]"])
        for prefix in prefixes {
            let law = (prefix["predictive"]?.array ?? []).compactMap(\.double)
            #expect(abs(law.reduce(0, +) - 1) < 1e-9)
        }
        let result = try InductProcess.json([
            "evaluate", directory.path + "/model", "--evaluate", "position-loss", "--samples", "64",
        ])
        let loss = result["metrics"]?.array?.first { $0["metric"] == "position_loss" }
        let metrics = String(decoding: try directory.bytes("model/metrics.jsonl"), as: UTF8.self)
        let logged = try metrics.split(separator: "\n").map { try JSON(parsing: String($0)) }
            .last { $0["metric"] == "position_loss" }
        #expect(loss?["values"] == logged?["values"])
        #expect(try InductProcess.run(["predict", directory.path + "/none", "--tokens", "0"]).code == 65)
        #expect(
            try InductProcess.run(["evaluate", directory.path + "/model", "--checkpoint", "5"]).error.contains("step 5")
        )
    }

    @Test func optionsAloneSayWhatToRun() throws {
        let json = try InductProcess.json([
            "run", "--source", "coin(p=0.3)", "--architecture", "transformer(layers=1, width=8, heads=1)", "--length",
            "4", "--steps", "3", "--batch", "8", "--learning-rate", "1e-2", "--seed", "9", "--output",
            directory.path + "/options", "--no-figures",
        ])
        #expect(json["summary"]?["loss"]?.array?.count == 4)
        let record = try JSON(parsing: String(decoding: try directory.bytes("options/run.json"), as: UTF8.self))
        #expect(record["recipe"]?["seed"] == 9)
        #expect(record["recipe"]?["training"]?["optimizer"]?["learning_rate"] == 0.01)
    }

    @Test func benchmarksPrintTheirKeys() throws {
        let train = try InductProcess.json([
            "bench", "train", "--source", "coin(p=0.5)", "--architecture", "transformer(layers=1, width=8, heads=1)",
            "--length", "8", "--batch", "4", "--steps", "2", "--repetitions", "3", "--threads", "1",
        ])
        let source = try InductProcess.json([
            "bench", "source", "--source", "coin(p=0.5)", "--length", "8", "--batch", "4", "--steps", "2", "--threads",
            "2",
        ])
        for json in [train, source] {
            #expect(
                json.members?.map(\.key) == [
                    "steps_per_second", "tokens_per_second", "threads", "kernels", "repetitions",
                ])
        }
        #expect(train["repetitions"]?.array?.count == 3)
        #expect(train["threads"] == 1)
    }

    @Test func experimentsAreListedAndRunAtASmallScale() throws {
        let list = try InductProcess.json(["reproduce", "list"])
        #expect(list["experiments"]?.array?.contains { $0["name"] == "s1/induction" } == true)
        let json = try InductProcess.json([
            "reproduce", "s1/induction", "--scale", "smoke", "--set", "training.steps=2", "--no-figures", "--output",
            directory.path + "/smoke",
        ])
        #expect(json["step"] == 2)
        #expect(json["checks"] == [])
    }
    @Test func aRegressionIsMeasuredInSquaredErrors() throws {
        let directory = try TemporaryDirectory()
        let result = try InductProcess.run(
            [
                "run", "--source", "in-context-regression(dimension=2, contexts=3)", "--architecture",
                "transformer(layers=1, width=8, heads=1)", "--length", "4", "--steps", "5", "--batch", "4",
                "--learning-rate", "1e-3", "--evaluate", "position-loss", "--evaluate", "oracle-gap", "--output",
                directory.path + "/run",
            ], environment: ["INDUCT_VL_CONVERT": ""])
        #expect(result.code == 0, "\(result.error)")
        #expect(result.output.contains("squared error, as the distance from the posterior mean"), "\(result.output)")
        #expect(!result.output.contains("nats") && !result.output.contains("KL"), "\(result.output)")
        let figure = String(decoding: try directory.bytes("run/figures/training-loss.vl.json"), as: UTF8.self)
        #expect(figure.contains("loss (squared error)"))
    }
}
