// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

struct UsageTests {
    @Test func versionAndHelpSucceed() throws {
        let version = try InductProcess.run(["--version"])
        #expect(version.code == 0)
        #expect(version.output.hasPrefix("induct "))
        let help = try InductProcess.run(["run", "--help"])
        #expect(help.code == 0)
        #expect(help.output.contains("--resume"))
        #expect(help.error.isEmpty)
    }

    @Test(arguments: [
        (["dance"], "dance"), (["thoery"], "did you mean 'theory'?"), (["plugins", "lst"], "did you mean 'list'?"),
        (["theory"], "source"), (["theory", "coin(p=0.5)", "--lenght", "3"], "--lenght"),
        (["theory", "coin(p=0.5)", "--length", "many"], "many"),
        (["theory", "coin(p=0.5)", "--length", "0"], "length"),
        (["theory", "coin(p=0.5)", "--length", "-5"], "-5"),
        (["theory", "coin(p=0.5)", "--length", "1000000000"], "10000000"),
        (["theory", "coin(p=0.5)", "--precision", "-0.5"], "precision"),
        (["theory", "coin(p=0.5)", "--plot", "picture.gif"], ".svg"),
        (["bench", "theory"], "name one source"),
        (["theory", "golden-maen(p=0.5)"], "golden-mean"), (["theory", "coin(q=0.5)"], "'q'"),
        (["theory", "coin(p=1.5)"], "at most 1"), (["theory", "coin(p=0.5"], "expected ',' or ')'"),
        (["theory", "mixture(coin(p=0.5), transformer)"], "transformer"),
        (["beliefs", "coin(p=0.5)", "--tokens", "0,2"], "token 2"),
        (["beliefs", "coin(p=0.5)", "--tokens", "0,x"], "'x'"),
        (["sample", "coin(p=0.5)", "--view", "tset"], "did you mean 'test'?"),
        (["sample", "coin(p=0.5)", "--count", "-1"], "count"),
        (["sample", "coin(p=0.5)", "--output", "x.csv"], ".npz"),
        (["run"], "--source"), (["run", "--source", "coin(p=0.5)"], "--architecture"),
        (["run", "--source", "coin(p=0.5)", "--architecture", "transformer", "--batch", "0"], "training.batch"),
        (["theory", String(repeating: "a", count: 10_000)], "'\(String(repeating: "a", count: 80))'"),
        (["run", "--resume"], "--output"), (["plugins", "show", "mes3"], "did you mean 'mess3'?"),
        (["reproduce", "s1/inducton"], "did you mean 's1/induction'?"), (["--kernels", "theory"], "--kernels"),
        (["theory", "coin(p=0.5)", "--kernels", "x86-64-v9"], "x86-64-v9"),
        (["sample", "coin", "--isolate=org.induct.gate"], "did you mean 'org.induct.gates'?"),
    ])
    func wrongUsageEndsWith64AndOneMessage(_ arguments: [String], words: String) throws {
        let result = try InductProcess.run(arguments)
        #expect(result.code == 64, "\(result.error)")
        #expect(result.output == "")
        #expect(result.error.hasPrefix("induct: "))
        #expect(result.error.contains(words), "\(result.error)")
        #expect(result.error.components(separatedBy: "induct: ").count == 2, "\(result.error)")
    }

    /// What was repaired would name another file.
    @Test func argumentsThatAreNoTextAreRefused() throws {
        let directory = try TemporaryDirectory()
        let result = try InductProcess.shell("induct sample coin --output $'\(directory.path)/\\xff.npz'")
        #expect(result.code == 64 && result.error.contains("argument 4, "), "\(result.error)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
    }

    /// The first file that a command opens would otherwise take the place of standard output.
    @Test func closedDescriptorsTakeNoFiles() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/s.npz"
        #expect(try InductProcess.shell("induct sample coin --output '\(path)' <&- >&- 2>&-").code == 0)
        #expect(try directory.bytes("s.npz").prefix(2) == Data("PK".utf8))
        #expect(try InductProcess.shell("induct theory coin >&-").code == 74)
    }

    @Test func wrongRecipesAreNamedWithLineAndColumn() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file("r.yaml", "source: coin\narchitecture: transformer\ntraining: {stpes: 3}\n")
        let result = try InductProcess.run(["run", path])
        #expect(result.code == 64)
        #expect(result.error.contains("r.yaml: line 3, column 12: "), "\(result.error)")
        #expect(result.error.contains("did you mean 'steps'?"))
        #expect(try InductProcess.run(["run", directory.path + "/none.yaml"]).code == 74)
    }

    @Test func pluginsAreListedWithWhatTheyProvideAndWhyTheyAreRefused() throws {
        let directory = try TemporaryDirectory()
        let broken = try directory.file("libbroken.so", "this is no library")
        let list = try InductProcess.json(["plugins", "list", "--plugin", broken])
        let plugins = try #require(list["plugins"]?.array)
        for plugin in plugins {
            #expect(plugin.members?.map(\.key) == ["id", "version", "path", "kinds", "provides", "status", "reason"])
        }
        let refused = try #require(plugins.first { $0["path"]?.string == broken })
        #expect(refused["status"] == "refused")
        #expect(refused["reason"]?.string?.isEmpty == false)
        let sources = plugins.first { $0["id"] == "org.induct.synthetic-sources" }
        #expect(sources?["status"] == "ready")
        #expect(sources?["provides"]?.array?.contains { $0["name"] == "mess3" && $0["kind"] == "source" } == true)
    }

    @Test func partsShowTheirParameters() throws {
        let json = try InductProcess.json(["plugins", "show", "mess3"])
        let part = try #require(json["parts"]?.array?.first)
        #expect(part["kind"] == "source")
        #expect(part["config_schema"]?["parameters"]?["x"] != nil)
        #expect(try InductProcess.run(["plugins", "show", "transformer"]).output.contains("layers"))
    }
}
