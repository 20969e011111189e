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
                "entropy_rate_bounds", "excess_entropy", "method", "mixed_states", "spectrum", "entropy_error_bound",
                "entropy_rate_standard_error", "excess_entropy_bounds", "excess_entropy_reason", "components", "notes",
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
            prefixes[0].members?.map(\.key) == [
                "tokens", "probability", "belief", "predictive", "component_posterior", "log_probability", "length",
            ])
        #expect(abs((prefixes[1]["component_posterior"]?.array?[0].double ?? 0) - 0.25) < 1e-12)
        #expect(abs((prefixes[2]["probability"]?.double ?? 0) - 0.1875) < 1e-12)
    }

    @Test func componentsAndContributionsArePrinted() throws {
        let source = "mixture(golden-mean(p=0.5), even(p=0.5), weights=[0.25, 0.75])"
        let json = try InductProcess.json(["theory", source, "--length", "60", "--contributions"])
        let components = try #require(json["components"]?.array)
        #expect(components.count == 2)
        for (component, weight) in zip(components, [0.25, 0.75]) {
            #expect(component["weight"]?.double == weight)
            #expect(component["entropy"]?.array?.count == 60 && component["cross_entropy"]?.array?.count == 60)
            #expect(abs((component["regret"]?.double ?? 0) + log(weight)) < 1e-6)
            #expect(abs((component["bound"]?.double ?? 0) + log(weight)) < 1e-12)
        }
        let entropy = try #require(json["entropy"]?.array).map { $0.double ?? .nan }
        let shares = try #require(json["spectrum"]?.array).map { $0["contribution"]?.array ?? [] }
        for l in 0..<60 { #expect(abs(shares.reduce(0) { $0 + ($1[l].double ?? .nan) } - entropy[l]) < 1e-9) }
        let plain = try InductProcess.json(["theory", "coin"])
        #expect(plain["components"] == .null)
        #expect(plain["spectrum"]?.array?.first?.members?.map(\.key) == ["re", "im", "index"])
    }

    @Test func slowlyForgettingSourcesHaveBounds() throws {
        let json = try InductProcess.json(["theory", "switch(golden-mean, even)", "--length", "40"])
        let bounds = try #require(json["entropy_rate_bounds"]?.array).map { $0.double ?? .nan }
        #expect(bounds[1] - bounds[0] < 1e-6 && json["method"] == "exact")
        let excess = try #require(json["excess_entropy_bounds"]?.array).map { $0.double ?? .nan }
        #expect(excess[0] <= json["excess_entropy"]?.double ?? .nan && excess[1] - excess[0] < 1e-4)
        #expect(json["entropy_error_bound"]?.array?.count == 40)
    }

    @Test func theoryIsDrawn() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/entropy.vl.json"
        let result = try InductProcess.run(["theory", "mixture(golden-mean, even)", "--plot", path])
        #expect(result.code == 0, "\(result.error)")
        let text = String(decoding: try directory.bytes("entropy.vl.json"), as: UTF8.self)
        for words in ["best predictor on component 1", "entropy rate", "spectrum: 1,"] { #expect(text.contains(words)) }
    }

    @Test func beliefsAreReadFromAFileAndImpossibleWordsSaySo() throws {
        let directory = try TemporaryDirectory()
        // The evidence turns round after 3000 tokens.
        let tokens = Array(repeating: "0", count: 3000) + Array(repeating: "1", count: 6000)
        let path = try directory.file("tokens", tokens.joined(separator: ",") + "\n")
        let json = try InductProcess.json(
            ["beliefs", "mixture(coin(p=0.8), coin(p=0.2))", "--tokens", "@" + path, "--last"])
        let last = try #require(json["prefixes"]?.array?.first)
        #expect(last["length"] == 9000 && last["probability"]?.double == 0)
        let expected = log(0.5) + 3000 * log(0.2) + 6000 * log(0.8)
        #expect(abs((last["log_probability"]?.double ?? 0) - expected) < 1e-8)
        #expect(last["component_posterior"]?.array?[1].double == 1)
        let impossible = try InductProcess.json(["beliefs", "golden-mean", "--tokens", "1,1"])
        let prefix = try #require(impossible["prefixes"]?.array?.last)
        #expect(prefix["probability"]?.double == 0 && prefix["belief"] == .null && prefix["log_probability"] == .null)
        #expect(try InductProcess.run(["beliefs", "coin", "--tokens", "@" + directory.path + "/none"]).code == 74)
    }

    @Test func theBenchOfTheoryPrintsItsKeys() throws {
        let json = try InductProcess.json(
            ["bench", "theory", "mess3", "--length", "16", "--steps", "2", "--repetitions", "2", "--batch", "3"])
        #expect((json["tokens_per_second"]?.double ?? 0) > 0 && json["threads"] == 1)
        #expect(json["repetitions"]?.array?.count == 2 && json["theory"]?.array?.count == 4)
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
        // The data seed that a run's record has may be any number of 64 bits.
        let last = ["sample", source, "--count", "6", "--length", "9", "--seed", "18446744073709551615"]
        #expect(try InductProcess.json(last)["sequences"] != all["sequences"])
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
        let result = try InductProcess.shell("induct sample coin --count 2000000 --length 50 | head -n 1 > /dev/null")
        #expect(result.code == 0)
        #expect(result.error == "")
    }
}
