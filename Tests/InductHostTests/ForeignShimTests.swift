// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductHost
import Testing

/// The plugin in C that a manifest describes gives the same samples and the same metrics, bit by bit.
@Suite struct ForeignShimTests {
    /// Every form of argument that the fixture's functions have.
    private static let forms = """
        {"kind": "source", "name": "filled", "call": "void fill_uniform(out double values[n], size_t n, inout uint64_t state[1])",
         "arguments": {"state": "seed"}, "vocabulary": 10, "outputs": {"tokens": {"from": "values", "map": "floor"}}},
        {"kind": "source", "name": "three", "call": "int three(inout unsigned short state[2], out int32_t tokens[3])",
         "arguments": {"state": "seed"}, "success": [0], "vocabulary": 5, "outputs": {"tokens": {"from": "tokens"}}},
        {"kind": "source", "name": "mixed", "call": "uint32_t mix(uint32_t seed, int8_t shift, const char *salt)",
         "config_schema": {"parameters": {
            "shift": {"type": "integer", "minimum": 0, "maximum": 31, "default": 28},
            "salt": {"type": "string", "default": "a\\"{[,:]}\\\\\\u0001b"}}},
         "arguments": {"seed": {"seed": 16}, "shift": {"config": "shift"}, "salt": {"config": "salt"}},
         "vocabulary": 16, "outputs": {"tokens": {"map": "clamp"}}},
        {"kind": "source", "name": "walk", "concurrency": "parallel",
         "call": "void walk(long count, double (*uniform)(void *), int (*take)(int32_t token, void *), nullable void *context)",
         "arguments": {"count": "length", "uniform": {"callback": "uniform"}, "take": {"callback": "output"}, "context": null},
         "vocabulary": 16, "outputs": {"tokens": {"from": "take"}}},
        {"kind": "source", "name": "narrow", "call": "uint8_t narrow(uint8_t (*bits)(void), short (*more)(int))",
         "arguments": {"bits": {"callback": "uniform"}, "more": {"symbol": "more"}},
         "vocabulary": 256, "outputs": {"tokens": {}}},
        {"kind": "source", "name": "boxed",
         "handles": {"box": {"create": {"call": "box *box_new(int value)", "arguments": {"value": {"constant": 1}}},
                             "destroy": {"call": "void box_free(box *given)"}}},
         "before_sample": [{"call": "void box_seed(box *given, uint64_t seed)", "arguments": {"seed": "seed"}}],
         "call": "uint64_t box_next(box *given)", "vocabulary": 7, "outputs": {"tokens": {"map": "modulo"}}},
        {"kind": "evaluator", "name": "weighted", "call": "double weighted(const float losses[n], in double weights[n], size_t n)",
         "config_schema": {"parameters": {"weights": {"type": "array", "items": {"type": "number"}, "default": [1, 2.5, 3, 4, -5e-1]}}},
         "arguments": {"losses": {"values": "losses"}, "weights": {"config": "weights"}},
         "merge": "mean", "metric": "weighted"},
        {"kind": "evaluator", "name": "most",
         "call": "void extremes(const double values[n], size_t n, out double least[1], out double most[1])",
         "arguments": {"values": {"values": "tokens"}}, "result": {"argument": "most"}, "merge": "maximum", "metric": "most"},
        {"kind": "evaluator", "name": "folded", "call": "uint64_t fold(uint64_t value, const int32_t tokens[n], size_t n)",
         "arguments": {"value": "accumulated", "tokens": {"values": "tokens"}}, "merge": "fold", "start": 5,
         "combine": {"call": "uint64_t fold_join(uint64_t a, uint64_t b)", "arguments": {"a": "accumulated", "b": "other"}},
         "metric": "folded"}
        """

    /// Compiles the shim of a manifest, without a warning.
    private static func shim(_ manifest: String, _ workshop: Workshop) throws -> String {
        let shim = try ForeignShim(manifest: manifest, options: workshop.options())
        try workshop.write(shim.source, to: "shim/\(shim.name).c")
        let library = workshop.directory + "/shim/\(shim.name).so"
        try Workshop.run(
            "/usr/bin/cc",
            [
                "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC",
                "-I\(Workshop.root)/SDK/C/include",
                "-Wl,--version-script=\(Workshop.root)/SDK/C/plugin.version", "-Wl,-Bsymbolic",
                workshop.directory + "/shim/\(shim.name).c", "-o", library, "-lm", shim.library,
            ])
        return library
    }

    @Test(arguments: ["drand48", "gsl", "qsort", "zlib", "forms"])
    func shimsGiveTheSameBits(name: String) throws {
        let workshop = try Workshop()
        let manifest = name == "forms" ? try workshop.manifest(Self.forms) : Workshop.example(name)
        let called = try workshop.host(plugins: [manifest])
        let compiled = try workshop.host(plugins: [try Self.shim(manifest, workshop)])
        let listing = try #require(called.catalogue().first)
        let twin = try #require(compiled.catalogue().first)
        #expect(twin.reason == nil)
        #expect(twin.id == listing.id)
        #expect(twin.provides == listing.provides)
        for part in listing.provides {
            let spec = try PluginSpec(parsing: part.name)
            switch part.kind {
            case .source:
                let (a, b) = (try called.source(spec), try compiled.source(spec))
                #expect(a.schema == b.schema)
                for (view, first, length) in [(0, UInt64(0), 25), (1, 1 << 33, 1), (0, 5, 0)] {
                    #expect(
                        try Workshop.tokens(a, view: view, first: first, count: 30, length: length)
                            == Workshop.tokens(b, view: view, first: first, count: 30, length: length), "\(part.name)")
                }
            default:
                let (a, b) = (
                    try ForeignEvaluatorTests.evaluator(spec, of: called),
                    try ForeignEvaluatorTests.evaluator(spec, of: compiled)
                )
                #expect(a.needs == b.needs)
                for parts in [[0..<9], [0..<4, 4..<9], [0..<1, 1..<1, 1..<6, 6..<9]] {
                    let metrics = try [a, b].map { evaluator in
                        let all = try evaluator.begin()
                        for part in parts { try all.merge(try ForeignEvaluatorTests.consume([part], by: evaluator)) }
                        return try all.finish()
                    }
                    #expect(metrics[0] == metrics[1], "\(part.name)")
                }
            }
        }
    }

    @Test func configurationsReachTheCompiledCallsToo() throws {
        let workshop = try Workshop()
        let manifest = try workshop.manifest(Self.forms)
        let called = try workshop.host(plugins: [manifest])
        let compiled = try workshop.host(plugins: [try Self.shim(manifest, workshop)])
        for spec in ["mixed(shift=27, salt=\"shift\")", "mixed(salt=\"\\\"salt\\\": 3\")"] {
            let specs = try PluginSpec(parsing: spec)
            #expect(
                try Workshop.tokens(called.source(specs), count: 9, length: 9)
                    == Workshop.tokens(compiled.source(specs), count: 9, length: 9))
        }
    }

    @Test func pluginsNeedNoShim() throws {
        let workshop = try Workshop()
        let path = try workshop.compile("coins.c", to: "libcoins.so")
        let error = try #require(throws: HostError.self) {
            _ = try ForeignShim(manifest: path, options: workshop.options())
        }
        #expect(error.description.contains("needs no shim"))
    }
}
