// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductHost
import Testing

/// Sources that a manifest makes of a library's functions, held to direct calls of those functions.
@Suite struct ForeignSourceTests {
    private static let indices: [UInt64] = [0, 1, 5, 1 << 40]

    private static func state(_ view: Int, _ index: UInt64) -> [UInt16] {
        var words = SampleWords(seed: 7, view: view, index: index)
        return (0..<3).map { _ in UInt16(truncatingIfNeeded: words.next()) }
    }

    @Test(arguments: [0, 1])
    func erand48GivesWhatDirectCallsGive(view: Int) throws {
        let workshop = try Workshop()
        let source = try workshop.host(plugins: [Workshop.example("drand48")])
            .source(PluginSpec(parsing: "erand48(vocabulary=5)"))
        #expect(source.spec == "erand48(vocabulary=5)")
        for index in Self.indices {
            var state = Self.state(view, index)
            let expected = (0..<20).map { _ in Int32(erand48(&state) * 5) }
            #expect(try Workshop.tokens(source, view: view, first: index, count: 1, length: 20) == [expected])
        }
    }

    @Test func nrand48AndJrand48GiveWhatDirectCallsGive() throws {
        let workshop = try Workshop()
        let path = Workshop.example("drand48")
        var state = Self.state(0, 3)
        let expected = (0..<50).map { _ in Int32(Double(nrand48(&state)) / 0x1p31 * 6) }
        #expect(try workshop.tokens(path, "nrand48", first: 3, count: 1, length: 50) == [expected])
        state = Self.state(0, 3)
        let remainders = (0..<50).map { _ in Int32(((jrand48(&state) % 8) + 8) % 8) }
        #expect(try workshop.tokens(path, "jrand48", first: 3, count: 1, length: 50) == [remainders])
    }

    @Test func hiddenStateIsSeededBeforeEachSample() throws {
        let workshop = try Workshop()
        let source = try workshop.host(plugins: [Workshop.example("drand48")]).source(PluginSpec(parsing: "drand48"))
        let together = try Workshop.tokens(source, count: 4, length: 9)
        for index in 0..<4 {
            var words = SampleWords(seed: 7, view: 0, index: UInt64(index))
            srand48(Int(words.next()))
            #expect(together[index] == (0..<9).map { _ in Int32(drand48() * 4) })
            #expect(try Workshop.tokens(source, first: UInt64(index), count: 1, length: 9) == [together[index]])
        }
    }

