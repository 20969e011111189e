// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

/// What run.json keeps: the recipe with every parameter, so that a run stays what it was when defaults change.
@Suite struct RunRecordTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private static let recipe = """
        seed: 3
        source: with-bos(mixture(coin(p=0.3), even))
        architecture: gated(transformer(layers=1, width=8, heads=2), gru(width=8), gate=mlp-gate(hidden=[4]))
        training: {length: 6, batch: 16, steps: 12, schedule: cosine(warmup=2)}
        evaluate: [{every: 6, evaluators: [position-loss, oracle-gap], samples: 64, source: with-bos(coin)}]
        checkpoints: {every: 6}
        """

    private func run(_ recipe: String, _ name: String, _ arguments: [String] = []) throws -> (
        path: String, record: JSON
    ) {
        let file = "\(directory.path)/\(name).yaml"
        try recipe.write(toFile: file, atomically: true, encoding: .utf8)
        let path = "\(directory.path)/\(name)"
        _ = try InductProcess.json(["run", file, "--output", path, "--no-figures", "--threads", "1"] + arguments)
        return (path, try JSON(parsing: String(contentsOfFile: path + "/run.json", encoding: .utf8)))
    }

    private func bytes(_ path: String) throws -> [Data] {
        try ["metrics.jsonl", "checkpoints/step-00000012/model.safetensors"].map {
            try Data(contentsOf: URL(fileURLWithPath: "\(path)/\($0)"))
        }
    }

    @Test func holdsEveryParameterAndWhatWasWritten() throws {
        let record = try run(Self.recipe, "run").record
        let resolved = try #require(record["recipe"])
        let expert = try #require(resolved["architecture"]?["children"]?.array?.first)
        #expect(expert["name"] == "transformer" && expert["width"] == 8)
        #expect(expert["activation"]?.string != nil && expert["positions"]?.string != nil)
        #expect(resolved["architecture"]?["training"] == "joint")
        #expect(resolved["architecture"]?["gate"]?["hidden"] == [4])
        #expect(resolved["training"]?["optimizer"]?["beta2"] == 0.999)
        #expect(resolved["training"]?["schedule"]?["final"]?.double == 0)
        #expect(resolved["training"]?["shards"] == record["shards"])
        #expect(resolved["evaluate"]?.array?.first?["source"]?["children"]?.array?.first?["p"] == 0.5)
        let written = try #require(record["written"])
        #expect(written["architecture"]?["children"]?.array?.first?["activation"] == nil)
        #expect(written["training"]?["shards"] == nil)
    }

    @Test func theRecipeOfARecordIsTheSameRun() throws {
        let first = try run(Self.recipe, "first")
        let again = try run(try #require(first.record["recipe"]).text, "again")
        #expect(again.record["recipe"] == first.record["recipe"])
        #expect(try bytes(again.path) == bytes(first.path))
    }

    @Test func aRecordWithoutDefaultsIsStillRead() throws {
        let whole = try run(Self.recipe, "whole")
        let old = directory.path + "/old"
        try FileManager.default.copyItem(atPath: whole.path, toPath: old)
        try FileManager.default.removeItem(atPath: old + "/checkpoints/step-00000012")
        let members = try #require(whole.record.members).compactMap { member -> JSON.Member? in
            switch member.key {
            case "written": nil
            case "recipe": whole.record["written"].map { JSON.Member(key: "recipe", value: $0) }
            default: member
            }
        }
        try JSON.object(members).indented.write(toFile: old + "/run.json", atomically: true, encoding: .utf8)
        try expectNoDifferences(old, whole.path)
        let resumed = try InductProcess.json(
            ["run", "\(directory.path)/whole.yaml", "--resume", "--output", old, "--no-figures"])
        #expect(resumed["step"] == 12)
        #expect(try bytes(old) == bytes(whole.path))
        func loss(_ path: String) throws -> JSON? {
            try InductProcess.json(["evaluate", path, "--evaluate", "position-loss", "--samples", "64"])["metrics"]
        }
        #expect(try loss(old) == loss(whole.path))
        // Taken up, it has them.
        try expectNoDifferences(old, whole.path)
        let record = try JSON(parsing: String(contentsOfFile: old + "/run.json", encoding: .utf8))
        #expect(record["recipe"] == whole.record["recipe"] && record["written"] == whole.record["written"])
    }

    private func expectNoDifferences(_ runs: String...) throws {
        let compared = try InductProcess.json(["runs", "compare"] + runs)
        #expect(try #require(compared["runs"]?.array).map { $0["differences"]?.members?.map(\.key) } == [[], []])
    }

    @Test func aResumedRunHasTheRecipeItWasBegunWith() throws {
        let place = try run(Self.recipe, "run").path
        let file = directory.path + "/run.yaml"
        // The same, said otherwise, is not compared: only what was written is.
        for (text, code) in [(Self.recipe, 0), (Self.recipe.replacing("seed: 3", with: "seed: 4"), 64)] {
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            let result = try InductProcess.run(["run", file, "--resume", "--output", place, "--no-figures"])
            #expect(Int(result.code) == code, "\(result.error)")
        }
    }

    @Test func numbersOfABrokenModelAreNotEvaluated() throws {
        let place = try run(Self.recipe, "run").path
        let path = place + "/checkpoints/step-00000012"
        var model = try Data(contentsOf: URL(fileURLWithPath: path + "/model.safetensors"))
        model.replaceSubrange(model.count - 4..<model.count, with: [0, 0, 0xc0, 0x7f])
        try model.write(to: URL(fileURLWithPath: path + "/model.safetensors"))
        // A checkpoint whose checksums say that this is what was written.
        let state = try JSON(parsing: String(contentsOfFile: path + "/state.json", encoding: .utf8))
        let files: [JSON.Member] = try ["model.safetensors", "optimizer.safetensors"].map { name in
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
            return JSON.Member(
                key: name, value: ["bytes": .integer(Int64(bytes.count)), "sha256": .string(Digest.of(bytes))])
        }
        var members = try #require(state.members).filter { $0.key != "files" && $0.key != "checksum" }
        members.append(.init(key: "files", value: .object(files)))
        members.append(.init(key: "checksum", value: .string(Digest.of(Array(JSON.object(members).text.utf8)))))
        try JSON.object(members).text.write(toFile: path + "/state.json", atomically: true, encoding: .utf8)
        for command in [["evaluate", place], ["export", place, "--to", "npz", "--output", directory.path + "/x"]] {
            let result = try InductProcess.run(command)
            #expect(result.code == 65, "\(command): \(result.error)")
            #expect(result.error.contains("holds no finite number at entry"), "\(result.error)")
        }
    }
}
