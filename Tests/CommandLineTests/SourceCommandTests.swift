// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

struct SourceCommandTests {
    @Test func theoryPrintsItsKeysAndTheExactValues() throws {
        let json = try InductProcess.json(["theory", "dursley-wonka(p=0.4,q=0.25)", "--length", "100"])
        #expect(
            json.members?.map(\.key) == [
                "source", "units", "vocabulary", "length", "entropy", "entropy_standard_error", "entropy_rate",
                "entropy_rate_bounds", "excess_entropy", "method", "mixed_states", "spectrum",
            ])
        let entropy = try #require(json["entropy"]?.array)
        #expect(entropy.count == 100)
        #expect(abs((entropy[0].double ?? 0) - 1.4451858789) < 1e-9)
        #expect(abs((json["entropy_rate"]?.double ?? 0) - 0.8358762812) < 1e-9)
        #expect(abs((json["excess_entropy"]?.double ?? 0) - 1.1869322483) < 1e-9)
        #expect(json["method"] == "exact")
    }

    @Test func theoryWithABeginTokenStartsWithZeroAndGoesOnWithTheChilds() throws {
        let child = try InductProcess.json(["theory", "even(p=0.5)", "--length", "5"])
        let json = try InductProcess.json(["theory", "with-bos(even(p=0.5))", "--length", "6"])
        #expect(json["entropy"]?.array?.first?.double == 0)
        #expect(json["entropy"]?.array?.dropFirst().map(\.double) == child["entropy"]?.array?.map(\.double))
        #expect(json["excess_entropy"] == child["excess_entropy"])
    }

    @Test func beliefsBeginWithTheEmptyPrefix() throws {
        let json = try InductProcess.json(["beliefs", "mixture(coin(p=0.25),coin(p=0.75))", "--tokens", "0,1"])
        let prefixes = try #require(json["prefixes"]?.array)
        #expect(prefixes.map { $0["tokens"]?.text } == ["[]", "[0]", "[0,1]"])
        #expect(
            prefixes[0].members?.map(\.key) == ["tokens", "probability", "belief", "predictive", "component_posterior"])
        #expect(abs((prefixes[1]["component_posterior"]?.array?[0].double ?? 0) - 0.25) < 1e-12)
        #expect(abs((prefixes[2]["probability"]?.double ?? 0) - 0.1875) < 1e-12)
    }

    @Test func samplesDependOnTheirIndexAlone() throws {
        let source = "with-bos(dursley-wonka(p=0.4,q=0.25))"
        let all = try InductProcess.json(["sample", source, "--count", "6", "--length", "9", "--seed", "7"])
        let some = try InductProcess.json(
            ["sample", source, "--count", "2", "--first", "3", "--length", "4", "--seed", "7"])
        #expect(all.members?.map(\.key) == ["seed", "first", "sequences"])
        let whole = try #require(all["sequences"]?.array)
        let part = try #require(some["sequences"]?.array)
        #expect(whole.count == 6)
        #expect(part == whole[3..<5].map { .array(Array(($0.array ?? []).prefix(4))) })
        let test = try InductProcess.json(
            ["sample", source, "--count", "6", "--length", "9", "--seed", "7", "--view", "test"])
        #expect(test["sequences"] != all["sequences"])
    }

    @Test func sampleFilesHoldWhatIsPrinted() throws {
        let directory = try TemporaryDirectory()
        let arguments = ["sample", "golden-mean(p=0.5)", "--count", "3", "--length", "5"]
        let printed = try #require(try InductProcess.json(arguments)["sequences"]?.array)
        for ending in ["jsonl", "npz", "safetensors"] {
            let path = "\(directory.path)/s.\(ending)"
            #expect(try InductProcess.run(arguments + ["--output", path]).code == 0)
            // A second time the file is there, and is left alone.
            #expect(try InductProcess.run(arguments + ["--output", path]).code == 74)
        }
        let lines = String(decoding: try directory.bytes("s.jsonl"), as: UTF8.self).split(separator: "\n")
        #expect(try lines.map { try JSON(parsing: String($0))["tokens"] } == printed)
        let tokens = printed.flatMap { $0.array ?? [] }.map { UInt8($0.int ?? 9) }
        let raw = tokens.flatMap { [$0, 0, 0, 0] as [UInt8] }
        #expect(Array(try directory.bytes("s.safetensors").suffix(raw.count)) == raw)
        #expect(try directory.bytes("s.npz").range(of: Data(raw)) != nil)
    }

    @Test func aReaderThatLeavesEndsTheCommandQuietly() throws {
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/bash")
        let command = "'\(InductProcess.executable.path)' sample 'coin(p=0.5)' --count 2000000 --length 50"
        shell.arguments = ["-c", "set -o pipefail; \(command) | head -n 1 > /dev/null"]
        let error = Pipe()
        shell.standardError = error
        try shell.run()
        let message = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        shell.waitUntilExit()
        #expect(shell.terminationStatus == 0)
        #expect(message == "")
    }
}
