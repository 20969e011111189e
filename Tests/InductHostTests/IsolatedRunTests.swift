// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

/// Whole runs with plugins in processes of their own.
@Suite struct IsolatedRunTests {
    private static func bytes(_ run: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        let names = try FileManager.default.subpathsOfDirectory(atPath: run)
        for name in names where name.hasSuffix(".safetensors") || name == "metrics.jsonl" {
            files[name] = try Data(contentsOf: URL(fileURLWithPath: run + "/" + name))
        }
        return files
    }

    /// The processes whose command line holds a text.
    @Test func sourceModelGateAndEvaluatorsGiveTheSameBytes() throws {
        let workshop = try Workshop()
        for name in ["bigram", "coins", "hedge", "stream"] {
            try workshop.compile("\(name).c", to: "plugins/lib\(name).so")
        }
        let recipe = try workshop.write(
            """
            seed: 3
            source: with-bos(mixture(biased-coin(p=0.3), coin(p=0.8)))
            architecture: gated(transformer(layers=1, width=8, heads=2), bigram, gate=mlp-gate(hidden=[4]))
            training: {length: 6, batch: 16, steps: 12, shards: 3}
            evaluate:
              - {every: 6, evaluators: [position-loss, oracle-gap], samples: 300}
            checkpoints: {every: 6, keep: 4}
            """, to: "recipe.yaml")
        func run(_ name: String, _ arguments: [String]) throws -> [String: Data] {
            let directory = workshop.directory + "/" + name
            let outcome = try workshop.induct(
                ["run", recipe, "--no-figures", "--output", directory, "--threads", "2"] + arguments)
            #expect(outcome.code == 0, "\(outcome.messages)")
            return try Self.bytes(directory)
        }
        let own = try run("own", [])
        let isolated = try run("isolated", ["--isolate"])
        #expect(own.count >= 5)
        #expect(own == isolated)
        // A child alone in its process, below a parent of the host's own.
        #expect(try run("child", ["--isolate=org.example.coins", "--isolate=org.example.bigram"]) == own)
        let record = try JSON(
            parsing: String(contentsOfFile: workshop.directory + "/isolated/run.json", encoding: .utf8))
        #expect(record["isolated"]?.array?.contains("org.induct.transformer") == true, "\(record.text)")
        #expect(record["plugins"]?.array?.contains { $0["id"] == "org.example.coins" } == true)
    }

    /// What is observed, asked of the inside, compared with theory: everything that parts may offer besides samples and
    /// predictions.
    @Test(arguments: [
        (
            "with-bos(mixture(coin(p=0.3), even))", "transformer(layers=1, width=8, heads=2)",
            ["belief-probe", "oracle-gap", "power-law"]
        ),
        (
            "golden-mean(p=0.5)",
            "gated(mlp(hidden=[8]), tabular(per_key=false), gate=tabular-gate(rule=hedge, horizon=100, bound=2))",
            ["gate-weights", "regret(bound=1.5)"]
        ),
        (
            "gaussian-classes(contexts=4, relevant_contexts=2, label_noise=0.1, sequences=1024)",
            "transformer(layers=1, width=8, heads=2)", ["accuracy", "view-error", "label-origin"]
        ),
        (
            "trigger-bigram(vocabulary=16, triggers=2)",
            "gated(gru(width=8), tabular(per_key=false), gate=softmax-router)",
            ["gate-weights", "label-loss(tokens=[3, 4])"]
        ),
    ])
    func whatPartsOfferBesidesIsTheSame(source: String, architecture: String, evaluators: [String]) throws {
        let workshop = try Workshop()
        func run(_ name: String, _ arguments: [String]) throws -> [String: Data] {
            let directory = workshop.directory + "/" + name
            let outcome = try workshop.induct(
                [
                    "run", "--source", source, "--architecture", architecture, "--length", "8", "--steps", "6",
                    "--batch", "8", "--learning-rate", "0.01", "--seed", "2", "--no-figures", "--threads", "2",
                    "--output", directory,
                ] + evaluators.flatMap { ["--evaluate", $0] } + arguments)
            #expect(outcome.code == 0, "\(outcome.messages)")
            return try Self.bytes(directory)
        }
        let own = try run("own", [])
        #expect(own["metrics.jsonl"] != nil)
        #expect(try run("isolated", ["--isolate"]) == own)
    }

