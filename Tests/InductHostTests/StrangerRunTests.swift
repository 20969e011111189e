// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

/// A stranger's plugins in whole commands: listed, sampled, mixed with the built-in ones, trained, evaluated and resumed.
@Suite struct StrangerRunTests {
    private static func metrics(_ run: String) throws -> [JSON] {
        try String(contentsOfFile: run + "/metrics.jsonl", encoding: .utf8).split(separator: "\n").map {
            try JSON(parsing: String($0))
        }
    }

    @Test func strangersSourceIsMixedWithABuiltInOne() throws {
        let workshop = try Workshop()
        try workshop.compile("coins.c", to: "plugins/libcoins.so")
        let spec = "mixture(biased-coin(p=1), coin(p=1), weights=[0.25, 0.75])"
        let result = try workshop.induct([
            "sample", spec, "--count", "400", "--length", "3", "--seed", "5", "--format", "json",
        ])
        #expect(result.code == 0, "\(result.messages)")
        let json = try JSON(parsing: result.output)
        let sequences = try #require(json["sequences"]?.array)
        #expect(sequences.count == 400)
        // The built-in coin's p is the probability of token 0.
        let ones = sequences.count { $0 == [1, 1, 1] }
        #expect(sequences.count { $0 == [0, 0, 0] } == 400 - ones)
        // Six standard deviations of 400 draws at 1/4: 52.
        #expect(abs(ones - 100) <= 52)
    }

    @Test func strangersArchitectureLearnsABuiltInSource() throws {
        let workshop = try Workshop()
        try workshop.compile("bigram.c", to: "plugins/libbigram.so")
        let directory = workshop.directory + "/run"
        let result = try workshop.induct(
            [
                "run", "--source", "golden-mean(p=0.5)", "--architecture", "bigram", "--evaluate", "oracle-gap",
                "--length", "8", "--steps", "300", "--batch", "64", "--learning-rate", "0.05", "--seed", "1",
                "--output", directory,
            ])
        #expect(result.code == 0, "\(result.messages)")
        // After one token the golden mean's law is that token's: a bigram can know it all.
        let gaps = try Self.metrics(directory).filter { $0["metric"]?.string == "oracle_gap" }
        let last = gaps.last?["values"]?.array?.compactMap(\.double) ?? []
        #expect(last.count == 8)
        #expect(last.dropFirst().allSatisfy { $0 < 0.01 }, "\(last)")
    }

    @Test func onlineGateAndStreamEvaluatorAreResumedToTheSameBytes() throws {
        let workshop = try Workshop()
        for name in ["bigram", "coins", "hedge", "stream"] {
            try workshop.compile("\(name).c", to: "plugins/lib\(name).so")
        }
        let recipe = try workshop.write(
            """
            seed: 3
            source: biased-coin(p=0.9)
            architecture: gated(bigram, bigram, gate=hedge(rate=0.3))
            training: {length: 6, batch: 32, steps: 60, optimizer: adam(learning_rate=0.01), schedule: constant}
            evaluate: [{every: 20, evaluators: [stream-loss, position-loss], view: test, samples: 256}]
            checkpoints: {every: 20, keep: 5}
            """, to: "hedge.yaml")
        let whole = workshop.directory + "/whole"
        let result = try workshop.induct(["run", recipe, "--output", whole])
        #expect(result.code == 0, "\(result.messages)")
        let cut = workshop.directory + "/cut"
        try FileManager.default.copyItem(atPath: whole, toPath: cut)
        for step in ["40", "60"] {
            try FileManager.default.removeItem(atPath: cut + "/checkpoints/step-000000\(step)")
        }
        let resumed = try workshop.induct(["run", recipe, "--output", cut, "--resume"])
        #expect(resumed.code == 0, "\(resumed.messages)")
        for file in ["checkpoints/step-00000060/model.safetensors", "metrics.jsonl"] {
            let (a, b) = (
                FileManager.default.contents(atPath: "\(whole)/\(file)"),
                FileManager.default.contents(atPath: "\(cut)/\(file)")
            )
            #expect(a != nil)
            #expect(a == b, "\(file) differs")
        }
        let model = try #require(
            FileManager.default.contents(atPath: whole + "/checkpoints/step-00000060/model.safetensors"))
        #expect(model.range(of: Data("gate.log_weights".utf8)) != nil)
        #expect(try Self.metrics(whole).contains { $0["metric"]?.string == "stream_loss" })
    }

    @Test(arguments: [
        ("labelled-vectors(classes=3)", "accuracy"), ("linear-regression(dimensions=2)", "position-loss"),
    ])
    func vectorsAreLearnedThroughAGate(_ source: String, _ evaluator: String) throws {
        let workshop = try Workshop()
        try workshop.compile("vectors.c", to: "plugins/libvectors.so")
        try workshop.compile("linear.c", to: "plugins/liblinear.so")
        let directory = workshop.directory + "/run"
        let result = try workshop.induct(
            [
                "run", "--source", source, "--architecture", "gated(linear, linear, gate=constant)", "--evaluate",
                evaluator, "--length", "1", "--steps", "100", "--batch", "32", "--learning-rate", "0.05", "--seed", "1",
                "--output", directory,
            ])
        #expect(result.code == 0, "\(result.messages)")
        let means = try Self.metrics(directory).filter { $0["metric"]?.string?.hasPrefix("mean_") == true }
        let last = try #require(means.last?["value"]?.double)
        #expect(last.isFinite)
        // Well-separated classes are told apart.
        if evaluator == "accuracy" { #expect(last > 0.95) }
    }

    @Test(arguments: [
        (["sample", "biased-cion", "--count", "1", "--length", "2", "--seed", "1"], 64, "did you mean 'biased-coin'?"),
        (["sample", "biased-coin(p=2)", "--count", "1", "--length", "2", "--seed", "1"], 64, "'p' must be"),
        (
            ["sample", "coin", "--plugin", "/nowhere/x.so", "--count", "1", "--length", "2", "--seed", "1"], 65,
            "/nowhere/x.so: there is nothing of that name"
        ),
        (["plugins", "list", "--plugin", "/nowhere/x.so"], 65, "/nowhere/x.so: there is nothing of that name"),
        (
            ["sample", "coin", "--plugin", "/dev/null", "--count", "1", "--length", "2", "--seed", "1"], 65,
            "/dev/null: it is not a regular file"
        ),
    ])
    func exitCodeSaysWhoseErrorItWas(_ arguments: [String], _ code: Int32, _ message: String) throws {
        let workshop = try Workshop()
        try workshop.compile("coins.c", to: "plugins/libcoins.so")
        let result = try workshop.induct(arguments)
        #expect(result.code == code, "\(result.messages)")
        #expect(message.isEmpty || result.messages.contains(message), "\(result.messages)")
    }
}
