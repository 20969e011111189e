// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

@Suite("Bundles")
struct BundleCommandTests {
    @Test func arePackedFromTheLibraryAloneInstalledAndFound() throws {
        try Tools.inScratch { scratch in
            let library = try compile("source", to: scratch, "libcycle.so")
            let bundle = scratch.appending(path: "bundle").path
            let packed = try Tools.run(Tools.induct, ["plugins", "pack", library, "--output", bundle])
            try #require(packed.code == 0, "\(packed.output)")
            let manifest = try JSON(parsing: String(contentsOfFile: bundle + "/plugin.json", encoding: .utf8))
            #expect(manifest["id"] == "org.example.noisy-cycle")
            #expect(manifest["kinds"] == ["source"])
            #expect(manifest["capabilities"] == ["induct.source/1"])
            #expect(manifest["provides"]?.array?.first?["config_schema"]?["parameters"]?["noise"] != nil)
            let digest = try Tools.run("sha256sum", [bundle + "/libcycle.so"]).output.prefix(64)
            #expect(manifest["files"]?.array?.first?["sha256"]?.string == String(digest))

            let home = ["XDG_DATA_HOME": scratch.appending(path: "data").path]
            for _ in 0..<2 {
                let installed = try Tools.run(Tools.induct, ["plugins", "install", bundle], environment: home)
                try #require(installed.code == 0, "\(installed.output)")
            }
            let sampled = try Tools.run(
                Tools.induct, ["sample", "noisy-cycle", "--count", "1", "--length", "8", "--seed", "1"],
                environment: home)
            #expect(sampled.code == 0, "\(sampled.output)")
            let left = try FileManager.default.contentsOfDirectory(
                atPath: scratch.appending(path: "data/induct/plugins").path)
            #expect(left == ["org.example.noisy-cycle"])
        }
    }

    @Test func areMadeOfALibraryThatIsInstalledAsItIs() throws {
        try Tools.inScratch { scratch in
            let library = try compile("evaluator", to: scratch, "libloss.so")
            let home = ["XDG_DATA_HOME": scratch.appending(path: "data").path]
            let installed = try Tools.run(Tools.induct, ["plugins", "install", library], environment: home)
            try #require(installed.code == 0, "\(installed.output)")
            let list = try Tools.run(Tools.induct, ["plugins", "list"], environment: home)
            #expect(list.output.contains("org.example.mean-loss"))
        }
    }

    @Test func areMadeOfAForeignManifestAndTheLibraryBesideIt() throws {
        try Tools.inScratch { scratch in
            let home = ["XDG_DATA_HOME": scratch.appending(path: "data").path]
            let installed = scratch.appending(path: "data/induct/plugins").path
            func induct(_ arguments: [String]) throws -> (code: Int32, output: String) {
                try Tools.run(Tools.induct, arguments, environment: home, joined: false)
            }
            let code = scratch.appending(path: "own.c")
            try "unsigned dice(unsigned long seed) { return seed % 6; }\n"
                .write(to: code, atomically: true, encoding: .utf8)
            let compiled = try Tools.run(
                "cc", ["-shared", "-fPIC", code.path, "-o", scratch.appending(path: "libown.so").path])
            try #require(compiled.code == 0, "\(compiled.output)")
            let manifest = scratch.appending(path: "own.foreign.json")
            try """
            {"runtime": "foreign", "id": "org.example.own", "version": "1.0.0", "library": "libown.so",
             "provides": [{"kind": "source", "name": "own-dice", "call": "unsigned dice(unsigned long seed)",
                           "arguments": {"seed": "seed"}, "vocabulary": 6, "outputs": {"tokens": {}}}]}
            """.write(to: manifest, atomically: true, encoding: .utf8)
            let sample = ["sample", "own-dice", "--count", "3", "--length", "8", "--seed", "1"]
            let expected = try induct(sample + ["--plugin", manifest.path])
            try #require(expected.code == 0)
            // The second time in place of the first.
            for _ in 0..<2 {
                let done = try induct(["plugins", "install", manifest.path])
                try #require(done.code == 0, "\(done.output)")
            }
            let own = installed + "/org.example.own"
            #expect(Set(try FileManager.default.contentsOfDirectory(atPath: own)) == ["plugin.json", "libown.so"])
            for file in ["own.foreign.json", "libown.so"] {
                try FileManager.default.removeItem(at: scratch.appending(path: file))
            }
            #expect(try induct(sample) == expected)

            // A library of the system stays where it is.
            let system = Tools.sources.appending(path: "SDK/Foreign/drand48.foreign.json").path
            #expect(try induct(["plugins", "install", system]).code == 0)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: installed + "/org.induct.examples.drand48")
                    == ["plugin.json"])
            let list = try induct(["plugins", "list"])
            #expect(list.output.contains("org.induct.examples.drand48") && !list.output.contains("refused"))

            // What the host would refuse is not installed.
            try "{\"runtime\": \"foreign\", \"id\": \"org.example.own\"}"
                .write(to: manifest, atomically: true, encoding: .utf8)
            #expect(try induct(["plugins", "install", manifest.path]).code == 65)
            #expect(try induct(sample) == expected)
        }
    }

    @Test func holdOnePluginAndNothingElse() throws {
        try Tools.inScratch { scratch in
            let source = try compile("source", to: scratch, "libcycle.so")
            let gate = try compile("gate", to: scratch, "libweights.so")
            let target = scratch.appending(path: "bundle").path
            let mixed = try Tools.run(Tools.induct, ["plugins", "pack", source, gate, "--output", target])
            #expect(mixed.code == 65 && mixed.output.contains("a bundle holds one plugin"))
            let foreign = try Tools.run(Tools.induct, ["plugins", "pack", "z80=\(source)", "--output", target])
            #expect(foreign.code == 65 && foreign.output.contains("'z80' names no processor"))
            #expect(!FileManager.default.fileExists(atPath: target))
            let broken = scratch.appending(path: "libbroken.so")
            try "no library".write(to: broken, atomically: true, encoding: .utf8)
            let refused = try Tools.run(Tools.induct, ["plugins", "install", broken.path])
            #expect(refused.code == 65 && refused.output.contains("not a shared library"))
            let taken = try Tools.run(Tools.induct, ["plugins", "pack", source, "--output", scratch.path])
            #expect(taken.code == 74 && taken.output.contains("is there already"))
        }
    }

    /// Compiles a template of SDK/C.
    private func compile(_ kind: String, to scratch: URL, _ name: String) throws -> String {
        let sdk = Tools.sources.appending(path: "SDK").path
        let library = scratch.appending(path: name).path
        let compiled = try Tools.run(
            "cc",
            [
                "-std=c11", "-shared", "-fPIC", "-I\(sdk)/C/include", "\(sdk)/C/templates/\(kind).c", "-o", library,
                "-lm",
            ])
        try #require(compiled.code == 0, "\(compiled.output)")
        return library
    }
}
