// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

@Suite("The checks of plugins")
struct PluginCheckTests {
    /// Parts of Fixtures/broken.cpp, and a check that must find what is wrong with each.
    static let defects = [
        "source counts-calls": "fill-threads", "source knows-its-batch": "fill-split",
        "source reverses-time": "fill-prefix", "source informs-of-the-end": "fill-prefix",
        "source ignores-the-seed": "fill-seeds",
        "source takes-half-the-seed": "fill-seeds", "source has-one-view": "fill-views",
        "source takes-half-the-index": "fill-large-index", "source is-biased": "samples-follow-law",
        "source knows-its-process": "fill-processes",
        "source crashes": "fill-split", "source calls-exit": "fill-split", "source hangs": "fill-split",
        "source leaves-gaps": "fill-complete", "source writes-too-far": "fill-bounds",
        "source knows-large-batches": "fill-large",
        "source leaks": "create-frees", "source has-no-law": "oracle-normalised",
        "architecture has-a-wrong-gradient": "backward-is-derivative",
        "architecture never-accumulates": "backward-accumulates",
        "architecture leaves-outputs": "forward-complete",
        "architecture writes-beyond-its-workspace": "forward-complete",
        "architecture changes-its-inputs": "forward-reads-only",
        "architecture writes-beside-its-outputs": "forward-bounds",
        "architecture counts-its-instances": "forward-instances",
        "architecture takes-small-shards-alone": "forward-large",
        "evaluator measures-its-process": "evaluate-processes",
        "evaluator changes-what-it-is-shown": "evaluate-reads-only",
        "evaluator takes-small-batches-alone": "evaluate-large", "gate gives-too-much": "gate-normalised",
        "evaluator forgets-what-it-merges": "evaluate-merges",
    ]

    @Test func findEveryDefectAndNoneWhereThereIsNone() throws {
        try Tools.inScratch { scratch in
            let library = scratch.appending(path: "broken.so").path
            let sdk = Tools.sources.appending(path: "SDK").path
            let code = Tools.sources.appending(path: "Tests/ConformanceTests/Fixtures/broken.cpp").path
            let compiled = try Tools.run(
                "c++",
                [
                    "-std=c++17", "-O1", "-shared", "-fPIC", "-fvisibility=hidden", "-I\(sdk)/C/include",
                    "-I\(sdk)/Cpp/include", "-Wl,--version-script=\(sdk)/C/plugin.version", code, "-o", library,
                ])
            try #require(compiled.code == 0, "\(compiled.output)")
            let report = try Tools.check(library, limit: 10)
            #expect(report.code == 1)
            let failed = report.results.checks("failed")
            for (part, id) in Self.defects {
                #expect(failed.contains { $0.part == part && $0.id == id }, "\(part) was not found by \(id)")
            }
            let innocent = failed.filter { Self.defects[$0.part] == nil }
            #expect(innocent.isEmpty, "\(innocent)")
            let crash = try #require(failed.first { $0.part == "source crashes" })
            #expect(crash.message.contains("SIGSEGV") && crash.message.contains("fill"), "\(crash.message)")
            #expect(failed.contains { $0.part == "source hangs" && $0.message.contains("longer than") })
        }
    }

    /// Statements of a coin in C, on the tables themselves, and the check that must find what is wrong with them.
    static let flaws = [
        ("larger-structs", "IN_CREATE", "if (call->struct_size != sizeof *call) return induct_fail(error, 3, \"odd\")"),
        ("smaller-structs", "IN_CREATE", "if (call->schema && call->schema->classes) return INDUCT_INTERNAL"),
        ("hollow-structs", "IN_CREATE", "if (call->config[0] != 123) return INDUCT_INTERNAL"),
        ("host-services-optional", "IN_CREATE", "call->host->log(call->host, 0, \"made\")"),
        ("bad-configurations", "IN_CREATE", "if (call->struct_size > 32 && !strchr(call->config, 123)) abort()"),
        ("bad-configurations", "IN_CREATE", "if (!strchr(call->config, 123)) return INDUCT_INVALID_ARGUMENT"),
        ("unknown-extensions", "EXTENSION", "(strncmp(id, \"org.\", 4) == 0 ? &views[0] : NULL)"),
        ("service-threads", "IN_CREATE", "use_elsewhere(call->host)"),
        ("cancels-soon", "IN_FILL", "if (call->count == 512) usleep(2000000)"),
        ("fill-keeps-modes", "IN_FILL", "errno = ENOENT"),
        ("keeps-modes", "IN_FILL", "errno = ENOENT"),
        ("keeps-modes", "IN_CREATE", "errno = ENOENT"),
        ("keeps-modes", "EXTENSION", "errno_setter(id)"),
        ("keeps-modes", "EXTENSION", "(strcmp(id, INDUCT_SOURCE_ORACLE) == 0 ? NULL : errno_setter(id))"),
        ("load-repeats", "IN_ENTRY", "static int times; plugin.summary = times++ ? \"again\" : \"first\""),
    ]

