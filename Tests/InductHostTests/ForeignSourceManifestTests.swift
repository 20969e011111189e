// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductHost
import Testing

/// Every source that a manifest cannot make is refused, by its reason, before anything of its library runs.
@Suite struct ForeignSourceManifestTests {
    @Test(arguments: [
        // What a source needs.
        (
            ForeignManifest.source("int rand(void)", "{}"),
            "no argument is a seed or a state, so that a sample would depend"
        ),
        (
            ForeignManifest.source("int rand_r(unsigned a, unsigned b)", "{\"a\": \"seed\", \"b\": \"seed\"}"),
            "there are two seeds, rand_r.a and rand_r.b"
        ),
        (
            ForeignManifest.source(
                "int rand_r(inout unsigned seed[1])", "{\"seed\": \"seed\"}",
                ", \"before_sample\": [{\"call\": \"void srand(unsigned x)\", \"arguments\": {\"x\": \"seed\"}}]"),
            "there are two seeds, srand.x and rand_r.seed"
        ),
        (
            ForeignManifest.source(
                "double drand48(void)", "{}",
                ", \"concurrency\": \"parallel\", \"before_sample\": [{\"call\": \"void srand48(long x)\", \"arguments\": {\"x\": \"seed\"}}]"
            ), "srand48 seeds a state within the library"
        ),
        (ForeignManifest.source("int rand_r(double seed)"), "arguments.seed: is a double; seeds are integers"),
        (
            ForeignManifest.source("int rand_r(unsigned seed)", "{\"seed\": {\"seed\": 33}}"),
            "has a seed of 33 bits; a uint32_t has 1 to 32"
        ),
        (ForeignManifest.source("int rand_r(inout double seed[1])"), "holds double; seeds and states are integers"),
        (ForeignManifest.source("int rand_r(inout unsigned seed[n], int n)"), "is a seed whose length is a parameter"),
        (
            ForeignManifest.source("void rand_r(unsigned seed)"),
            "outputs.tokens.from: rand_r returns no number; name the parameter"
        ),
        (
            ForeignManifest.source("int rand_r(unsigned seed)", "{\"seed\": \"seed\"}", ", \"success\": [0]"),
            "what rand_r returns is a status, and no value"
        ),
        (
            ForeignManifest.source("int rand_r(unsigned seed, out double v[n], int n)"),
            "arguments.v: is written by the function and read by nobody"
        ),
        // Bindings.
        (
            ForeignManifest.source("int rand_r(unsigned seed, int more)"),
            "arguments.more: is not bound; in a source's call it can be"
        ),
        (
            ForeignManifest.source("int rand_r(unsigned seed)", "{\"sead\": \"seed\"}"),
            "'sead' is no parameter of rand_r; did you mean 'seed'?"
        ),
        (
            ForeignManifest.source("int rand_r(unsigned seed)", "{\"seed\": \"sed\"}"),
            "is bound to \\\"sed\\\"; in a source's call it can be"
        ),
        (
            ForeignManifest.source("int rand_r(unsigned seed)", "{\"seed\": 3}"),
            "must be a word, null, or an object with one key"
        ),
        (
            ForeignManifest.source("int rand_r(unsigned seed)", "{\"seed\": null}"),
            "is null, but not 'nullable' in the signature"
        ),
        (ForeignManifest.source("int rand_r(unsigned seed)", "[]"), "provides[0].arguments: must be an object, not []"),
        (
            ForeignManifest.source(
                "int rand_r(unsigned seed, int8_t x)", "{\"seed\": \"seed\", \"x\": {\"constant\": 200}}"),
            "is a int8_t, which cannot hold 200"
        ),
        (
            ForeignManifest.source(
                "int rand_r(unsigned seed, int x)", "{\"seed\": \"seed\", \"x\": {\"constant\": 1.5}}"),
            "is a int32_t, which cannot hold 1.5"
        ),
        (
            ForeignManifest.source(
                "int rand_r(unsigned seed, int x)", "{\"seed\": \"seed\", \"x\": {\"config\": \"y\"}}"),
            "names the parameter 'y', which config_schema does not have"
        ),
        (
            ForeignManifest.source(
                "int rand_r(unsigned seed, const char *x)", "{\"seed\": \"seed\", \"x\": {\"constant\": 1}}"),
            "is a string, not 1"
        ),
        (
            ForeignManifest.source(
                "int rand_r(unsigned seed, in int x[2])", "{\"seed\": \"seed\", \"x\": {\"constant\": [1, 2, 3]}}"),
            "has the length 2, but 3 constants"
        ),
        (
            ForeignManifest.source("int rand_r(unsigned seed, gsl_rng *r)"),
            "is a gsl_rng *, and the part has no handle of that type"
        ),
        (
            ForeignManifest.source(
                "int rand_r(unsigned seed, struct s *r)", "{\"seed\": \"seed\", \"r\": {\"buffer\": \"b\"}}"),
            "names the buffer \\\"b\\\", which the part does not have"
        ),
        (
            ForeignManifest.source(
                "int rand_r(unsigned seed, inout double r[4])", "{\"seed\": \"seed\", \"r\": {\"buffer\": \"b\"}}",
                ", \"buffers\": {\"b\": 31}"), "needs 32 bytes, the buffer 'b' has 31"
        ),
        (
            ForeignManifest.source("int rand_r(unsigned seed, void *r)"),
            "can be {\\\"buffer\\\": NAME}, or null where it is nullable"
        ),
        (
            ForeignManifest.source(
                "int rand_r(unsigned seed, int (*f)(void))", "{\"seed\": \"seed\", \"f\": {\"callback\": \"asending\"}}"
            ), "did you mean 'ascending'?"
        ),
        (
            ForeignManifest.source(
                "int rand_r(unsigned seed, int (*f)(const int *a, const long *b))",
                "{\"seed\": \"seed\", \"f\": {\"callback\": \"ascending\"}}"), "'ascending' compares two elements"
        ),
        (
            ForeignManifest.source("int rand_r(void (*f)(void))", "{\"f\": {\"callback\": \"uniform\"}}"),
            "'uniform' gives a number, but the function wants none"
        ),
        (
            ForeignManifest.source(
                "int rand_r(unsigned seed, void (*f)(int))", "{\"seed\": \"seed\", \"f\": {\"callback\": \"output\"}}"),
            "hands out values that no output takes"
        ),
        // Statuses.
        (
            ForeignManifest.source(
                "int rand_r(unsigned seed)", "{\"seed\": \"seed\"}", ", \"success\": [0], \"failure\": [1]"),
            "give success or failure, not both"
        ),
        (
            ForeignManifest.source("double rand_r(unsigned seed)", "{\"seed\": \"seed\"}", ", \"success\": [0]"),
            "gives no integer that could be a status"
        ),
        (
            ForeignManifest.source("int rand_r(unsigned seed)", "{\"seed\": \"seed\"}", ", \"success\": [\"0\"]"),
            "must be a list of integers"
        ),
        (
            ForeignManifest.source(
                "int rand_r(unsigned seed)", "{\"seed\": \"seed\"}", ", \"message\": \"const char *strerror(int e)\""),
            "there is no status to put into words"
        ),
        (
            ForeignManifest.source(
                "int rand_r(unsigned seed)", "{\"seed\": \"seed\"}",
                ", \"success\": [0], \"message\": \"int strerror(int e)\""),
            "must have the form const char *name(int status)"
        ),
        // Handles.
        (
            ForeignManifest.source(
                "int rand_r(unsigned seed)", "{\"seed\": \"seed\"}",
                ", \"handles\": {\"box\": {\"create\": {\"call\": \"int box_new(void)\"}, \"destroy\": {\"call\": \"void box_free(box *b)\"}}}"
            ), "box_new does not give a box *"
        ),
        (
            ForeignManifest.source(
                "int rand_r(unsigned seed)", "{\"seed\": \"seed\"}",
                ", \"handles\": {\"box\": {\"create\": {\"call\": \"box *box_new(void)\"}, \"destroy\": {\"call\": \"void box_free(void)\"}}}"
            ), "box_free does not take a box *"
        ),
        (
            ForeignManifest.source(
                "int rand_r(unsigned seed)", "{\"seed\": \"seed\"}",
                ", \"handles\": {\"box\": {\"create\": {\"call\": \"box *box_new(void)\"}}}"), "'destroy' is missing"
        ),
        // Keys, types and names.
        (
            ForeignManifest.source(
                "int rand_r(unsigned seed)", "{\"seed\": \"seed\"}", ", \"concurency\": \"parallel\""),
            "unknown key 'concurency'; did you mean 'concurrency'?"
        ),
        (
            ForeignManifest.source("int rand_r(unsigned seed)", "{\"seed\": \"seed\"}", ", \"concurrency\": \"fast\""),
            "must be parallel, serial-instance or serial-library"
        ),
        (
            ForeignManifest.source("int rand_r(unsigned seed)", "{\"seed\": \"seed\"}", ", \"task\": \"nexttoken\""),
            "must be one of next-token, classification, regression"
        ),
        (
            ForeignManifest.source("int rand_r(unsigned seed)", "{\"seed\": \"seed\"}", ", \"classes\": 3"),
            "classes: does not belong to this task; it is named 'vocabulary'"
        ),
        (
            ForeignManifest.source("int rand_r(unsigned seed)", "{\"seed\": \"seed\"}", ", \"buffers\": {\"b\": -1}"),
            "must be an integer from 1 to 16777216, not -1"
        ),
        (
            ForeignManifest.source("int rand_r(unsigned seed)", "{\"seed\": \"seed\"}", ", \"merge\": \"sum\""),
            "unknown key 'merge'"
        ),
        (
            ForeignManifest.source(
                "int rand_r(unsigned seed)", "{\"seed\": \"seed\"}",
                ", \"config_schema\": {\"parameters\": {\"p\": {\"type\": \"nombre\"}}}"), "p.type is 'nombre'"
        ),
        (
            ForeignManifest.source(
                "int rand_r(unsigned seed)", "{\"seed\": \"seed\"}",
                ", \"config_schema\": {\"children\": {\"kind\": \"source\"}}"), "a foreign source takes no children"
        ),
        ("{\"kind\": \"gate\", \"name\": \"g\"}", "must be one of source, evaluator, not \\\"gate\\\""),
        ("{\"kind\": \"source\", \"name\": \"S\"}", "must be kebab-case such as golden-mean, not 'S'"),
        ("{\"name\": \"s\"}", "provides[0]: 'kind' is missing"),
        ("7", "provides[0]: must be an object, not 7"),
        ("", "provides: is empty; name at least one source or evaluator"),
        (ForeignManifest.good + ", " + ForeignManifest.good, "the source 's' is there already"),
    ])
    func manifestsAreRefusedByTheirReason(part: String, expected: String) throws {
        let reason = try ForeignManifest.refusal(ForeignManifest.text(part), try ForeignManifest.workshop.get())
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
        let part = ForeignManifest.source("int rand_r(unsigned seed)").replacingOccurrences(
            of: "\"tokens\": {}", with: "\"tokens\": \(output)")
        let reason = try ForeignManifest.refusal(ForeignManifest.text(part), try ForeignManifest.workshop.get())
        #expect(reason?.contains(expected) == true, "\(reason ?? "ready")")
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
}
