// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

@Suite("Plugins in Python")
struct PythonTests {
    @Test("pass the tests of the package itself")
    func packageTestsPass() throws {
        try Tools.inScratch { scratch in
            let tests = Python.directory.appending(path: "tests").path
            let result = try Tools.run(
                Python.interpreter, ["-m", "unittest", "discover", "--start-directory", tests],
                environment: try Python.environment(cache: scratch))
            #expect(result.code == 0, "\(result.output.suffix(6_000))")
            #expect(result.output.contains("OK"))
        }
    }

    /// The guides check files of the other kinds; `make test-matrix` scaffolds of all.
    @Test("pass their checks as they are written")
    func scaffoldPassesItsChecks() throws {
        try Tools.inScratch { scratch in
            let environment = try Python.environment(cache: scratch.appending(path: "cache"))
            let directory = scratch.appending(path: "mine").path
            let name = "my-own-gate"
            let made = try Tools.run(
                Tools.induct, ["plugins", "new", "gate", name, "--language", "python", "--output", directory])
            try #require(made.code == 0, "\(made.output)")
            let report = try Tools.check("\(directory)/\(name).py", environment: environment)
            let failed = report.results.checks("failed")
            #expect(failed.isEmpty && report.code == 0, "\(failed)")
            #expect(report.results["plugin"]?.string == "org.example.\(name)")
            #expect((report.results["passed"]?.int ?? 0) > 2)
        }
    }

    @Test("give the bits that C gives")
    func samplesAreThoseOfTheTwinInC() throws {
        try Tools.inScratch { scratch in
            let environment = try Python.environment(cache: scratch.appending(path: "cache"))
            var samples: [String] = []
            for (language, plugin) in [("c", "twin.so"), ("python", "twin.py")] {
                let directory = scratch.appending(path: language).path
                let made = try Tools.run(
                    Tools.induct,
                    ["plugins", "new", "source", "twin", "--language", language, "--output", directory])
                try #require(made.code == 0, "\(made.output)")
                if language == "c" {
                    // The template in C draws its tokens where the host draws those of hidden Markov models.
                    let file = directory + "/twin.c"
                    let code = try String(contentsOfFile: file, encoding: .utf8)
                    try code.replacing("INDUCT_DRAW_SEQUENCE", with: "0").write(
                        toFile: file, atomically: false, encoding: .utf8)
                }
                let built = try Tools.run("make", ["-C", directory, plugin])
                try #require(built.code == 0, "\(built.output)")
                let sampled = try Tools.run(
                    Tools.induct,
                    [
                        "sample", "twin(vocabulary=7, noise=0.3)", "--plugin", "\(directory)/\(plugin)", "--count",
                        "50",
                        "--length", "40", "--seed", "9", "--view", "test", "--first", "4294967290", "--format", "json",
                    ],
                    environment: environment, joined: false)
                try #require(sampled.code == 0, "\(sampled.output)")
                samples.append(sampled.output)
            }
            #expect(samples[0] == samples[1], "\(samples.map { $0.prefix(200) })")
        }
    }

    @Test("are in the memory of a run with what they say they keep, and named when they do not say")
    func memoryIsStatedOrNamed() throws {
        try Tools.inScratch { scratch in
            let code = """
                import induct

                @induct.architecture
                class Silent:
                    def parameters(self): return []
                    def forward(self, batch): batch.outputs[...] = 0

                @induct.architecture
                class Frank(Silent):
                    def workspace_size(self, count, length, is_training):
                        return count * length * 4 if is_training else 0

                """
            let file = try Python.write(code, to: "mine.py", in: scratch)
            func memory(_ architecture: String) throws -> JSON {
                let result = try Tools.run(
                    Tools.induct,
                    [
                        "run", "--source", "even", "--architecture", architecture, "--plugin", file, "--length", "6",
                        "--steps", "1", "--batch", "5", "--set", "training.shards=1", "--threads", "2", "--dry-run",
                        "--format", "json",
                    ],
                    environment: try Python.environment(cache: scratch), joined: false)
                return try JSON(parsing: result.output)["memory"] ?? .null
            }
            let (silent, frank) = (try memory("silent"), try memory("frank"))
            #expect(silent["workers"] == 0 && silent["unstated"] == ["silent"], "\(silent.text)")
            #expect(frank["workers"] == 240 && frank["unstated"] == [], "\(frank.text)")
        }
    }

    @Test("say where in the user's code they failed")
    func tracebacksArrive() throws {
        try Tools.inScratch { scratch in
            let file = try Python.write(Python.source(filling: "return 1 / 0"), to: "mine.py", in: scratch)
            let result = try Tools.run(
                Tools.induct, ["sample", "mine", "--plugin", file],
                environment: try Python.environment(cache: scratch))
            #expect(result.code == 69)
            #expect(result.output.contains("org.example.mine/mine"))
            #expect(result.output.contains("ZeroDivisionError: division by zero"))
            #expect(result.output.contains("mine.py\", line 12, in fill: return 1 / 0"))
        }
    }

    @Test(
        "are held to types, shapes and ranges",
        arguments: [
            ("batch['tokens'] = np.full((batch.count, batch.length), 0.5)", "float64 does not become that by itself"),
            ("batch['tokens'] = [1, 2, 3, 4, 5]", "has the shape [3, 4], the values have [5]"),
            ("batch['tokens'][...] = 2", "its schema allows 0 to 1"),
            ("batch['words'][...] = 2", "the schema has no tensor 'words'"),
            ("import os; os._exit(0)", "org.example.mine/mine"),
            ("import os; os.abort()", "SIGABRT"),
        ])
    func wrongFillsAreErrors(body: String, message: String) throws {
        try Tools.inScratch { scratch in
            let file = try Python.write(Python.source(filling: body), to: "mine.py", in: scratch)
            let result = try Tools.run(
                Tools.induct, ["sample", "mine", "--plugin", file, "--count", "3", "--length", "4"],
                environment: try Python.environment(cache: scratch))
            #expect(result.code == 69, "\(result.output)")
            #expect(result.output.contains(message), "\(result.output)")
        }
    }
}
