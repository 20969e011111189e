// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

@Suite("Finding plugins in Python")
struct PythonDiscoveryTests {
    private static let good = Python.source(filling: "batch['tokens'][...] = 1")

    /// The plugins that `plugins list` shows, those of the product left out.
    private func list(
        _ arguments: [String], _ environment: [String: String]
    ) throws -> [(path: String, status: String, reason: String)] {
        let result = try Tools.run(
            Tools.induct, ["plugins", "list", "--format", "json"] + arguments, environment: environment, joined: false)
        let plugins = try JSON(parsing: result.output)["plugins"]?.array ?? []
        return plugins.map {
            ($0["path"]?.string ?? "", $0["status"]?.string ?? "", $0["reason"]?.string ?? "")
        }
        .filter { $0.path.hasSuffix(".py") || $0.path.contains("bundle") }
    }

    @Test("passes over files in a directory that say they are no plugins, and runs none of them")
    func directoriesHoldOtherFiles() throws {
        try Tools.inScratch { scratch in
            let plugins = scratch.appending(path: "plugins")
            try FileManager.default.createDirectory(at: plugins, withIntermediateDirectories: true)
            _ = try Python.write(Self.good, to: "mine.py", in: plugins)
            let trap = "open('\(scratch.path)/was-run', 'w')\n"
            _ = try Python.write(trap, to: "setup.py", in: plugins)
            _ = try Python.write("import induct\n" + trap, to: "analysis.py", in: plugins)
            _ = try Python.write("if True:\n    import induct\n" + trap, to: "indented.py", in: plugins)
            _ = try Python.write("import inductive\n" + trap, to: "other.py", in: plugins)
            var environment = try Python.environment(cache: scratch)
            environment["INDUCT_PLUGIN_PATH"] = plugins.path
            let found = try list([], environment)
            #expect(found.map(\.status) == ["ready"], "\(found)")
            #expect(!FileManager.default.fileExists(atPath: scratch.path + "/was-run"))
            let left = try FileManager.default.contentsOfDirectory(atPath: plugins.path)
            #expect(left.count == 5, "nothing is written beside a plugin")
        }
    }

    @Test(
        "explains refusals",
        arguments: [
            ("x = (\n", "SyntaxError"), ("import no_such\n", "No module named 'no_such'"),
            ("", "A is no source: it has no schema and no fill"),
            ("raise SystemExit(0)\n", "calls exit()"),
        ])
    func refusalsSayWhy(code: String, reason: String) throws {
        try Tools.inScratch { scratch in
            // By its text it is a plugin, so it is asked.
            let text = "import induct\n\(code)@induct.source\nclass A:\n    pass\n"
            let file = try Python.write(text, to: "mine.py", in: scratch)
            let found = try list(["--plugin", file], try Python.environment(cache: scratch))
            #expect(found.map(\.status) == ["refused"])
            #expect(found.first?.reason.contains(reason) == true, "\(found)")
        }
    }

    @Test("explains what is missing")
    func interpretersAreNamed() throws {
        try Tools.inScratch { scratch in
            let file = try Python.write(Self.good, to: "mine.py", in: scratch)
            let usual = try Python.environment(cache: scratch)
            let none = usual.merging(["INDUCT_PYTHON": "/nonexistent/python"]) { $1 }
            let unstarted = try list(["--plugin", file], none).first?.reason
            #expect(unstarted?.contains("/nonexistent/python cannot be started") == true)
            let bare = scratch.appending(path: "bare").path
            let made = try Tools.run(Python.interpreter, ["-m", "venv", "--without-pip", bare])
            try #require(made.code == 0, "\(made.output)")
            let lacking = usual.merging(["PYTHONPATH": "", "INDUCT_PYTHON": bare + "/bin/python"]) { $1 }
            let reason = try list(["--plugin", file], lacking).first?.reason ?? ""
            #expect(reason.contains("No module named") && reason.contains("-m pip install"), "\(reason)")
        }
    }

    @Test("refuses files that anybody could have changed")
    func worldWritableFilesAreRefused() throws {
        try Tools.inScratch { scratch in
            let file = try Python.write(Self.good, to: "mine.py", in: scratch)
            chmod(file, 0o666)
            let found = try list(["--plugin", file], try Python.environment(cache: scratch))
            #expect(found.first?.reason.contains("can be written by everyone") == true, "\(found)")
        }
    }

    @Test("takes bundles whose manifest asks for Python, and refuses a file that was changed")
    func bundlesArePacked() throws {
        try Tools.inScratch { scratch in
            let file = try Python.write(Self.good, to: "mine.py", in: scratch)
            let environment = try Python.environment(cache: scratch.appending(path: "cache"))
            let bundle = scratch.appending(path: "bundle").path
            let packed = try Tools.run(
                Tools.induct, ["plugins", "pack", file, "--output", bundle], environment: environment)
            try #require(packed.code == 0, "\(packed.output)")
            let manifest = try JSON(
                parsing: try String(contentsOfFile: bundle + "/plugin.json", encoding: .utf8))
            #expect(manifest["runtime"]?.string == "python")
            #expect(try list(["--plugin", bundle], environment).map(\.status) == ["ready"])
            let sampled = try Tools.run(
                Tools.induct, ["sample", "mine", "--plugin", bundle, "--count", "1", "--length", "3"],
                environment: environment, joined: false)
            #expect(sampled.output == "1 1 1\n")
            _ = try Python.write(Self.good + "# changed\n", to: "mine.py", in: URL(fileURLWithPath: bundle))
            let changed = try list(["--plugin", bundle], environment).first?.reason
            #expect(changed?.contains("was changed or damaged") == true)
        }
    }
}
