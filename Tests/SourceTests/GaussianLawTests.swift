// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductTheory
import Testing

/// What `gaussian-classes` states about how it draws, against what it draws.
@Suite("The stated law of gaussian-classes")
struct GaussianLawTests {
    private static let count = 20_000

    /// Within five standard errors of a binomial share.
    private func expect(_ hits: Int, of count: Int, near probability: Double, _ what: String) {
        let error = (probability * max(0, 1 - probability) / Double(count)).squareRoot()
        #expect(abs(Double(hits) / Double(count) - probability) <= 5 * error + 1e-9, "\(what)")
    }

    @Test(
        "classes, relevance, matches and label noise are as frequent as stated",
        arguments: [
            "gaussian-classes(dimension=1, held_out=0)",
            "gaussian-classes(dimension=1, contexts=4, frequent=2, rare=3, p_high=0.7, p_relevant=0.6, label_noise=0.2)",
            "gaussian-classes(dimension=1, contexts=5, relevant_contexts=2, p_relevant=0.3)",
            "gaussian-classes(dimension=1, contexts=8, zipf=1, frequent=3, rare=9, burstiness=0.5)",
        ])
    func drawsFollowTheLaw(spec: String) throws {
        let source = try Sources().open(spec)
        let law = try #require(source.labelledExamples)
        let examples = try Examples(source, count: Self.count)
        let classes = try #require(examples.batch["context_classes"]).integers.map { Int($0) }
        let contexts = law.contexts
        let stratumOf = try LabelledExamplesTheory.of(source).strata.reduce(into: [Int: [Double]]()) { found, stratum in
            for x in stratum.classes { found[x] = stratum.matches }
        }
        var matches = [Int](repeating: 0, count: contexts + 1)
        var expected = [Double](repeating: 0, count: contexts + 1)
        var (noisy, wrong) = (0, 0)
        for sample in 0..<Self.count {
            let query = examples.queryClass[sample]
            let held = classes[sample * contexts..<(sample + 1) * contexts].count { $0 == query }
            if (held > 0) != (examples.relevance[sample] == 1) { wrong += 1 }
            if held > 0 {
                matches[held] += 1
                for (m, p) in (stratumOf[query] ?? []).enumerated() { expected[m] += p }
            }
            if examples.targets[sample] != query { noisy += 1 }
        }
        #expect(wrong == 0, "relevance says whether the context holds the query's class")
        for x in 0..<law.classes {
            expect(examples.queryClass.count { $0 == x }, of: Self.count, near: law.classProbability[x], "class \(x)")
        }
        let relevant = examples.relevance.count { $0 == 1 }
        expect(relevant, of: Self.count, near: law.relevance, "relevance")
        expect(noisy, of: Self.count, near: law.labelNoise, "label noise")
        for m in 0...contexts { expect(matches[m], of: relevant, near: expected[m] / Double(relevant), "\(m) matches") }
    }

    @Test("groups and the training set are stated")
    func groupsAreStated() throws {
        let source = try Sources().open("gaussian-classes(frequent=2, rare=3, sequences=40, dimension=4, sigma=0.5)")
        let law = try #require(source.labelledExamples)
        #expect(law.groupNames == ["frequent", "rare"] && law.groupOfClass == [0, 0, 1, 1, 1])
        #expect(law.trainingCount == 40 && law.ensuredCount == 1 && law.inputNoise == 0.5 && law.dimension == 4)
        // The queries of any one training set are near what is expected of them, and every class is among them.
        let theory = try LabelledExamplesTheory.of(source)
        let examples = try Examples(source, count: 40)
        for x in 0..<5 { #expect(examples.queryClass.contains(x)) }
        let frequent = examples.queryClass.count { $0 < 2 }
        let samples = try #require(theory.strata.first?.samples)
        #expect(abs(Double(frequent) - 2 * samples) <= 5 * (35 * 0.9 * 0.1).squareRoot())
    }

    @Test("the theory's views are the source's")
    func viewsAreTheSources() throws {
        let source = try Sources().open("gaussian-classes(label_noise=0.1)")
        let theory = try LabelledExamplesTheory.of(source)
        let names = source.views.map(\.name)
        #expect(theory.views.count == 18 && theory.views.allSatisfy { names.contains($0.view) })
    }

    /// The prediction of copying the first context, and of the query's own class, counted.
    @Test("errors by view are those that copying and remembering have")
    func viewErrorsAreMeasured() throws {
        let source = try Sources().open("gaussian-classes(dimension=1, label_noise=0.1, p_relevant=0.8)")
        for view in try LabelledExamplesTheory.of(source).views {
            let examples = try Examples(source, view: view.view, count: Self.count)
            let copied = (0..<Self.count).count { examples.labels[$0][0] != examples.targets[$0] }
            let remembered = (0..<Self.count).count { examples.queryClass[$0] != examples.targets[$0] }
            expect(copied, of: Self.count, near: view.inContext, "\(view.view), copying")
            expect(remembered, of: Self.count, near: view.inWeight, "\(view.view), remembering")
        }
    }
}