    /// What workspaces take in this process without isolation, they take in the workers with it.
    @Test func theMemoryOfWorkersIsKnownBeforehand() throws {
        let workshop = try Workshop()
        func memory(_ arguments: [String]) throws -> [String: Int] {
            let outcome = try workshop.induct(
                [
                    "run", "--source", "mess3", "--architecture", "transformer(layers=2, width=32, heads=4)", "--set",
                    "evaluate=[]", "--length", "16", "--steps", "1", "--batch", "32", "--learning-rate", "0.01",
                    "--seed", "1", "--threads", "2", "--dry-run", "--format", "json",
                ] + arguments)
            #expect(outcome.code == 0, "\(outcome.messages)")
            let members = try JSON(parsing: outcome.output)["memory"]?.members ?? []
            return Dictionary(
                uniqueKeysWithValues: members.compactMap { part in part.value.int.map { (part.key, $0) } })
        }
        let (own, isolated) = (try memory([]), try memory(["--isolate"]))
        let (before, here) = (try #require(own["workspaces"]), try #require(isolated["workspaces"]))
        let there = try #require(isolated["workers"])
        #expect(own["workers"] == 0)
        #expect(there > 100_000 && here < before)
        // Each of both is rounded up to 64 bytes for every thread.
        #expect(abs(before - here - there) <= 2 * 2 * 64)
        #expect(abs((own["total"] ?? 0) - (isolated["total"] ?? 0)) <= 2 * 2 * 64)
    }

    @Test(arguments: [[], ["--isolate"]])
    func aWorkspaceThatNobodyHasIsRefusedBeforeTheRun(isolation: [String]) throws {
        let workshop = try Workshop()
        try workshop.compile("wild.c", to: "plugins/libwild.so", ["-DWORKSPACE=UINT64_MAX"])
        let outcome = try workshop.induct(Self.wildRun(workshop, "run") + isolation)
        #expect(outcome.code == 64 && outcome.messages.contains("the training needs about"), "\(outcome.messages)")
    }

    /// 40 steps on the source and the architecture of wild.c.
    private static func wildRun(
        _ workshop: Workshop, _ directory: String, source: String = "wild", architecture: String = "wild"
    ) -> [String] {
        [
            "run", "--source", source, "--architecture", architecture, "--evaluate", "position-loss", "--length", "6",
            "--steps", "40", "--batch", "8", "--learning-rate", "0.01", "--seed", "1", "--no-figures", "--threads", "2",
            "--output", workshop.directory + "/" + directory,
        ]
    }

    @Test func aRunOutlivesTheCrashesOfItsSource() throws {
        let workshop = try Workshop()
        try workshop.compile("wild.c", to: "plugins/libwild.so")
        let whole = try workshop.induct(Self.wildRun(workshop, "whole"))
        #expect(whole.code == 0, "\(whole.messages)")
        // Each process crashes at its call 71; a fresh one takes that call.
        let broken = try workshop.induct(
            Self.wildRun(workshop, "broken", source: "wild(how=segfault, after=70)") + ["--isolate"])
        #expect(broken.code == 0, "\(broken.messages)")
        #expect(broken.messages.contains("org.example.wild/wild: its process crashed with SIGSEGV in fill"))
        #expect(try Self.bytes(workshop.directory + "/broken") == Self.bytes(workshop.directory + "/whole"))
    }

    @Test func aRunThatAModelEndsIsSavedAndGoesOn() throws {
        let workshop = try Workshop()
        try workshop.compile("wild.c", to: "plugins/libwild.so")
        let whole = try workshop.induct(Self.wildRun(workshop, "whole"))
        #expect(whole.code == 0, "\(whole.messages)")
        let wild = "wild(how=segfault, after=70, marker=\"\(workshop.directory)/marker\")"
        let broken = try workshop.induct(Self.wildRun(workshop, "broken", architecture: wild) + ["--isolate"])
        #expect(broken.code == 69, "\(broken.messages)")
        #expect(broken.messages.contains("org.example.wild/wild failed in forward: its process crashed with SIGSEGV"))
        // What it says how to go on works as it is.
        let again = try #require(broken.messages.firstMatch(of: #/go on with: induct (run --resume .*)\n/#)?.1)
        #expect(again == "run --resume --output \(workshop.directory)/broken --isolate=all", "\(broken.messages)")
        let resumed = try workshop.induct(again.split(separator: " ").map(String.init) + ["--no-figures"])
        #expect(resumed.code == 0, "\(resumed.messages)")
        for file in ["checkpoints/step-00000040/model.safetensors", "metrics.jsonl"] {
            #expect(
                try Self.bytes(workshop.directory + "/broken")[file] == Self.bytes(workshop.directory + "/whole")[file])
        }
    }

    @Test func whatPluginsPrintIsNoResult() throws {
        let workshop = try Workshop()
        try workshop.compile("wild.c", to: "plugins/libwild.so")
        let outcome = try workshop.induct([
            "sample", "wild(how=print)", "--count", "2", "--length", "4", "--seed", "1", "--isolate", "--format",
            "json",
        ])
        #expect(outcome.code == 0, "\(outcome.messages)")
        #expect(try JSON(parsing: outcome.output)["sequences"]?.array?.count == 2)
        #expect(outcome.messages.contains("printed by a plugin"))
    }
}
