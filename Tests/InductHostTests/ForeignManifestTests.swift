// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductHost
import Testing

/// Every manifest and signature that cannot work is refused, by its reason, before anything of its library runs.
@Suite struct ForeignManifestTests {
    /// One for all refusals, for it takes a compiler to make.
    private static let shared = Result { try Workshop() }

    /// Why a manifest is refused; nil: it is ready.
    private static func reason(_ manifest: String, _ workshop: Workshop) throws -> String? {
        let path = try workshop.write(manifest, to: "\(UUID())/m.foreign.json")
        let listings = try workshop.host(plugins: [path]).catalogue()
        #expect(listings.count == 1)
        return listings[0].reason
    }

    private static func manifest(_ part: String, library: String = "libc.so.6") -> String {
        """
        {"runtime": "foreign", "id": "org.example.m", "version": "1.0.0", "library": "\(library)", "provides": [\(part)]}
        """
    }

    /// A source with this signature, its arguments and what else it says.
    private static func source(_ signature: String, _ arguments: String = "{\"seed\": \"seed\"}", _ more: String = "")
        -> String
    {
        """
        {"kind": "source", "name": "s", "call": "\(signature)", "arguments": \(arguments), "vocabulary": 4,
         "outputs": {"tokens": {}}\(more)}
        """
    }

    @Test(
        arguments: [
            ("int rand_r(inout unsigned seed[1])", nil),
            ("int rand_r(inout unsigned int seed[1]);", nil),
            (
                "extern long int  rand_r ( inout uint32_t * seed[1] )",
                "at character 27: 'seed' is a pointer to pointers"
            ),
            ("int rand_r(inout unsigned *seed)", "at character 28: 'seed' is inout but has no length; write seed[n]"),
            (
                "int rand_r(unsigned *seed)",
                "'seed' is a pointer without a length; write 'out unsigned seed[1]' for one value"
            ),
            ("int rand_r(unsigned seed[1])", "say whether 'seed' is in, out or inout, before its type"),
            ("int rand_r(out const unsigned seed[1])", "'seed' is const and cannot be written"),
            (
                "int rand_r(inout unsigned seed[])",
                "at character 32: 'seed' has no length; write a number or the parameter"
            ),
            ("int rand_r(inout unsigned seed[n])", "the length of 'seed' is 'n', which is no parameter"),
            ("int rand_r(inout unsigned seed[n], double n)", "the length of 'seed' is 'n', which is no integer"),
            ("int rand_r(inout unsigned seed[0])", "'seed' has the length 0; lengths are 1 to 16777216"),
            ("int rand_r(inout unsigned seed[2][3])", "'seed' has two dimensions; give it one, the product of both"),
            ("int rand_r(inout unsigned seed[99999999999999999999])", "lengths are 1 to 16777216"),
            ("int rand_r(unsigned seed, ...)", "at character 27: a variadic function cannot be called"),
            ("int rand_r(struct state seed)", "struct state is passed by value, which is not possible; pass a pointer"),
            ("int rand_r(uint33_t seed)", "at character 12: unknown type 'uint33_t'; did you mean 'uint32_t'?"),
            ("int rand_r(wchar seed)", "unknown type 'wchar'; did you mean 'char'?"),
            ("int rand_r(unsigned)", "a parameter of type unsigned has no name; name it"),
            ("int rand_r(unsigned seed, int seed)", "two parameters are named 'seed'"),
            ("int rand_r()", "at character 12: write (void) for a function without parameters"),
            ("int rand_r(unsigned seed", "expected ')' or ',' after a parameter, found the end"),
            ("int rand_r(unsigned seed) x", "at character 27: expected the end after the signature, found 'x'"),
            ("rand_r(unsigned seed)", "unknown type 'rand_r'"),
            ("int (unsigned seed)", "at character 5: expected the function's name, found '('"),
            ("int rand_r(unsigned seed = 3)", "at character 26: '=' has no meaning here"),
            ("int rand_r(unsigned séed)", "byte 195 has no meaning here"),
            ("long double rand_r(unsigned seed)", "long double differs between machines"),
            ("int rand_r(short long seed)", "'short long' is no type of C"),
            ("int rand_r(unsigned double seed)", "'unsigned double' is no type of C"),
            ("int rand_r(int float seed)", "'int float' is no type of C"),
            ("double *rand_r(unsigned seed)", "a result of type double * cannot be used"),
            ("int **rand_r(unsigned seed)", "a result of type int ** cannot be used"),
            ("out int rand_r(unsigned seed)", "a result takes no annotation"),
            ("int rand_r(unsigned in seed)", "the annotation 'in' belongs before the type"),
            ("int rand_r(in out unsigned seed[1])", "a second one of in, out and inout"),
            ("int rand_r(nullable unsigned seed)", "'seed' is no pointer and cannot be nullable"),
            ("int rand_r(void seed)", "'seed' cannot be of type void"),
            ("int rand_r(unsigned seed, int (*f)(struct s x))", "struct s is passed by value"),
            ("int rand_r(unsigned seed, int (*f)(int (*g)(void)))", "'f' takes a pointer to a function"),
            ("int rand_r(unsigned seed, double *(*f)(void))", "'f' gives double *, which cannot be served"),
            ("int rand_r(unsigned seed, int (*f)(int **x))", "'f' takes int **, which cannot be served"),
            ("int rand_r(unsigned seed, int (f)(int))", "expected '*' and a name, as in int (*compare)(...)"),
        ] as [(String, String?)])
    func signaturesAreRefusedWhereTheyAreWrong(signature: String, expected: String?) throws {
        let reason = try Self.reason(Self.manifest(Self.source(signature)), try Self.shared.get())
        guard let expected else {
            #expect(reason == nil)
            return
        }
        #expect(reason?.contains("provides[0].call: in the signature '") == true, "\(reason ?? "ready")")
        #expect(reason?.contains(expected) == true, "\(reason ?? "ready")")
    }