    @Test(arguments: flaws)
    func findWhatIsWrongWithTables(id: String, place: String, statement: String) throws {
        try Tools.inScratch { scratch in
            let library = scratch.appending(path: "flawed.so").path
            let fixtures = Tools.sources.appending(path: "Tests/ConformanceTests/Fixtures").path
            let compiled = try Tools.run(
                "cc",
                [
                    "-std=gnu11", "-O1", "-w", "-shared", "-fPIC", "-fvisibility=hidden",
                    "-I\(Tools.sources.path)/SDK/C/include", "-I\(Tools.sources.path)/Tests/Fixtures/Hostile",
                    "-D\(place)=\(statement)", "\(fixtures)/flawed.c", "-o", library, "-pthread",
                ])
            try #require(compiled.code == 0, "\(compiled.output)")
            let failed = try Tools.check(library, limit: 20, only: [id]).results.checks("failed")
            #expect(failed.contains { $0.id == id }, "\(failed)")
        }
    }

    @Test func compareAManifestWithItsLibrary() throws {
        try Tools.inScratch { scratch in
            let library = scratch.appending(path: "coin.so").path
            try compile(library)
            let bundle = scratch.appending(path: "bundle").path
            let packed = try Tools.run(Tools.induct, ["plugins", "pack", library, "--output", bundle])
            try #require(packed.code == 0, "\(packed.output)")
            #expect(try Tools.check(bundle, only: ["manifest-agrees"]).results["passed"]?.int == 2)
            let manifest = bundle + "/plugin.json"
            let text = try String(contentsOfFile: manifest, encoding: .utf8)
            try text.replacing("means no good", with: "can be trusted")
                .write(toFile: manifest, atomically: true, encoding: .utf8)
            let failed = try Tools.check(bundle, only: ["manifest-agrees"]).results.checks("failed")
            #expect(failed.first?.message.contains("provides[0].summary") == true, "\(failed)")
        }
    }

    /// The host's tables before a foreign function are tables, and what the function does is its own.
    @Test func reachForeignFunctions() throws {
        let example = Tools.sources.appending(path: "SDK/Foreign/drand48.foreign.json").path
        let sound = try Tools.check(example)
        #expect(sound.code == 0, "\(sound.results.checks("failed"))")
        let passed = sound.results.checks("passed")
        for id in ["keeps-modes", "leaves-nothing", "starts-no-process", "bad-configurations", "larger-structs"] {
            #expect(passed.contains { $0.id == id }, "\(id)")
        }
        let skipped = sound.results.checks("skipped")
        #expect(skipped.first { $0.id == "load-time" }?.message.contains("no plugin by itself") == true)
        try Tools.inScratch { scratch in
            let code = scratch.appending(path: "rude.c")
            try """
            #include <fcntl.h>
            #include <fenv.h>
            int opens(unsigned long seed) { open("/dev/null", O_RDONLY); return seed & 1; }
            int rounds(unsigned long seed) { fesetround(FE_DOWNWARD); return seed & 1; }
            """.write(to: code, atomically: true, encoding: .utf8)
            let library = scratch.appending(path: "librude.so").path
            let compiled = try Tools.run("cc", ["-shared", "-fPIC", code.path, "-o", library, "-lm"])
            try #require(compiled.code == 0, "\(compiled.output)")
            let parts = ["opens", "rounds"].map { name in
                """
                {"kind": "source", "name": "\(name)", "call": "int \(name)(unsigned long seed)",
                 "arguments": {"seed": "seed"}, "vocabulary": 2, "outputs": {"tokens": {}}}
                """
            }
            let manifest = scratch.appending(path: "rude.foreign.json")
            try """
            {"runtime": "foreign", "id": "org.example.rude", "version": "1.0.0", "library": "librude.so",
             "provides": [\(parts.joined(separator: ", "))]}
            """.write(to: manifest, atomically: true, encoding: .utf8)
            let failed = try Tools.check(manifest.path, only: ["leaves-nothing", "keeps-modes"])
                .results.checks("failed")
            #expect(failed.contains { $0.id == "leaves-nothing" && $0.part == "source opens" }, "\(failed)")
            #expect(failed.contains { $0.id == "keeps-modes" && $0.part == "source rounds" }, "\(failed)")
        }
    }

