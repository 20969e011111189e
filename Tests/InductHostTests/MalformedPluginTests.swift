// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductHost
import Testing

/// Plugins that are malformed in one way each: every one is refused for its own reason, and none disturbs the others.
@Suite struct MalformedPluginTests {
    /// How a plugin is made, and a part of the reason for which it must be refused.
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var flags: [String]
        var reason: String
        var testDescription: String { name }
    }

    static let inTheLibrary = [
        Case(name: "no entry", flags: ["-DENTRY=another_entry"], reason: "does not export induct_plugin_entry_v1"),
        Case(name: "wrong major", flags: ["-DMAJOR=2"], reason: "written for major version 2 of the ABI"),
        Case(name: "truncated induct_plugin", flags: ["-DPLUGIN_SIZE=40"], reason: "induct_plugin is truncated"),
        Case(name: "absurd size", flags: ["-DPLUGIN_SIZE=0x7fffffff"], reason: "which cannot be"),
        Case(name: "no id", flags: ["-DID=NULL"], reason: "its id is missing"),
        Case(name: "id without domain", flags: ["-DID=\"dot\""], reason: "reverse domain names"),
        Case(name: "id that is not UTF-8", flags: [#"-DID="org.ex\xff""#], reason: "its id is not UTF-8"),
        Case(name: "version of words", flags: ["-DVERSION=\"new\""], reason: "versions are semantic"),
        Case(name: "NULL get_factory", flags: ["-DGET_FACTORY=NULL"], reason: "its get_factory is NULL"),
        Case(name: "no factory", flags: ["-DNO_FACTORY"], reason: "it offers nothing"),
        Case(name: "truncated factory", flags: ["-DFACTORY_SIZE=16"], reason: "induct_source_factory is truncated"),
        Case(name: "NULL create", flags: ["-DCREATE=NULL"], reason: "create of its induct_source_factory is NULL"),
        Case(name: "no descriptors", flags: ["-DDESCRIPTOR_COUNT=0"], reason: "has 0 descriptors"),
        Case(name: "two of a name", flags: ["-DDESCRIPTOR_COUNT=2"], reason: "two descriptors named 'dot'"),
        Case(name: "countless descriptors", flags: ["-DDESCRIPTOR_COUNT=100000"], reason: "has 100000 descriptors"),
        Case(name: "truncated descriptor", flags: ["-DDESCRIPTOR_SIZE=12"], reason: "induct_descriptor is truncated"),
        Case(name: "name in capitals", flags: ["-DNAME=\"Dot\""], reason: "names are kebab-case"),
        Case(name: "unknown concurrency", flags: ["-DCONCURRENCY=7"], reason: "unknown concurrency 7"),
        Case(name: "config schema cut off", flags: [#"-DCONFIG="{\"parameters\":""#], reason: "config_schema"),
        Case(
            name: "config schema with an unknown type",
            flags: [#"-DCONFIG="{\"parameters\":{\"p\":{\"type\":\"real\"}}}""#],
            reason: "'real'"),
        Case(name: "entry that refuses", flags: ["-DREFUSES=\"no licence\""], reason: "gives no plugin: no licence"),
        Case(name: "crash in the entry", flags: ["-DIN_ENTRY=*(volatile int*)0=1"], reason: "crashed with SIGSEGV"),
        Case(name: "abort in the entry", flags: ["-DIN_ENTRY=abort()"], reason: "crashed with SIGABRT"),
        Case(name: "crash in a constructor", flags: ["-DIN_CONSTRUCTOR=raise(SIGFPE)"], reason: "crashed with SIGFPE"),
        Case(name: "endless entry", flags: ["-DIN_ENTRY=for(;;)"], reason: "took longer than"),
        Case(name: "exit(0) in a constructor", flags: ["-DIN_CONSTRUCTOR=exit(0)"], reason: "calls exit()"),
        Case(name: "exit(0) in the entry", flags: ["-DIN_ENTRY=exit(0)"], reason: "calls exit()"),
        Case(name: "undefined symbol", flags: ["-DUNDEFINED"], reason: "nobody_defines_this"),
    ]

    @Test(arguments: inTheLibrary)
    func libraryIsRefusedForItsOwnReason(_ malformed: Case) throws {
        let workshop = try Workshop()
        let good = try workshop.compile("coins.c", to: "libcoins.so")
        let path = try workshop.compile("malformed.c", to: "libmalformed.so", malformed.flags)
        var options = workshop.options(searchPath: [path, good])
        options.describeLimit = 2
        let host = try PluginHost(options)
        let listings = host.catalogue()
        #expect(listings.count == 2)
        let refused = try #require(listings.first { $0.path == path })
        #expect(!refused.isReady)
        #expect(refused.reason?.contains(malformed.reason) == true, "\(refused.reason ?? "ready")")
        #expect(listings.first { $0.path == good }?.isReady == true)
        _ = try host.source(PluginSpec(parsing: "biased-coin"))
        // Whoever names it wants it, whatever the spec is.
        options.plugins = [path]
        let asked = try PluginHost(options)
        for spec in ["dot", "biased-coin"] {
            let error = try #require(throws: HostError.self) { try asked.source(PluginSpec(parsing: spec)) }
            #expect(error.exitCode == 65)
            #expect(error.description.contains(malformed.reason), "\(error)")
        }
    }

    static let inTheInstance = [
        Case(name: "truncated induct_source", flags: ["-DSOURCE_SIZE=40"], reason: "induct_source is truncated"),
        Case(name: "NULL destroy", flags: ["-DDESTROY=NULL"], reason: "the destroy of its induct_source is NULL"),
        Case(name: "NULL schema", flags: ["-DSCHEMA=NULL"], reason: "the schema of its induct_source is NULL"),
        Case(name: "NULL view", flags: ["-DVIEW=NULL"], reason: "the view of its induct_source is NULL"),
        Case(name: "NULL fill", flags: ["-DFILL=NULL"], reason: "the fill of its induct_source is NULL"),
        Case(name: "create that gives nothing", flags: ["-DCREATED=NULL"], reason: "create succeeded but gave nothing"),
    ]

    @Test(arguments: inTheInstance)
    func instanceIsRefusedForItsOwnReason(_ malformed: Case) throws {
        let workshop = try Workshop()
        let path = try workshop.compile("malformed.c", to: "libmalformed.so", malformed.flags)
        let host = try workshop.host(plugins: [path])
        let failure = try #require(throws: PluginFailure.self) { try host.source(PluginSpec(parsing: "dot")) }
        #expect(failure.plugin == "org.example.dot/dot")
        #expect(failure.message.contains(malformed.reason), "\(failure.message)")
    }

    static let lies = [
        Case(name: "NULL", flags: ["-DLIE_NULL"], reason: "its induct_schema is NULL"),
        Case(name: "truncated", flags: ["-DLIE_SIZE=24"], reason: "induct_schema is truncated"),
        Case(name: "unknown task", flags: ["-DLIE_TASK=9"], reason: "unknown task 9"),
        Case(name: "loss of another task", flags: ["-DLIE_LOSS=2"], reason: "loss does not fit its task"),
        Case(name: "no tensors", flags: ["-DLIE_COUNT=0"], reason: "has 0 tensors"),
        Case(name: "countless tensors", flags: ["-DLIE_COUNT=5000"], reason: "has 5000 tensors"),
        Case(name: "two of a name", flags: ["-DLIE_COUNT=2"], reason: "two tensors named 'tokens'"),
        Case(name: "name in capitals", flags: ["-DLIE_NAME=\"Tokens\""], reason: "names are snake_case"),
        Case(name: "no tokens", flags: ["-DLIE_NAME=\"words\""], reason: "has no tensor 'tokens'"),
        Case(name: "tokens of 64 bits", flags: ["-DLIE_BITS=64"], reason: "neither int32 nor float32"),
        Case(name: "unknown role", flags: ["-DLIE_ROLE=12"], reason: "unknown role 12"),
        Case(name: "tokens that nobody sees", flags: ["-DLIE_ROLE=4"], reason: "must be an int32 input"),
        Case(name: "rank of 100", flags: ["-DLIE_RANK=100"], reason: "has rank 100"),
        Case(name: "batch in the middle", flags: ["-DLIE_FIRST=3"], reason: "the batch as its first dimension"),
        Case(name: "negative dimension", flags: ["-DLIE_SECOND=-3"], reason: "has the dimension -3"),
        Case(name: "fixed length", flags: ["-DLIE_SECOND=8"], reason: "must be an int32 input [batch, length]"),
        Case(name: "no classes", flags: ["-DLIE_CLASSES=0"], reason: "has 0 classes"),
        Case(name: "limit of its own", flags: ["-DLIE_LIMIT=7"], reason: "not the number of classes"),
        Case(
            name: "components without states", flags: ["-DLIE_COMPONENTS=4000000000u"],
            reason: "4000000000 components of 2 states"),
        Case(name: "no view 'train'", flags: ["-DLIE_VIEW=\"practice\""], reason: "must be 'train' and 'test'"),
    ]

    @Test(arguments: lies)
    func schemaThatCannotBeIsRefused(_ lie: Case) throws {
        let workshop = try Workshop()
        let path = try workshop.compile("lying.c", to: "liblying.so", lie.flags)
        let host = try workshop.host(plugins: [path])
        let failure = try #require(throws: PluginFailure.self) { try host.source(PluginSpec(parsing: "lying")) }
        #expect(failure.message.contains(lie.reason), "\(failure.message)")
    }

    @Test(arguments: [2, -1, Int32.max])
    func tokenOutsideTheSchemaIsNamedWithItsSample(_ token: Int32) throws {
        let workshop = try Workshop()
        let path = try workshop.compile("lying.c", to: "liblying.so", ["-DLIE_TOKEN=\(token)"])
        let source = try workshop.host(plugins: [path]).source(PluginSpec(parsing: "lying"))
        let batch = Batch(schema: source.schema, count: 4, length: 6)
        try source.fill(batch, rows: 0..<1, view: 0, seed: 1, first: 10)
        let failure = try #require(throws: PluginFailure.self) {
            try source.fill(batch, rows: 0..<4, view: 0, seed: 1, first: 10)
        }
        #expect(failure.call == "fill")
        #expect(failure.message.contains("sample 11 of view 'train' has \(token) at entry 2 of 'tokens'"))
    }

    @Test(arguments: [
        (".5, .6", "row 0 of the law for sample 0 is none: its numbers sum to 1.1"), ("-1, 2", "the least is -1.0"),
        ("NAN, 1", "its numbers sum to nan"), ("0, 0", "its numbers sum to 0.0"), (".5, .5", nil), ("NAN, NAN", nil),
    ])
    func lawsThatAreNoneAreErrorsOfTheOracle(_ law: String, reason: String?) throws {
        let workshop = try Workshop()
        let path = try workshop.compile(
            "lying.c", to: "liblying.so", ["-DLIE_LAW=\(law)", "-DNAN=__builtin_nan(\"\")"])
        let source = try workshop.host(plugins: [path]).source(PluginSpec(parsing: "lying"))
        let oracle = try #require(source.oracle)
        let results = OracleResults(predictive: Tensor(.float64, [2, 4, 2]))
        var failure: PluginFailure?
        do throws(PluginFailure) {
            try oracle.evaluate(Batch(schema: source.schema, count: 2, length: 3), view: 0, seed: 1, into: results)
        } catch {
            failure = error
        }
        #expect((failure == nil) == (reason == nil))
        if let reason { #expect(failure?.message.contains(reason) == true, "\(String(describing: failure))") }
    }

    @Test(arguments: [
        ("0.69", "summary->entropy_rate_status = INDUCT_THEORY_FINITE", nil),
        ("0.7", "(void)summary", "h_1 is 0.7, and no law of its tokens has more than 0.693"),
        ("-0.1", "(void)summary", "h_1 is -0.1"), ("1e300", "(void)summary", "h_1 is 1e+300"),
        ("0.5", "summary->entropy_rate_status = 77", "its entropy rate has the unknown status 77"),
        (
            "0.5", "summary->excess_entropy_status = 0, summary->excess_entropy = -3", "states the excess entropy -3.0"
        ),
    ])
    func closedFormsThatCannotBeAreErrorsOfTheTheory(_ entropy: String, _ summary: String, reason: String?) throws {
        let workshop = try Workshop()
        let path = try workshop.compile(
            "lying.c", to: "liblying.so", ["-DLIE_ENTROPY=\(entropy)", "-DLIE_SUMMARY=\(summary)"])
        let theory = try #require(try workshop.host(plugins: [path]).source(PluginSpec(parsing: "lying")).theory)
        var failure: PluginFailure?
        do { _ = try theory.entropy(length: 3) } catch { failure = error as? PluginFailure }
        #expect((failure == nil) == (reason == nil))
        if let reason { #expect(failure?.message.contains(reason) == true, "\(String(describing: failure))") }
    }

    /// One table of wild.c, bound to a length of 4.
    private static let schema = Schema(
        task: .nextToken, loss: .crossEntropy,
        tensors: [TensorSchema(name: "tokens", type: .int32, role: .input, shape: [.batch, .length], limit: 2)],
        classes: 2, positions: .length
    ).bound(length: 4)

    @Test(arguments: [
        ".rows = 0, .columns = UINT64_MAX, .axis_values = &mine->mean", ".rows = UINT64_MAX, .columns = 0",
        ".rows = 0, .columns = 1ull << 60", ".rows = 1ull << 33, .columns = 1ull << 33",
    ])
    func metricsOfImpossibleSizesAreRefused(_ size: String) throws {
        let workshop = try Workshop()
        let path = try workshop.compile(
            "wild.c", to: "libwild.so", ["-DMETRIC_SIZE=.kind = INDUCT_METRIC_TABLE, \(size)"])
        let evaluator = try workshop.host(plugins: [path])
            .evaluator(PluginSpec(parsing: "wild"), schema: Self.schema, length: 4)
        let failure = try #require(throws: PluginFailure.self) { try evaluator.begin().finish() }
        #expect(failure.call == "finish" && failure.message.contains("which does not fit"), "\(failure)")
    }

    @Test(arguments: ["../../bias", "a\\033[31mb", "__metadata__", "a..b", "bias of all"])
    func parametersAreNamedAsFilesCanBe(_ name: String) throws {
        let workshop = try Workshop()
        let path = try workshop.compile("wild.c", to: "libwild.so", ["-DPARAMETER_NAME=\"\(name)\""])
        let failure = try #require(throws: PluginFailure.self) {
            try workshop.host(plugins: [path])
                .architecture(PluginSpec(parsing: "wild"), schema: Self.schema, length: 4)
        }
        #expect(failure.message.contains("has no usable name"), "\(failure)")
    }

    @Test(arguments: ["56", "48", "120"])
    func sourceOfAnySizeWithItsSlotsIsTaken(_ size: String) throws {
        let workshop = try Workshop()
        let path = try workshop.compile("malformed.c", to: "libdot.so", ["-DSOURCE_SIZE=\(size)", "-DMINOR=9"])
        let source = try workshop.host(plugins: [path]).source(PluginSpec(parsing: "dot"))
        let batch = Batch(schema: source.schema, count: 2, length: 3)
        try source.fill(batch, rows: 0..<2, view: 0, seed: 1, first: 0)
        #expect(source.oracle == nil)
    }

    @Test func fieldsOfALaterVersionAreNotRead() throws {
        let workshop = try Workshop()
        let path = try workshop.compile("malformed.c", to: "libdot.so", ["-DSOURCE_SIZE=120", "-DNONSENSE"])
        #expect(throws: Never.self) { try workshop.host(plugins: [path]).source(PluginSpec(parsing: "dot")) }
    }

    @Test func outputOfALibraryDoesNotDisturbItsDescription() throws {
        let workshop = try Workshop()
        let flags = [#"-DIN_CONSTRUCTOR=puts("{\"refused\":\"me\"}")"#, #"-DIN_ENTRY=printf("hello\n")"#]
        let path = try workshop.compile("malformed.c", to: "libdot.so", flags)
        #expect(try workshop.host(plugins: [path]).catalogue().first?.isReady == true)
    }
}