    /// C's own spellings of one type are one type.
    @Test func allSpellingsOfATypeAreRead() throws {
        let workshop = try Self.shared.get()
        for spelling in [
            "unsigned long int", "long unsigned int", "unsigned long", "int long unsigned", "unsigned long long",
            "size_t", "uint64_t", "const unsigned long", "intptr_t", "signed char", "short", "_Bool", "ssize_t",
            "enum e",
        ] {
            let reason = try Self.reason(Self.manifest(Self.source("int rand_r(\(spelling) seed)")), workshop)
            #expect(reason == nil, "\(spelling): \(reason ?? "")")
        }
    }

    /// Whatever is cut out of a signature, or put in, the parser answers.
    @Test func damagedSignaturesAreRefusedOrRead() throws {
        let whole = Array("int rand_r(inout unsigned int seed[1], nullable int (*cmp)(const int *, void *))")
        let arguments = "{\"seed\": \"seed\", \"cmp\": null}"
        let workshop = try Self.shared.get()
        #expect(try Self.reason(Self.manifest(Self.source(String(whole), arguments)), workshop) == nil)
        var ready = 0
        for i in stride(from: 0, to: whole.count, by: 3) {
            for damage in ["", "(", "]", "*", "const ", ",", "9", "\\u0001"] {
                let text = String(whole[..<i]) + damage + String(whole[(i + 1)...])
                let reason = try Self.reason(Self.manifest(Self.source(text, arguments)), workshop)
                guard let reason else {
                    ready += 1
                    continue
                }
                #expect(
                    reason.hasPrefix("its manifest is wrong: provides[0]") || reason.contains("has no symbol"),
                    "\(text): \(reason)")
            }
        }
        // A blank less, another type of the same seed: few damages go unnoticed.
        #expect(ready > 0 && ready < 25, "\(ready) are ready")
    }

    private static let good = source("int rand_r(inout unsigned seed[1])")

    @Test(arguments: [
        // What a source needs.
        (source("int rand(void)", "{}"), "no argument is a seed or a state, so that a sample would depend"),
        (
            source("int rand_r(unsigned a, unsigned b)", "{\"a\": \"seed\", \"b\": \"seed\"}"),
            "there are two seeds, rand_r.a and rand_r.b"
        ),
        (
            source(
                "int rand_r(inout unsigned seed[1])", "{\"seed\": \"seed\"}",
                ", \"before_sample\": [{\"call\": \"void srand(unsigned x)\", \"arguments\": {\"x\": \"seed\"}}]"),
            "there are two seeds, srand.x and rand_r.seed"
        ),
        (
            source(
                "double drand48(void)", "{}",
                ", \"concurrency\": \"parallel\", \"before_sample\": [{\"call\": \"void srand48(long x)\", \"arguments\": {\"x\": \"seed\"}}]"
            ), "srand48 seeds a state within the library"
        ),
        (source("int rand_r(double seed)"), "arguments.seed: is a double; seeds are integers"),
        (
            source("int rand_r(unsigned seed)", "{\"seed\": {\"seed\": 33}}"),
            "has a seed of 33 bits; a uint32_t has 1 to 32"
        ),
        (source("int rand_r(inout double seed[1])"), "holds double; seeds and states are integers"),
        (source("int rand_r(inout unsigned seed[n], int n)"), "is a seed whose length is a parameter"),
        (source("void rand_r(unsigned seed)"), "outputs.tokens.from: rand_r returns no number; name the parameter"),
        (
            source("int rand_r(unsigned seed)", "{\"seed\": \"seed\"}", ", \"success\": [0]"),
            "what rand_r returns is a status, and no value"
        ),
        (
            source("int rand_r(unsigned seed, out double v[n], int n)"),
            "arguments.v: is written by the function and read by nobody"
        ),
        // Bindings.
        (source("int rand_r(unsigned seed, int more)"), "arguments.more: is not bound; in a source's call it can be"),
        (
            source("int rand_r(unsigned seed)", "{\"sead\": \"seed\"}"),
            "'sead' is no parameter of rand_r; did you mean 'seed'?"
        ),
        (
            source("int rand_r(unsigned seed)", "{\"seed\": \"sed\"}"),
            "is bound to \\\"sed\\\"; in a source's call it can be"
        ),
        (source("int rand_r(unsigned seed)", "{\"seed\": 3}"), "must be a word, null, or an object with one key"),
        (source("int rand_r(unsigned seed)", "{\"seed\": null}"), "is null, but not 'nullable' in the signature"),
        (source("int rand_r(unsigned seed)", "[]"), "provides[0].arguments: must be an object, not []"),
        (
            source("int rand_r(unsigned seed, int8_t x)", "{\"seed\": \"seed\", \"x\": {\"constant\": 200}}"),
            "is a int8_t, which cannot hold 200"
        ),
        (
            source("int rand_r(unsigned seed, int x)", "{\"seed\": \"seed\", \"x\": {\"constant\": 1.5}}"),
            "is a int32_t, which cannot hold 1.5"
        ),
        (
            source("int rand_r(unsigned seed, int x)", "{\"seed\": \"seed\", \"x\": {\"config\": \"y\"}}"),
            "names the parameter 'y', which config_schema does not have"
        ),
        (
            source("int rand_r(unsigned seed, const char *x)", "{\"seed\": \"seed\", \"x\": {\"constant\": 1}}"),
            "is a string, not 1"
        ),
        (
            source("int rand_r(unsigned seed, in int x[2])", "{\"seed\": \"seed\", \"x\": {\"constant\": [1, 2, 3]}}"),
            "has the length 2, but 3 constants"
        ),
        (source("int rand_r(unsigned seed, gsl_rng *r)"), "is a gsl_rng *, and the part has no handle of that type"),
        (
            source("int rand_r(unsigned seed, struct s *r)", "{\"seed\": \"seed\", \"r\": {\"buffer\": \"b\"}}"),
            "names the buffer \\\"b\\\", which the part does not have"
        ),
        (
            source(
                "int rand_r(unsigned seed, inout double r[4])", "{\"seed\": \"seed\", \"r\": {\"buffer\": \"b\"}}",
                ", \"buffers\": {\"b\": 31}"), "needs 32 bytes, the buffer 'b' has 31"
        ),
        (source("int rand_r(unsigned seed, void *r)"), "can be {\\\"buffer\\\": NAME}, or null where it is nullable"),
        (
            source(
                "int rand_r(unsigned seed, int (*f)(void))", "{\"seed\": \"seed\", \"f\": {\"callback\": \"asending\"}}"
            ), "did you mean 'ascending'?"
        ),
        (
            source(
                "int rand_r(unsigned seed, int (*f)(const int *a, const long *b))",
                "{\"seed\": \"seed\", \"f\": {\"callback\": \"ascending\"}}"), "'ascending' compares two elements"
        ),
        (
            source("int rand_r(void (*f)(void))", "{\"f\": {\"callback\": \"uniform\"}}"),
            "'uniform' gives a number, but the function wants none"
        ),
        (
            source(
                "int rand_r(unsigned seed, void (*f)(int))", "{\"seed\": \"seed\", \"f\": {\"callback\": \"output\"}}"),
            "hands out values that no output takes"
        ),
        // Statuses.
        (
            source("int rand_r(unsigned seed)", "{\"seed\": \"seed\"}", ", \"success\": [0], \"failure\": [1]"),
            "give success or failure, not both"
        ),
        (
            source("double rand_r(unsigned seed)", "{\"seed\": \"seed\"}", ", \"success\": [0]"),
            "gives no integer that could be a status"
        ),
        (
            source("int rand_r(unsigned seed)", "{\"seed\": \"seed\"}", ", \"success\": [\"0\"]"),
            "must be a list of integers"
        ),
        (
            source(
                "int rand_r(unsigned seed)", "{\"seed\": \"seed\"}", ", \"message\": \"const char *strerror(int e)\""),
            "there is no status to put into words"
        ),
        (
            source(
                "int rand_r(unsigned seed)", "{\"seed\": \"seed\"}",
                ", \"success\": [0], \"message\": \"int strerror(int e)\""),
            "must have the form const char *name(int status)"
        ),
        // Handles.
        (
            source(
                "int rand_r(unsigned seed)", "{\"seed\": \"seed\"}",
                ", \"handles\": {\"box\": {\"create\": {\"call\": \"int box_new(void)\"}, \"destroy\": {\"call\": \"void box_free(box *b)\"}}}"
            ), "box_new does not give a box *"
        ),
        (
            source(
                "int rand_r(unsigned seed)", "{\"seed\": \"seed\"}",
                ", \"handles\": {\"box\": {\"create\": {\"call\": \"box *box_new(void)\"}, \"destroy\": {\"call\": \"void box_free(void)\"}}}"
            ), "box_free does not take a box *"
        ),
        (
            source(
                "int rand_r(unsigned seed)", "{\"seed\": \"seed\"}",
                ", \"handles\": {\"box\": {\"create\": {\"call\": \"box *box_new(void)\"}}}"), "'destroy' is missing"
        ),
        // Keys, types and names.
        (
            source("int rand_r(unsigned seed)", "{\"seed\": \"seed\"}", ", \"concurency\": \"parallel\""),
            "unknown key 'concurency'; did you mean 'concurrency'?"
        ),
        (
            source("int rand_r(unsigned seed)", "{\"seed\": \"seed\"}", ", \"concurrency\": \"fast\""),
            "must be parallel, serial-instance or serial-library"
        ),
        (
            source("int rand_r(unsigned seed)", "{\"seed\": \"seed\"}", ", \"task\": \"nexttoken\""),
            "must be one of next-token, classification, regression"
        ),
        (
            source("int rand_r(unsigned seed)", "{\"seed\": \"seed\"}", ", \"classes\": 3"),
            "classes: does not belong to this task; it is named 'vocabulary'"
        ),
        (
            source("int rand_r(unsigned seed)", "{\"seed\": \"seed\"}", ", \"buffers\": {\"b\": -1}"),
            "must be an integer from 1 to 16777216, not -1"
        ),
        (source("int rand_r(unsigned seed)", "{\"seed\": \"seed\"}", ", \"merge\": \"sum\""), "unknown key 'merge'"),
        (
            source(
                "int rand_r(unsigned seed)", "{\"seed\": \"seed\"}",
                ", \"config_schema\": {\"parameters\": {\"p\": {\"type\": \"nombre\"}}}"), "p.type is 'nombre'"
        ),
        (
            source(
                "int rand_r(unsigned seed)", "{\"seed\": \"seed\"}",
                ", \"config_schema\": {\"children\": {\"kind\": \"source\"}}"), "a foreign source takes no children"
        ),
        ("{\"kind\": \"gate\", \"name\": \"g\"}", "must be one of source, evaluator, not \\\"gate\\\""),
        ("{\"kind\": \"source\", \"name\": \"S\"}", "must be kebab-case such as golden-mean, not 'S'"),
        ("{\"name\": \"s\"}", "provides[0]: 'kind' is missing"),
        ("7", "provides[0]: must be an object, not 7"),
        ("", "provides: is empty; name at least one source or evaluator"),
        (good + ", " + good, "the source 's' is there already"),
    ])
    func manifestsAreRefusedByTheirReason(part: String, expected: String) throws {
        let reason = try Self.reason(Self.manifest(part), try Self.shared.get())
        let text = expected.replacingOccurrences(of: "\\\"", with: "\"")
        #expect(reason?.hasPrefix("its manifest is wrong: ") == true, "\(reason ?? "ready")")
        #expect(reason?.contains(text) == true, "\(reason ?? "ready")")
    }

    /// An output, and what is wrong with it.
    @Test(arguments: [
        ("{\"from\": \"sead\"}", "'sead' is neither return nor a parameter of rand_r; did you mean 'seed'?"),
        ("{\"from\": \"seed\"}", "'seed' of rand_r is no out array and no output callback"),
        ("{\"map\": \"flour\"}", "did you mean 'floor'?"),
        ("{\"map\": \"floor\", \"low\": 1, \"high\": 1}", "low: must be below high"),
        ("{\"map\": \"floor\", \"low\": \"0\"}", "low: must be a number, not \"0\""),
        ("{\"low\": 0}", "low: belongs to the map floor, here it is identity"),
        ("{\"map\": \"edges\", \"edges\": [1, 0, 2]}", "must be a list of numbers that ascend"),
        ("{\"map\": \"edges\", \"edges\": [0, 1]}", "2 edges make 3 tokens; let vocabulary be that"),
        ("{\"shape\": [2]}", "unknown key 'shape'"),
    ])
    func outputsAreRefusedByTheirReason(output: String, expected: String) throws {
        let part = Self.source("int rand_r(unsigned seed)").replacingOccurrences(
            of: "\"tokens\": {}", with: "\"tokens\": \(output)")
        let reason = try Self.reason(Self.manifest(part), try Self.shared.get())
        #expect(reason?.contains(expected) == true, "\(reason ?? "ready")")
    }

    /// An evaluator, what it says beside its call, and what is wrong with it.
    @Test(arguments: [
        (
            "double f(const double v[n], size_t n)", "{\"v\": {\"values\": \"losses\"}}", "\"metric\": \"m\"",
            "'merge' is missing: samples are seen in parts"
        ),
        (
            "double f(const double v[n], size_t n)", "{\"v\": {\"values\": \"losses\"}}",
            "\"metric\": \"m\", \"merge\": \"median\"", "must be one of sum, mean, minimum, maximum, fold"
        ),
        (
            "double f(const double v[n], size_t n)", "{\"v\": {\"values\": \"losses\"}}",
            "\"metric\": \"m\", \"merge\": \"fold\"", "is fold, but no argument is \"accumulated\""
        ),
        (
            "double f(double a, const double v[n], size_t n)",
            "{\"a\": \"accumulated\", \"v\": {\"values\": \"losses\"}}", "\"metric\": \"m\", \"merge\": \"fold\"",
            "a fold needs 'combine', a function that joins"
        ),
        (
            "double f(double a, const double v[n], size_t n)",
            "{\"a\": \"accumulated\", \"v\": {\"values\": \"losses\"}}", "\"metric\": \"m\", \"merge\": \"sum\"",
            "is sum, but an argument is \"accumulated\""
        ),
        (
            "double f(double a, const double v[n], size_t n)",
            "{\"a\": \"accumulated\", \"v\": {\"values\": \"losses\"}}",
            "\"metric\": \"m\", \"merge\": \"fold\", \"combine\": {\"call\": \"double g(double a)\", \"arguments\": {\"a\": \"accumulated\"}}",
            "no argument is \"other\""
        ),
        (
            "double f(double a)", "{\"a\": {\"constant\": 1}}", "\"metric\": \"m\", \"merge\": \"sum\"",
            "nothing of a sample goes into f"
        ),
        (
            "double f(const double v[n], size_t n)", "{\"v\": {\"values\": \"losses\"}}",
            "\"metric\": \"M\", \"merge\": \"sum\"", "must be snake_case such as mean_loss, not 'M'"
        ),
        (
            "void f(const double v[n], size_t n)", "{\"v\": {\"values\": \"losses\"}}",
            "\"metric\": \"m\", \"merge\": \"sum\"", "f returns no number; name the array that holds it"
        ),
        (
            "void f(const double v[n], size_t n)", "{\"v\": {\"values\": \"losses\"}}",
            "\"metric\": \"m\", \"merge\": \"sum\", \"result\": {\"argument\": \"v\"}", "'v' is no array that f writes"
        ),
        (
            "void f(const double v[n], size_t n)", "{\"v\": {\"values\": \"losses\"}}",
            "\"metric\": \"m\", \"merge\": \"sum\", \"result\": {\"argument\": \"w\"}", "'w' is no parameter of f"
        ),
        (
            "double f(const int v[n], size_t n)", "{\"v\": {\"bytes\": \"tokens\"}}",
            "\"metric\": \"m\", \"merge\": \"sum\"", "bytes go into an array of unsigned char"
        ),
        (
            "double f(const double v[n], unsigned seed, size_t n)",
            "{\"v\": {\"values\": \"losses\"}, \"seed\": \"seed\"}", "\"metric\": \"m\", \"merge\": \"sum\"",
            "is bound to \"seed\"; in an evaluator's call it can be"
        ),
        (
            "double f(const double v[n], size_t n, out double w[k], int k)", "{\"v\": {\"values\": \"losses\"}}",
            "\"metric\": \"m\", \"merge\": \"sum\", \"result\": {\"argument\": \"w\"}", "nothing says how long 'w' is"
        ),
    ])
    func evaluatorsAreRefusedByTheirReason(signature: String, arguments: String, more: String, expected: String) throws
    {
        let part =
            "{\"kind\": \"evaluator\", \"name\": \"e\", \"call\": \"\(signature)\", \"arguments\": \(arguments), \(more)}"
        let reason = try Self.reason(Self.manifest(part), try Self.shared.get())
        #expect(reason?.contains(expected) == true, "\(reason ?? "ready")")
    }

    @Test(arguments: [
        (
            "libc.so.6", "int rand_q(inout unsigned seed[1])",
            "has no symbol 'rand_q'; is it the right library and version?"
        ),
        ("libc.so.6", "int environ(inout unsigned seed[1])", "is a variable and cannot be called"),
        (
            "libnothing.so.9", "int f(inout unsigned seed[1])",
            "its library 'libnothing.so.9' is not installed: neither the dynamic linker's cache"
        ),
        ("./missing.so", "int f(inout unsigned seed[1])", "its library './missing.so': it cannot be opened"),
        ("../libc.so.6", "int f(inout unsigned seed[1])", "holds '..'; give a path without"),
        ("text.so", "int f(inout unsigned seed[1])", "it is not a shared library: it does not begin as an ELF file"),
        ("/etc", "int f(inout unsigned seed[1])", "it is not a regular file"),
        ("/dev/null", "int f(inout unsigned seed[1])", "/dev/null"),
    ])
    func librariesAreLookedAtWithoutLoadingThem(library: String, signature: String, expected: String) throws {
        let workshop = try Workshop()
        try workshop.write("I am no library", to: "text.so")
        let name = library == "text.so" ? workshop.directory + "/text.so" : library
        let reason = try Self.reason(Self.manifest(Self.source(signature), library: name), workshop)
        #expect(reason?.contains(expected) == true, "\(reason ?? "ready")")
    }

    @Test func textsThatAreTooLongOrTooDeepAreRefused() throws {
        let workshop = try Self.shared.get()
        let large = "{\"runtime\": \"foreign\", \"x\": \"" + String(repeating: "a", count: 10 << 20) + "\"}"
        #expect(try Self.reason(large, workshop)?.contains("1048576 are the most that is read") == true)
        let deep = String(repeating: "[", count: 100_000)
        #expect(try Self.reason(deep, workshop)?.contains("nested more than 200 deep") == true)
        #expect(try Self.reason("{\"runtime\": \"foreign\"", workshop)?.contains("its manifest is unreadable") == true)
        #expect(
            try Self.reason("{\"runtime\": \"foreign\", \"runtime\": 1}", workshop)?.contains("appears twice") == true)
        #expect(try Self.reason("{\"runtime\": \"java\"}", workshop)?.contains("must be \"foreign\"") == true)
        #expect(try Self.reason("[]", workshop)?.contains("must be an object, not []") == true)
        #expect(try Self.reason(String(repeating: "x", count: 9), workshop)?.contains("expected a value") == true)
        let long = Self.source("int f(" + String(repeating: "unsigned ", count: 500) + "seed)")
        #expect(
            try Self.reason(Self.manifest(long), workshop)?.contains(
                "must be a string of at most 4096 bytes in one line") == true)
        let many = Self.source("int f(" + (0..<33).map { "int a\($0)" }.joined(separator: ", ") + ")")
        #expect(try Self.reason(Self.manifest(many), workshop)?.contains("more than 32 parameters") == true)
    }

    @Test func bundlesKeepTheirLibrariesInside() throws {
        let workshop = try Workshop()
        try workshop.compile("foreign.c", to: "bundle/lib/libforeign.so")
        try workshop.compile("foreign.c", to: "outside.so")
        let part = Self.source("int wrong_token(uint32_t seed)")
        func reason(_ library: String) throws -> String? {
            try workshop.write(Self.manifest(part, library: library), to: "bundle/plugin.json")
            let listing = try #require(try workshop.host(plugins: [workshop.directory + "/bundle"]).catalogue().first)
            return listing.reason
        }
        #expect(try reason("lib/libforeign.so") == nil)
        #expect(try reason("../outside.so")?.contains("holds '..'") == true)
        #expect(try reason(workshop.directory + "/outside.so")?.contains("does not lie within the bundle") == true)
        try FileManager.default.createSymbolicLink(
            atPath: workshop.directory + "/bundle/lib/link.so", withDestinationPath: workshop.directory + "/outside.so")
        #expect(try reason("lib/link.so")?.contains("leads out of the bundle") == true)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o777], ofItemAtPath: workshop.directory + "/bundle/lib/libforeign.so")
        #expect(try reason("lib/libforeign.so")?.contains("can be written by everyone") == true)
    }

    @Test func configurationsThatDoNotFitAreSpecErrors() throws {
        let workshop = try Workshop()
        let path = try workshop.manifest(
            """
            {"kind": "source", "name": "s", "call": "uint32_t mix(uint32_t seed, int8_t shift, const char *salt)",
             "config_schema": {"parameters": {"shift": {"type": "integer", "default": 1}}},
             "arguments": {"seed": "seed", "shift": {"config": "shift"}, "salt": {"constant": "x"}},
             "vocabulary": 4, "outputs": {"tokens": {"map": "modulo"}}},
            {"kind": "source", "name": "t", "task": "regression",
             "call": "void regression(uint64_t seed, out float inputs[4], out double targets[2])",
             "arguments": {"seed": "seed"},
             "outputs": {"inputs": {"from": "inputs", "shape": [5]}, "targets": {"from": "targets", "shape": [1]}}}
            """)
        for (spec, expected) in [
            ("s(shift=200)", "shift of mix is a int8_t, which cannot hold 200"),
            ("s(shift=1.5)", "'shift' must be an integer"), ("s(shif=1)", "did you mean 'shift'?"),
            ("t", "regression gives 4 values for 'inputs', whose shape holds 5"),
        ] {
            let error = try #require(throws: SpecError.self) {
                _ = try workshop.host(plugins: [path]).source(PluginSpec(parsing: spec))
            }
            #expect(error.message.contains(expected), "\(error)")
        }
    }

    @Test func manifestsInDirectoriesAreFoundByTheirEnding() throws {
        let workshop = try Workshop()
        try workshop.write(Self.manifest(Self.good), to: "plugins/mine.foreign.json")
        try workshop.write("{}", to: "plugins/other.json")
        let listings = try workshop.host(searchPath: [workshop.directory + "/plugins"]).catalogue()
        #expect(listings.map(\.id) == ["org.example.m"])
        #expect(listings[0].provides.map(\.name) == ["s"])
        #expect(listings[0].sha256?.count == 64)
    }
}
