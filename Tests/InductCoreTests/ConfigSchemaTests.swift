// SPDX-License-Identifier: Apache-2.0

import InductCore
import Testing

struct ConfigSchemaTests {
    private let schema = """
        {"parameters": {
          "p": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.5, "summary": "P(0)"},
          "layers": {"type": "integer", "minimum": 1},
          "hidden": {"type": "array", "items": {"type": "integer", "exclusive_minimum": 0}, "default": [64], "maximum_items": 3},
          "activation": {"type": "string", "values": ["gelu", "relu"], "default": "gelu"},
          "biases": {"type": "boolean", "default": true},
          "gate": {"type": "gate", "default": "constant(value=1)"},
          "note": {"type": "string", "optional": true}},
         "children": {"kind": "source", "minimum": 1, "maximum": 2}, "from_the_future": {"x": 1},
         "examples": ["thing(coin, layers=2)"]}
        """

    private func resolve(_ spec: String) throws -> ResolvedConfig {
        try ConfigSchema(parsing: schema).resolve(try PluginSpec(parsing: spec), text: spec)
    }

    @Test func defaultsAreFilledInTheSchemasOrder() throws {
        let config = try resolve("thing(coin, biases=false, layers=2e0, p=1)")
        #expect(config.json.text == #"{"p":1.0,"layers":2,"hidden":[64],"activation":"gelu","biases":false}"#)
        #expect(config.children.map(\.key) == ["", "gate"])
        #expect(config.children.map(\.kind) == [.source, .gate])
        #expect(config.children.map(\.spec.description) == ["coin", "constant(value=1)"])
    }

    @Test func bareWordsAreStringsAndStringsAreSpecsWhereTheTypeSaysSo() throws {
        let config = try resolve(#"thing(coin, layers=1, activation=relu, gate="mlp-gate(hidden=[4])", note="x")"#)
        #expect(config.json["activation"] == "relu")
        #expect(config.json["note"] == "x")
        #expect(config.children[1].spec.description == "mlp-gate(hidden=[4])")
    }

    @Test(arguments: [
        ("thing(coin)", "needs the parameter 'layers'"), ("thing(coin, layers=0)", "at least 1"),
        ("thing(coin, layers=2.5)", "an integer"), ("thing(coin, layers=\"2\")", "an integer"),
        ("thing(coin, layers=1, p=true)", "a number"), ("thing(coin, layers=1, p=1.5)", "at most 1"),
        ("thing(coin, layers=1, hiden=[1])", "did you mean 'hidden'?"),
        ("thing(coin, layers=1, zzz=1)", "it takes p, layers, hidden"),
        ("thing(coin, layers=1, activation=gleu)", "did you mean 'gelu'?"),
        ("thing(coin, layers=1, hidden=[1, 0])", "hidden[1]"),
        ("thing(coin, layers=1, hidden=[1, 2, 3, 4])", "items, not 4"),
        ("thing(coin, layers=1, hidden=3)", "a list"), ("thing(coin, layers=1, biases=1)", "true or false"),
        ("thing(coin, layers=1, gate=3)", "a gate"), ("thing(layers=1)", "1 to 2 children"),
        ("thing(a, b, c, layers=1)", "not 3"), ("thing(coin, layers=1e300)", "an integer"),
    ])
    func wrongSpecsAreRefused(_ spec: String, words: String) {
        let error = #expect(throws: SpecError.self) { try resolve(spec) }
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        #expect(error?.position != nil)
    }

    @Test func withoutASchemaNothingIsAccepted() throws {
        let schema = try ConfigSchema(parsing: nil)
        #expect(try schema.resolve(PluginSpec(parsing: "coin")).json.text == "{}")
        #expect(throws: SpecError.self) { try schema.resolve(PluginSpec(parsing: "coin(p=1)")) }
        #expect(throws: SpecError.self) { try schema.resolve(PluginSpec(parsing: "coin(even)")) }
    }

    @Test(arguments: [
        "", "[]", "{", #"{"parameters": []}"#, #"{"parameters": {"P": {"type": "number"}}}"#,
        #"{"parameters": {"name": {"type": "number"}}}"#, #"{"parameters": {"p": 1}}"#, #"{"parameters": {"p": {}}}"#,
        #"{"parameters": {"p": {"type": "nubmer"}}}"#, #"{"parameters": {"p": {"type": "number", "minimum": "0"}}}"#,
        #"{"parameters": {"p": {"type": "number", "minimum": 2, "maximum": 1}}}"#,
        #"{"parameters": {"p": {"type": "number", "default": "x"}}}"#,
        #"{"parameters": {"p": {"type": "number", "default": 2, "maximum": 1}}}"#,
        #"{"parameters": {"p": {"type": "array"}}}"#,
        #"{"parameters": {"p": {"type": "array", "items": {"type": "source"}}}}"#,
        #"{"parameters": {"p": {"type": "array", "items": {"type": "number"}, "minimum_items": -1}}}"#,
        #"{"parameters": {"p": {"type": "string", "values": []}}}"#,
        #"{"parameters": {"p": {"type": "gate", "default": "("}}}"#,
        #"{"parameters": {"p": {"type": "number", "optional": 1}}}"#, #"{"children": {"kind": "thing"}}"#,
        #"{"children": {"kind": "source", "minimum": 3, "maximum": 2}}"#, #"{"examples": "x"}"#,
        #"{"parameters": {"p": {"type": "number"}, "p": {"type": "number"}}}"#,
    ])
    func hostileSchemasAreRefused(_ text: String) {
        let error = #expect(throws: SpecError.self) { try ConfigSchema(parsing: text) }
        #expect(error?.message.contains("config schema") == true)
    }

    @Test func nestingOfArraysIsBounded() {
        let open = String(repeating: #"{"type": "array", "items": "#, count: 50)
        let text = #"{"parameters": {"p": "# + open + #"{"type": "number"}"# + String(repeating: "}", count: 52)
        #expect(throws: SpecError.self) { try ConfigSchema(parsing: text) }
    }
}
