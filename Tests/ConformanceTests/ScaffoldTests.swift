// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

@Suite("New plugins")
struct ScaffoldTests {
    static let kinds = ["source", "architecture", "gate", "evaluator"]

    @Test(arguments: ["c", "cpp"], kinds)
    func buildAndPassTheirChecksAsTheyAreWritten(language: String, kind: String) throws {
        try build(kind, in: language)
    }

    /// One kind for each language whose tools take long; `make test-matrix` builds them all.
    @Test(arguments: [("rust", "architecture"), ("swift", "source")])
    func buildInLanguagesWithToolsOfTheirOwn(language: String, kind: String) throws {
        try build(kind, in: language)
    }

    /// Fixtures/labelled-examples.*: one source in two languages.
    @Test func stateTheLawOfLabelledExamples() throws {
        try Tools.inScratch { scratch in
            var theories: [JSON] = []
            var samples: [String] = []
            for (language, file) in [("cpp", "cpp/examples.cpp"), ("rust", "rust/src/lib.rs")] {
                let directory = scratch.appending(path: language).path
                let made = try Tools.run(
                    Tools.induct,
                    ["plugins", "new", "source", "examples", "--language", language, "--output", directory])
                try #require(made.code == 0, "\(made.output)")
                let suffix = language == "rust" ? "rs" : language
                let code = Tools.sources.appending(path: "Tests/ConformanceTests/Fixtures/labelled-examples.\(suffix)")
                try Data(contentsOf: code).write(to: scratch.appending(path: file))
                let tested = try Tools.run("make", ["-C", directory, "test"])
                try #require(tested.code == 0, "\(tested.output.suffix(4_000))")
                let plugin = ["--plugin", "\(directory)/examples.so"]
                let theory = try Tools.run(
                    Tools.induct, ["theory", "one-hot-classes", "--format", "json"] + plugin, joined: false)
                theories.append(try JSON(parsing: theory.output))
                samples.append(
                    try Tools.run(
                        Tools.induct,
                        ["sample", "one-hot-classes", "--count", "50", "--seed", "3", "--format", "json"] + plugin,
                        joined: false
                    ).output)
                let refused = try Tools.run(Tools.induct, ["theory", "one-hot-classes(groups=3)"] + plugin)
                #expect(refused.code != 0 && refused.output.contains("do not fit its 4 classes"), "\(refused.output)")
            }
            #expect(theories[0] == theories[1] && samples[0] == samples[1])
            #expect(samples[0].contains("targets"))
            let theory = theories[0]
            #expect(theory["contexts"] == 2 && theory["relevance"] == 0.5 && theory["chance_error"] == 0.75)
            #expect(theory["bayes_error"] == 0.25)
            #expect(theory["in_weight"]?.array?.compactMap { $0["group"]?.string } == ["low", "high"])
        }
    }

    @Test func refuseWhatIsThereAlready() throws {
        try Tools.inScratch { scratch in
            let arguments = ["plugins", "new", "source", "mine", "--language", "c", "--output", scratch.path]
            let result = try Tools.run(Tools.induct, arguments)
            #expect(result.code == 64)
            #expect(result.output.contains("is there already"))
        }
    }

    @Test(arguments: ["Mine", "my source", "-mine", "mine-", "my--source", "", "ümlaut"])
    func refuseNamesThatSpecsCouldNotSay(name: String) throws {
        let result = try Tools.run(Tools.induct, ["plugins", "new", "source", "--language", "c", "--", name])
        #expect(result.code == 64)
    }

    private func build(_ kind: String, in language: String) throws {
        try Tools.inScratch { scratch in
            let directory = scratch.appending(path: "mine").path
            let name = "my-own-\(kind)"
            let made = try Tools.run(
                Tools.induct, ["plugins", "new", kind, name, "--language", language, "--output", directory])
            try #require(made.code == 0, "\(made.output)")
            let built = try Tools.run("make", ["-C", directory, "\(name).so"])
            try #require(built.code == 0, "\(built.output.suffix(4_000))")
            let report = try Tools.check("\(directory)/\(name).so")
            let failed = report.results.checks("failed")
            #expect(failed.isEmpty && report.code == 0, "\(failed)")
            #expect(report.results.checks("passed").contains { $0.id == "note-agrees" })
            #expect(report.results["plugin"]?.string == "org.example.\(name)")
        }
    }
}
