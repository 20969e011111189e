// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductHost
import InductTheory
import Testing

@Suite("The law of labelled examples of a stranger's source")
struct LabelledExamplesTests {
    private func source(_ flags: [String] = []) throws -> any Source {
        let workshop = try Workshop()
        let host = try workshop.host(plugins: [try workshop.compile("vectors.c", to: "libvectors.so", flags)])
        return try host.source(PluginSpec(parsing: "labelled-vectors(classes=3, items=5, noise=0.5)"))
    }

    @Test("is read as it is stated, and has a theory")
    func lawIsRead() throws {
        let source = try source()
        let law = try #require(source.labelledExamples)
        #expect(law.classProbability == [Double](repeating: 1.0 / 3, count: 3) && law.contexts == 4)
        #expect(law.contextProbability == law.classProbability && law.labelOfClass == [0, 1, 2])
        #expect(law.groupNames == ["all"] && law.trainingCount == nil && law.relevantContexts == nil)
        let theory = try LabelledExamplesTheory.of(source)
        // Contexts are independent of the query: a third of them match.
        let stratum = try #require(theory.strata.first)
        #expect(abs(law.relevance * stratum.expectedMatches - 4.0 / 3) < 1e-12)
    }

    @Test("a match law of its own is used")
    func ownMatchLaw() throws {
        let source = try source(["-DLAW=match_law=matches"])
        let theory = try LabelledExamplesTheory.of(source)
        #expect(theory.strata.first?.matches == [0, 1, 0, 0, 0])
        #expect(source.labelledExamples?.matchLaw?.suffix(2) == [0.5, 0.5])
    }

    @Test(
        "what is no law is refused for its own reason",
        arguments: [
            ("relevance=1.5", "relevance"), ("label_noise=-0.1", "label_noise"), ("contexts=0", "0 contexts"),
            ("classes=0", "0 classes"), ("class_probability=NULL", "class_probability"),
            ("class_probability=heavy", "sums to 1.5"), ("relevant_contexts=5", "5 relevant"),
            ("classes=4", "no label_of_class"), ("group_count=2", "group_of_class"),
            ("input_noise=1/0.0", "input_noise"),
            ("label_of_class=beyond", "label_of_class"), ("struct_size=64", "truncated"),
            ("context_probability=lone", "none ever holds"),
        ])
    func nonsenseIsRefused(field: String, reason: String) throws {
        let error = #expect(throws: (any Error).self) { try source(["-DLAW=\(field)"]) }
        #expect(error.map { "\($0)".contains(reason) } == true, "\(error.map { "\($0)" } ?? "")")
    }
}
