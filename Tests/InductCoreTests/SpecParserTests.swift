// SPDX-License-Identifier: Apache-2.0

import InductCore
import Testing

struct SpecParserTests {
    @Test(arguments: [
        "coin", "golden-mean(p=0.5)", "golden-mean-5-3(p=-1)", "org.example.My_plugins-2/coin(p=1e-05)",
        "mixture(mess3(x=0.05, a=0.85), mess3(x=0.15, a=0.6), weights=[0.5, 0.5], vocabulary_maps=[[0, 1], []])",
        #"tokens(file="a \"b\"\\\n,)(é\u0001")"#,
        "gated(mlp(hidden=[64, 64]), similarity, gate=mlp-gate(hidden=[]), training=joint)",
        "a(flag=true, other=false, big=9223372036854775807, small=-9223372036854775808, zero=-0.0, huge=1e+300)",
    ])
    func canonicalTextReadsBackToItself(_ text: String) throws {
        let spec = try PluginSpec(parsing: text)
        #expect(spec.description == text)
        #expect(try PluginSpec(json: JSON(parsing: spec.json.text)) == spec)
        #expect(try PluginSpec(json: .string(text)) == spec)
    }

    @Test func blanksAndOrderDoNotMatterForTheCanonicalText() throws {
        let spec = try PluginSpec(parsing: " mix ( a = 1 ,\n b( ) , c=[ 1 , .5 , +2 ] ) ")
        #expect(spec.description == "mix(b, a=1, c=[1, 0.5, 2])")
    }

    @Test func integersAndNumbersAreKeptApart() throws {
        let spec = try PluginSpec(parsing: "a(i=64, n=64.0, e=1e3, s=-2.5E-3)")
        #expect(spec["i"] == .integer(64))
        #expect(spec["n"] == .number(64))
        #expect(spec["e"] == .number(1000))
        #expect(spec["s"] == .number(-0.0025))
    }

    @Test func treeFormSaysTheSameAsText() throws {
        let json = try JSON(
            parsing:
                #"{"name": "mixture", "weights": [0.5, 0.5], "children": [{"name": "coin", "p": 1}, "even(p=0.5)"]}"#)
        #expect(try PluginSpec(json: json).description == "mixture(coin(p=1), even(p=0.5), weights=[0.5, 0.5])")
    }

    @Test(arguments: [
        ("", 0, "expected a name"), ("Coin", 0, "kebab-case"), ("a--b", 0, "kebab-case"), ("a_b", 0, "kebab-case"),
        ("a-", 0, "kebab-case"), ("a/b/c", 0, "kebab-case"), ("/b", 0, "kebab-case"), ("..a/b", 0, "kebab-case"),
        ("true", 0, "kebab-case"), ("coin(", 5, "expected a child or key=value"), ("coin(p=)", 7, "expected a value"),
        ("coin(p=0.5", 10, "expected ',' or ')'"), ("coin(p=0.5,)", 11, "expected a child"), ("coin)", 4, "found ')'"),
        ("coin(0.5)", 5, "given by key"), ("coin(P=1)", 5, "snake_case"), ("coin(a-b=1)", 5, "snake_case"),
        ("coin(p=1, p=2)", 10, "given twice"), ("coin(name=1)", 5, "reserved"), ("coin(children=[])", 5, "reserved"),
        ("coin(p=1e999)", 7, "out of range"), ("coin(p=-1e999)", 7, "out of range"), ("coin(p=nan)", 7, "finite"),
        ("coin(p=Inf)", 7, "finite"), ("coin(p=99999999999999999999)", 7, "64 bits"),
        ("coin(p=1.2.3)", 10, "end of the number"),
        ("coin(p=0x10)", 8, "end of the number"), ("coin(p=1e)", 9, "exponent"), ("coin(p=-)", 8, "digit"),
        ("coin(p=[1,)", 10, "expected a value"), ("coin(p=[1)", 9, "expected ',' or ']'"),
        (#"a(s="x)"#, 4, "closing quote"),
        (#"a(s="\q")"#, 5, "unknown escape"), (#"a(s="\ud800")"#, 5, "surrogate"), ("a(s=\"\n\")", 5, "line ends"),
        ("a(s='x')", 4, "expected a value"), ("coin(p=0.5) even", 12, "expected the end"),
        ("a,b", 1, "expected the end"),
        ("a(é=1)", 2, "expected a child"), ("\u{0}", 0, "expected a name"),
    ])
    func wrongTextIsRefusedWithPositionAndExpectation(_ text: String, position: Int, words: String) {
        let error = #expect(throws: SpecError.self) { try PluginSpec(parsing: text) }
        #expect(error?.position == position)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        #expect(error?.description.hasSuffix("^") == true)
    }

    @Test(arguments: ["a(", "a(b=[", "a(b=c("])
    func depthIsBounded(_ opening: String) throws {
        let error = #expect(throws: SpecError.self) {
            try PluginSpec(parsing: String(repeating: opening, count: 20_000))
        }
        #expect(error?.message.contains("nested more than") == true)
        let depth = PluginSpec.maximumDepth
        let nested = String(repeating: "a(", count: depth - 1) + "a" + String(repeating: ")", count: depth - 1)
        #expect(try PluginSpec(parsing: nested).description == nested)
    }

    @Test func lengthIsBounded() {
        let error = #expect(throws: SpecError.self) {
            try PluginSpec(parsing: "a(b=\"" + String(repeating: "x", count: 2_000_000) + "\")")
        }
        #expect(error?.message.contains("too long") == true)
    }

    @Test func caretStandsBelowThePlaceEvenInLongText() throws {
        let text = "mixture(" + String(repeating: "coin, ", count: 100) + "COIN)"
        let error = #expect(throws: SpecError.self) { try PluginSpec(parsing: text) }
        let lines = (error?.description ?? "").split(separator: "\n").map(Array.init)
        try #require(lines.count == 3)
        #expect(lines[1].count < 120)
        #expect(String(lines[1][(lines[2].count - 1)...]).hasPrefix("COIN"))
    }

    @Test func everyPrefixOfAValidSpecEitherReadsOrIsRefused() {
        let text = #"gated(mlp(hidden=[64, -1.5e-3], s="\u00e9\n"), org.x/b, gate=c(d=true))"#
        for end in text.indices {
            let prefix = String(text[..<end])
            if let spec = try? PluginSpec(parsing: prefix) {
                #expect((try? PluginSpec(parsing: spec.description)) == spec)
            }
        }
    }
}

struct NearestNameTests {
    private static let names = ["golden-mean", "mess3", "mixture", "dursley-wonka", "learning_rate"]

    @Test(arguments: [
        ("golden-maen", "golden-mean"), ("mes3", "mess3"), ("Mixture", "mixture"), ("learningrate", "learning_rate"),
        ("dursleywonka", "dursley-wonka"),
    ])
    func slipsAreRecognised(_ slip: String, name: String) { #expect(nearestName(to: slip, among: Self.names) == name) }

    @Test(arguments: ["", "transformer", String(repeating: "x", count: 100_000)])
    func otherWordsAreNot(_ word: String) { #expect(nearestName(to: word, among: Self.names) == nil) }
}