    @Test func reentrantFormsGiveTheSameAsHiddenState() throws {
        let workshop = try Workshop()
        let path = Workshop.example("drand48")
        #expect(
            try workshop.tokens(path, "drand48", count: 5, length: 30)
                == workshop.tokens(path, "drand48-r", count: 5, length: 30))
    }

    @Test(arguments: ["erand48", "nrand48", "drand48", "drand48-r", "rand-r"])
    func samplesArePureAndShorterOnesArePrefixes(spec: String) throws {
        let workshop = try Workshop()
        let source = try workshop.host(plugins: [Workshop.example("drand48")]).source(PluginSpec(parsing: spec))
        let whole = try Workshop.tokens(source, count: 12, length: 16)
        #expect(try Workshop.tokens(source, first: 7, count: 5, length: 16) == Array(whole[7...]))
        #expect(try Workshop.tokens(source, count: 12, length: 11) == whole.map { Array($0[..<11]) })
        #expect(try Workshop.tokens(source, view: 1, count: 12, length: 16) != whole)
        #expect(try Workshop.tokens(source, seed: 8, count: 12, length: 16) != whole)
        #expect(Set(whole).count == 12)
        let again = try workshop.host(plugins: [Workshop.example("drand48")]).source(PluginSpec(parsing: spec))
        #expect(try Workshop.tokens(again, count: 12, length: 16) == whole)
    }

    @Test(arguments: ["gsl-poisson", "gsl-gaussian", "gsl-discrete"])
    func handlesOfThreadsDoNotMeet(spec: String) async throws {
        let workshop = try Workshop()
        let source = try workshop.host(plugins: [Workshop.example("gsl")]).source(PluginSpec(parsing: spec))
        let whole = try Workshop.tokens(source, count: 64, length: 40)
        let parts = try await withThrowingTaskGroup(of: (Int, [[Int32]]).self) { group in
            for part in 0..<16 {
                group.addTask {
                    (part, try Workshop.tokens(source, first: UInt64(4 * part), count: 4, length: 40))
                }
            }
            return try await group.reduce(into: [Int: [[Int32]]]()) { $0[$1.0] = $1.1 }
        }
        for part in 0..<16 { #expect(parts[part] == Array(whole[4 * part..<4 * part + 4])) }
    }

    @Test func gslFollowsTheLawsThatItNames() throws {
        let workshop = try Workshop()
        let gaussian = try workshop.tokens(Workshop.example("gsl"), "gsl-gaussian", count: 100, length: 200).joined()
        // Quartiles: 20,000 draws, five standard deviations.
        for token in 0..<4 { #expect(abs(gaussian.count { $0 == token } - 5_000) < 307) }
        let counts = try workshop.tokens(Workshop.example("gsl"), "gsl-poisson(mean=2)", count: 100, length: 200)
            .joined()
        let mean = Double(counts.reduce(0) { $0 + Int($1) }) / 20_000
        #expect(abs(mean - 2) < 5 * (2.0 / 20_000).squareRoot())
        let weighted = try workshop.tokens(
            Workshop.example("gsl"), "gsl-discrete(weights=[0, 3, 1])", count: 100, length: 200
        ).joined()
        #expect(!weighted.contains(0))
        #expect(abs(weighted.count { $0 == 1 } - 15_000) < 5 * 62)
    }

    @Test func wholeArraysAreFilledInOneCall() throws {
        let workshop = try Workshop()
        let path = try workshop.manifest(
            """
            {"kind": "source", "name": "filled", "call": "void fill_uniform(out double values[n], size_t n, inout uint64_t state[1])",
             "arguments": {"state": "seed"}, "vocabulary": 10, "outputs": {"tokens": {"from": "values", "map": "floor"}}}
            """)
        var words = SampleWords(seed: 7, view: 1, index: 2)
        var state = words.long()
        let expected = (0..<33).map { _ -> Int32 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int32(Double(state >> 11) * 0x1p-53 * 10)
        }
        #expect(try workshop.tokens(path, "filled", view: 1, first: 2, count: 1, length: 33) == [expected])
    }

    @Test(arguments: [0, 1, 2, 3, 4, 7])
    func blocksAreRepeatedUntilTheSequenceIsFull(length: Int) throws {
        let workshop = try Workshop()
        let path = try workshop.manifest(
            """
            {"kind": "source", "name": "three", "call": "int three(inout unsigned short state[2], out int32_t tokens[3])",
             "arguments": {"state": "seed"}, "success": [0], "vocabulary": 5, "outputs": {"tokens": {"from": "tokens"}}}
            """)
        var words = SampleWords(seed: 7, view: 0, index: 0)
        var state = UInt32(UInt16(truncatingIfNeeded: words.next()))
        let expected = (0..<length).map { _ -> Int32 in
            state = (state &* 75 &+ 74) & 0xffff
            return Int32((state >> 4) % 5)
        }
        #expect(try workshop.tokens(path, "three", count: 1, length: length) == [expected])
    }

    @Test func seedsThatAFunctionCannotChangeAreDrawnForEachCall() throws {
        let workshop = try Workshop()
        let path = try workshop.manifest(
            """
            {"kind": "source", "name": "mixed", "call": "uint32_t mix(uint32_t seed, int8_t shift, const char *salt)",
             "config_schema": {"parameters": {
                "shift": {"type": "integer", "minimum": 0, "maximum": 31, "default": 28},
                "salt": {"type": "string", "default": "ab"}}},
             "arguments": {"seed": {"seed": 16}, "shift": {"config": "shift"}, "salt": {"config": "salt"}},
             "vocabulary": 16, "outputs": {"tokens": {}}}
            """)
        var words = SampleWords(seed: 7, view: 0, index: 0)
        let expected = (0..<20).map { _ -> Int32 in
            let seed = words.next() & 0xffff
            let mixed = "xyz".utf8.reduce(seed) { ($0 ^ UInt32($1)) &* 16_777_619 }
            return Int32(mixed >> 28)
        }
        #expect(try workshop.tokens(path, "mixed(salt=\"xyz\")", count: 1, length: 20) == [expected])
    }

    @Test func callbacksGiveRandomNumbersAndTakeTokens() throws {
        let workshop = try Workshop()
        let path = try workshop.manifest(
            """
            {"kind": "source", "name": "walk",
             "call": "void walk(long count, double (*uniform)(void *), int (*take)(int32_t token, void *), nullable void *context)",
             "arguments": {"count": "length", "uniform": {"callback": "uniform"}, "take": {"callback": "output"}, "context": null},
             "vocabulary": 16, "outputs": {"tokens": {"from": "take"}}},
            {"kind": "source", "name": "narrow",
             "call": "uint8_t narrow(uint8_t (*bits)(void), short (*more)(int))",
             "arguments": {"bits": {"callback": "uniform"}, "more": {"symbol": "more"}},
             "vocabulary": 256, "outputs": {"tokens": {}}}
            """)
        var words = SampleWords(seed: 7, view: 0, index: 9)
        var place: Int32 = 8
        let expected = (0..<40).map { _ -> Int32 in
            place = min(15, max(0, place + (words.uniform() < 0.5 ? -1 : 1)))
            return place
        }
        #expect(try workshop.tokens(path, "walk", first: 9, count: 1, length: 40) == [expected])
        words = SampleWords(seed: 7, view: 0, index: 9)
        let bytes = (0..<40).map { _ in Int32(UInt8(truncatingIfNeeded: words.next()) ^ 77) }
        #expect(try workshop.tokens(path, "narrow", first: 9, count: 1, length: 40) == [bytes])
    }

    @Test func regressionsTakeSeveralArrays() throws {
        let workshop = try Workshop()
        let path = try workshop.manifest(
            """
            {"kind": "source", "name": "lines", "task": "regression", "width": 2,
             "call": "void regression(uint64_t seed, out float inputs[4], out double targets[2])",
             "arguments": {"seed": "seed"},
             "outputs": {"inputs": {"from": "inputs", "shape": [2, 2]}, "targets": {"from": "targets", "shape": [1, 2]}}}
            """)
        let source = try workshop.host(plugins: [path]).source(PluginSpec(parsing: "lines"))
        #expect(source.schema.task == .regression)
        #expect(source.schema.outputs == 2)
        let batch = Batch(schema: source.schema, count: 3, length: 5)
        try source.fill(batch, rows: 0..<3, view: 0, seed: 7, first: 4)
        for row in 0..<3 {
            var words = SampleWords(seed: 7, view: 0, index: UInt64(4 + row))
            let seed = words.long()
            let inputs = (0..<4).map { Float((seed >> (8 * UInt64($0))) & 255) / 256 }
            #expect(Array(try #require(batch["inputs"]).floats[4 * row..<4 * row + 4]) == inputs)
            #expect(
                Array(try #require(batch["targets"]).floats[2 * row..<2 * row + 2])
                    == [inputs[0] + inputs[1], inputs[2] - inputs[3]])
        }
    }

    @Test func statusesThatMeanFailureArriveWithTheLibrarysWords() throws {
        let workshop = try Workshop()
        let path = try workshop.manifest(
            """
            {"kind": "source", "name": "moody", "call": "int moody(uint32_t seed, out int32_t token[1])",
             "arguments": {"seed": "seed"}, "failure": [17], "message": "const char *moody_message(int status)",
             "vocabulary": 4, "outputs": {"tokens": {"from": "token"}}}
            """)
        let failure = try #require(throws: PluginFailure.self) {
            try workshop.tokens(path, "moody", count: 1, length: 1_000)
        }
        #expect(
            failure.description
                == "org.example.foreign/moody failed in fill: sample 0: moody failed with 17: it is a bad day")
    }

    @Test func valuesThatAreNoTokensAreNamed() throws {
        let workshop = try Workshop()
        let path = try workshop.manifest(
            """
            {"kind": "source", "name": "wrong", "call": "int wrong_token(uint32_t seed)", "arguments": {"seed": "seed"},
             "vocabulary": 4, "outputs": {"tokens": {}}},
            {"kind": "source", "name": "outside", "call": "int wrong_token(uint32_t seed)", "arguments": {"seed": "seed"},
             "vocabulary": 4, "outputs": {"tokens": {"map": "floor"}}}
            """)
        for (spec, text) in [("wrong", "no whole number from 0 to 3"), ("outside", "does not lie in [0.0, 1.0)")] {
            let failure = try #require(throws: PluginFailure.self) {
                try workshop.tokens(path, spec, count: 1, length: 100)
            }
            #expect(failure.message.contains(text), "\(failure)")
        }
    }

    @Test func handlesAreMadeSeededAndFreed() throws {
        let workshop = try Workshop()
        let part = """
            {"kind": "source", "name": "boxed",
             "config_schema": {"parameters": {"value": {"type": "integer", "default": 1}}},
             "handles": {"box": {"create": {"call": "box *box_new(int value)", "arguments": {"value": {"config": "value"}}},
                                 "destroy": {"call": "void box_free(box *given)"}}},
             "before_sample": [{"call": "void box_seed(box *given, uint64_t seed)", "arguments": {"seed": "seed"}}],
             "call": "uint64_t box_next(box *given)",
             "vocabulary": 7, "outputs": {"tokens": {"map": "modulo"}}}
            """
        let path = try workshop.manifest(part)
        let library = try #require(dlopen(workshop.directory + "/libforeign.so", RTLD_NOW))
        let boxes = try #require(dlsym(library, "boxes")).assumingMemoryBound(to: Int32.self)
        do {
            let source = try workshop.host(plugins: [path]).source(PluginSpec(parsing: "boxed"))
            #expect(boxes.pointee == 1)
            var words = SampleWords(seed: 7, view: 0, index: 0)
            var state = words.long()
            let expected = (0..<9).map { _ -> Int32 in
                state = state &* 6_364_136_223_846_793_005 &+ 1
                return Int32(state % 7)
            }
            #expect(try Workshop.tokens(source, count: 1, length: 9) == [expected])
        }
        #expect(boxes.pointee == 0)
        let failure = try #require(throws: PluginFailure.self) {
            _ = try workshop.host(plugins: [path]).source(PluginSpec(parsing: "boxed(value=-1)"))
        }
        #expect(failure.description.contains("box_new gave NULL"))
    }

    @Test func foreignSourcesAreChildrenLikeAnyOther() throws {
        let workshop = try Workshop()
        let host = try workshop.host(
            plugins: [Workshop.example("drand48"), Workshop.buildDirectory + "/libSyntheticSources.so"])
        let source = try host.source(PluginSpec(parsing: "mixture(erand48(vocabulary=3), with-bos(drand48))"))
        #expect(source.schema.classes == 5)
        let tokens = try Workshop.tokens(source, count: 40, length: 10)
        #expect(tokens.contains { $0[0] == 4 })
        #expect(tokens.contains { $0[0] != 4 && $0.allSatisfy { $0 < 3 } })
    }

    private static let crashing = """
        {"kind": "source", "name": "crashing", "call": "int crash(uint32_t seed)", "arguments": {"seed": "seed"},
         "vocabulary": 4, "outputs": {"tokens": {}}},
        {"kind": "source", "name": "three", "call": "int three(inout unsigned short state[2], out int32_t tokens[3])",
         "arguments": {"state": "seed"}, "success": [0], "vocabulary": 5, "outputs": {"tokens": {"from": "tokens"}}}
        """

    @Test func functionsInAProcessOfTheirOwnGiveTheSameBitsAndCrashAlone() throws {
        let workshop = try Workshop()
        let path = try workshop.manifest(Self.crashing)
        var options = workshop.options(plugins: [path])
        options.isolation = .foreign
        options.workerArguments = ["--plugin", path, "--kernels", "reference"]
        let host = try PluginHost(options)
        let failure = try #require(throws: PluginFailure.self) {
            try Workshop.tokens(host.source(PluginSpec(parsing: "crashing")), count: 1, length: 4)
        }
        #expect(failure.description.contains("org.example.foreign/crashing"), "\(failure)")
        #expect(failure.description.contains("SIGSEGV"), "\(failure)")
        #expect(failure.description.contains("fill"), "\(failure)")
        #expect(
            try Workshop.tokens(host.source(PluginSpec(parsing: "three")), first: 3, count: 5, length: 9)
                == workshop.tokens(path, "three", first: 3, count: 5, length: 9))
        #expect(host.isolated == ["org.example.foreign"])
    }

    @Test(arguments: [[], ["--isolate=none"]])
    func aCrashEndsACommandByNamingPluginCallAndSignal(arguments: [String]) throws {
        let workshop = try Workshop()
        let path = try workshop.manifest(Self.crashing)
        let failure = try #require(throws: Workshop.Failure.self) {
            try Workshop.run(
                Workshop.buildDirectory + "/induct",
                ["sample", "crashing", "--plugin", path, "--count", "1", "--length", "4", "--seed", "1"] + arguments)
        }
        #expect(failure.description.contains("exit code 69"), "\(failure)")
        for text in ["org.example.foreign/crashing", "SIGSEGV", "fill"] {
            #expect(failure.description.contains(text), "\(failure)")
        }
    }
}
