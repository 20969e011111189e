// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductHost
import Testing

/// A stranger's sources, compiled here from C, through the host.
@Suite struct SourceTests {
    @Test func strangersLibraryIsListedWithWhatItProvides() throws {
        let workshop = try Workshop()
        try workshop.compile("coins.c", to: "plugins/libcoins.so")
        let listings = try workshop.host(searchPath: [workshop.directory + "/plugins"]).catalogue()
        #expect(listings.count == 1)
        #expect(listings.first?.reason == nil)
        #expect(listings.first?.id == "org.example.coins")
        #expect(listings.first?.version == "1.0.0")
        #expect(listings.first?.kinds == [.source])
        #expect(listings.first?.provides.map(\.name) == ["biased-coin", "alternate"])
    }

    @Test func sampleIsAFunctionOfItsIndexAlone() throws {
        let workshop = try Workshop()
        let host = try workshop.host(plugins: [try workshop.compile("coins.c", to: "libcoins.so")])
        let source = try host.source(PluginSpec(parsing: "biased-coin(p=0.3)"))
        let whole = Batch(schema: source.schema, count: 64, length: 33)
        try source.fill(whole, rows: 0..<64, view: 0, seed: 7, first: 100)
        let parts = Batch(schema: source.schema, count: 64, length: 33)
        for rows in [40..<64, 0..<1, 1..<40] {
            try source.fill(parts, rows: rows, view: 0, seed: 7, first: 100 + UInt64(rows.lowerBound))
        }
        let (a, b) = (try #require(whole["tokens"]), try #require(parts["tokens"]))
        #expect(Array(a.integers) == Array(b.integers))
        let ones = a.integers.count { $0 == 1 }
        // 64 * 33 draws: six standard deviations are 0.06.
        #expect(abs(Double(ones) / Double(a.count) - 0.3) < 0.06)
    }

    @Test func specIsCompletedWithDefaults() throws {
        let workshop = try Workshop()
        let host = try workshop.host(plugins: [try workshop.compile("coins.c", to: "libcoins.so")])
        let source = try host.source(PluginSpec(parsing: "alternate(biased-coin, biased-coin(p=0.25))"))
        #expect(source.spec == "alternate(biased-coin(p=0.5), biased-coin(p=0.25))")
    }

    @Test func childrenMayComeFromAnotherLibrary() throws {
        let workshop = try Workshop()
        let host = try workshop.host(plugins: [
            try workshop.compile("coins.c", to: "libcoins.so"),
            try workshop.compile("coins.c", to: "libothers.so", ["-DPLUGIN_ID=\"org.example.others\""]),
        ])
        let spec =
            "org.example.coins/alternate(org.example.others/biased-coin(p=0), org.example.coins/biased-coin(p=1))"
        let source = try host.source(PluginSpec(parsing: spec))
        let batch = Batch(schema: source.schema, count: 10, length: 5)
        try source.fill(batch, rows: 0..<10, view: 1, seed: 3, first: 0)
        let tokens = try #require(batch["tokens"]).integers
        for i in 0..<50 { #expect(tokens[i] == Int32(i / 5 % 2)) }
        #expect(Set(host.loaded.map(\.id)) == ["org.example.coins", "org.example.others"])
    }

    @Test func nameOfTwoPluginsMustBeQualified() throws {
        let workshop = try Workshop()
        let host = try workshop.host(plugins: [
            try workshop.compile("coins.c", to: "libcoins.so"),
            try workshop.compile("coins.c", to: "libothers.so", ["-DPLUGIN_ID=\"org.example.others\""]),
        ])
        let error = try #require(throws: SpecError.self) { try host.source(PluginSpec(parsing: "biased-coin")) }
        #expect(error.message.contains("org.example.coins/biased-coin"))
        #expect(error.message.contains("org.example.others/biased-coin"))
    }

    @Test func unknownNameIsAnsweredWithTheNearest() throws {
        let workshop = try Workshop()
        let host = try workshop.host(plugins: [try workshop.compile("coins.c", to: "libcoins.so")])
        let error = try #require(throws: SpecError.self) { try host.source(PluginSpec(parsing: "biased-cion(p=0.3)")) }
        #expect(error.message.contains("'biased-coin'"))
        #expect(error.position == 0)
    }

    @Test func whatThePluginFindsWrongInItsParametersIsAnErrorInTheSpec() throws {
        let workshop = try Workshop()
        let host = try workshop.host(plugins: [
            try workshop.compile("coins.c", to: "libcoins.so"),
            try workshop.compile("lying.c", to: "liblying.so", ["-DLIE_CLASSES=3"]),
        ])
        let spec = try PluginSpec(parsing: "alternate(biased-coin, lying)")
        let error = try #require(throws: SpecError.self) { try host.source(spec) }
        #expect(error.message.contains("differ in their vocabularies"))
    }

    @Test func oracleAndHiddenMarkovModelAreHandedOver() throws {
        let workshop = try Workshop()
        let host = try workshop.host(plugins: [try workshop.compile("coins.c", to: "libcoins.so")])
        let source = try host.source(PluginSpec(parsing: "biased-coin(p=0.25)"))
        #expect(source.hmm?.transition == [0.75, 0.25])
        let oracle = try #require(source.oracle)
        let batch = Batch(schema: source.schema, count: 3, length: 4)
        try source.fill(batch, rows: 0..<3, view: 0, seed: 1, first: 0)
        let results = OracleResults(
            predictive: Tensor(.float64, [3, 5, 2]), logProbability: Tensor(.float64, [3, 5]))
        try oracle.evaluate(batch, view: 0, seed: 1, into: results)
        #expect(results.predictive?.doubles.last == 0.25)
        #expect(results.logProbability?.doubles.first == 0)
    }

    @Test func requestBeyondAFiniteViewIsRefused() throws {
        let workshop = try Workshop()
        let host = try workshop.host(plugins: [try workshop.compile("coins.c", to: "libcoins.so")])
        let source = try host.source(PluginSpec(parsing: "biased-coin"))
        let batch = Batch(schema: source.schema, count: 2, length: 4)
        try source.fill(batch, rows: 0..<2, view: 1, seed: 1, first: 99_998)
        let failure = try #require(throws: PluginFailure.self) {
            try source.fill(batch, rows: 0..<2, view: 1, seed: 1, first: 99_999)
        }
        #expect(failure.message.contains("the view 'test' has 100000"))
    }
}