    @Test func reportWhatAddressSanitizerFinds() throws {
        try Tools.inScratch { scratch in
            let library = scratch.appending(path: "coin.so").path
            try compile(library, ["-fsanitize=address", "-DIN_FILL=free(malloc(8)); row[0] = ((int *)malloc(8))[2]"])
            let report = try Tools.check(library, only: ["fill-repeats"])
            let failed = report.results.checks("failed")
            #expect(failed.first?.message.contains("heap-buffer-overflow") == true, "\(failed)")
            let used = try Tools.run(
                Tools.induct,
                ["sample", "hostile-coin", "--plugin", library, "--count", "1", "--length", "2", "--seed", "1"])
            #expect(used.code == 65 && used.output.contains("LD_PRELOAD=libasan"), "\(used.output)")
            try compile(library, ["-fsanitize=address"])
            let sound = try Tools.check(library)
            #expect(sound.code == 0, "\(sound.results.checks("failed"))")
        }
    }

    @Test func makeAFailingCaseOfAFuzzAgain() throws {
        try Tools.inScratch { scratch in
            let library = scratch.appending(path: "coin.so").path
            let schema =
                #"-DCONFIG="{\"parameters\": {\"p\": {\"type\": \"integer\", \"minimum\": 0, \"maximum\": 12, \"default\": 0}}}""#
            try compile(library, [schema])
            let sound = try Tools.run(Tools.induct, ["plugins", "check", library, "--fuzz", "100"])
            #expect(sound.code == 0 && sound.output.contains("100 cases"), "\(sound.output)")
            try compile(
                library, [schema, #"-DIN_CREATE=if (call->config && strstr(call->config, "\"p\":7}")) abort()"#])
            let found = try Tools.run(Tools.induct, ["plugins", "check", library, "--fuzz", "400"])
            #expect(found.code == 1 && found.output.contains("SIGABRT"), "\(found.output)")
            let seed = try #require(found.output.firstMatch(of: #/--fuzz 1 --seed (\d+)/#)?.1)
            let again = try Tools.run(
                Tools.induct, ["plugins", "check", library, "--fuzz", "1", "--seed", String(seed)])
            #expect(again.code == 1 && again.output.contains("SIGABRT"), "\(again.output)")
        }
    }

    /// The sound coin of the hostile plugins, with macros that change it.
    private func compile(_ library: String, _ flags: [String] = []) throws {
        let hostile = "\(Tools.sources.path)/Tests/Fixtures/Hostile"
        let compiled = try Tools.run(
            "gcc",
            ["-std=gnu11", "-O1", "-w", "-shared", "-fPIC", "-fvisibility=hidden", "-x", "c"] + flags
                + ["-I\(Tools.sources.path)/SDK/C/include", "\(hostile)/plugin.h", "-o", library])
        try #require(compiled.code == 0, "\(compiled.output)")
    }

    @Test(arguments: try Tools.defaultPlugins())
    func passOnTheDefaultPlugins(path: String) throws {
        let report = try Tools.check(path)
        let failed = report.results.checks("failed")
        #expect(failed.isEmpty, "\(failed)")
        #expect(report.code == 0)
        let passed = report.results.checks("passed")
        #expect(passed.count > 10 && passed.contains { $0.id == "note-agrees" })
    }

    @Test func sayWhatIsNoPlugin() throws {
        try Tools.inScratch { scratch in
            let file = scratch.appending(path: "notes.so")
            try "not a library".write(to: file, atomically: true, encoding: .utf8)
            let report = try Tools.check(file.path)
            #expect(report.code == 1)
            #expect(report.results.checks("failed").first?.message.contains("not a shared library") == true)
            let missing = try Tools.run(Tools.induct, ["plugins", "check", scratch.path + "/nothing.so"])
            #expect(missing.code == 65)
        }
    }
}
