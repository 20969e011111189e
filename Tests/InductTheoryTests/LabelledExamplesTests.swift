// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductTheory
import Testing

@Suite("Theory of labelled examples")
struct LabelledExamplesTests {
    /// Five frequent and five rare classes, one context pair.
    private func paperLaw(relevance: Double = 0.9, noise: Double = 0, count: UInt64? = 1024) -> LabelledExamplesLaw {
        LabelledExamplesLaw(
            classProbability: [Double](repeating: 0.18, count: 5) + [Double](repeating: 0.02, count: 5),
            groupOfClass: [0, 0, 0, 0, 0, 1, 1, 1, 1, 1], groupNames: ["frequent", "rare"], contexts: 1,
            relevance: relevance, trainingCount: count, ensuredCount: 1, labelNoise: noise, inputNoise: 0.2,
            dimension: 64)
    }

    /// Small laws of every kind that can be enumerated.
    static let smallLaws: [LabelledExamplesLaw] = [
        LabelledExamplesLaw(classProbability: [0.5, 0.3, 0.2], contexts: 1, relevance: 0.9),
        LabelledExamplesLaw(classProbability: [0.5, 0.3, 0.2], contexts: 3, relevance: 0.4, labelNoise: 0.2),
        LabelledExamplesLaw(
            classProbability: [0.4, 0.4, 0.1, 0.1], groupOfClass: [0, 0, 1, 1], groupNames: ["frequent", "rare"],
            contexts: 3, relevance: 0.7, relevantContexts: 2, labelNoise: 0.1),
        LabelledExamplesLaw(
            classProbability: [0.7, 0.2, 0.1], contextProbability: [0.2, 0.3, 0.5], labelOfClass: [1, 3, 0], labels: 4,
            contexts: 2, relevance: 0.5, labelNoise: 0.3),
    ]

    @Test("with classes by the thousand the vote keeps its mass, and the switch is predicted")
    func manyClasses() throws {
        let law = LabelledExamplesLaw(
            classProbability: [Double](repeating: 1 / 1623.0, count: 1623), contexts: 2, relevance: 0.9,
            trainingCount: 100_000, ensuredCount: 1)
        let theory = try LabelledExamplesTheory(law)
        #expect(theory.vote.floor == 0.5 / 1623)
        let setting = try #require(theory.strata.first?.settings.first { $0.name == "default" })
        let (early, late) = (try #require(setting.early?.trainingCount), try #require(setting.late?.trainingCount))
        #expect(1623 <= early && early <= late && setting.risk.upper < -log(theory.vote.floor))
        #expect(try LabelledExamplesTheory(paperLaw()).vote.floor == 1e-3)
        #expect(throws: TheoryError.self) { try LabelledExamplesTheory(law, floor: 1e-3) }
    }

    @Test("matches, losses and errors are those of all samples, enumerated", arguments: smallLaws)
    func enumerationAgrees(law: LabelledExamplesLaw) throws {
        let theory = try LabelledExamplesTheory(law, floor: 0.01, gap: 1.3)
        let examples = EnumeratedExamples(law)
        for stratum in theory.strata {
            func mean(_ relevance: Double, _ value: (EnumeratedExamples.Sample) -> Double) -> Double {
                let own = examples.samples(relevance: relevance).filter { stratum.classes.contains($0.query) }
                return own.reduce(0) { $0 + $1.probability * value($1) } / own.reduce(0) { $0 + $1.probability }
            }
            for m in 0...law.contexts {
                #expect(abs(stratum.matches[m] - mean(1) { $0.matches == m ? 1 : 0 }) < 1e-12)
            }
            #expect(abs(stratum.expectedMatches - mean(1) { Double($0.matches) }) < 1e-12)
            for (setting, relevance) in zip(stratum.settings, [law.relevance, 1, 0]) {
                let lower = mean(relevance) { sample in
                    theory.vote.bounds(wrong: sample.labels.count { $0 != sample.target }).lower
                }
                let upper = mean(relevance) { sample in
                    let right = zip(sample.classes, sample.labels).count {
                        $0 == sample.query && $1 == sample.target
                    }
                    return theory.vote.bounds(wrong: law.contexts - right).upper
                }
                #expect(abs(setting.risk.lower - lower) < 1e-12 && abs(setting.risk.upper - upper) < 1e-12)
            }
        }
    }

    @Test("errors by view are those of all samples, enumerated", arguments: smallLaws)
    func viewsAgree(law: LabelledExamplesLaw) throws {
        let theory = try LabelledExamplesTheory(law, floor: 0.01)
        for view in theory.views {
            var examples = EnumeratedExamples(law)
            let words = view.view.split(separator: "-")
            let group = law.groupNames.count > 1 ? law.groupNames.firstIndex(of: String(words[1])) : nil
            if words.last == "oobd" {
                for number in law.groupNames.indices {
                    let classes = law.groupOfClass.indices.filter { law.groupOfClass[$0] == number }
                    for (place, x) in classes.enumerated() {
                        examples.labelOfClass[x] = law.labelOfClass[classes[(place + 1) % classes.count]]
                    }
                }
            }
            let relevance = words[0] == "default" ? law.relevance : words[0] == "relevant" ? 1 : 0
            let samples = examples.samples(relevance: relevance).filter {
                group == nil || law.groupOfClass[$0.query] == group
            }
            let total = samples.reduce(0) { $0 + $1.probability }
            let inWeight = samples.reduce(0) { $0 + ($1.target == law.labelOfClass[$1.query] ? 0 : $1.probability) }
            let inContext = samples.reduce(0) { $0 + $1.probability * Self.copyingError($1) }
            #expect(abs(view.inWeight - inWeight / total) < 1e-12, "\(view.view)")
            #expect(abs(view.inContext - inContext / total) < 1e-12, "\(view.view)")
        }
        #expect(theory.views.count == (law.groupNames.count > 1 ? 18 : 6))
    }

    /// Of the most frequent label beside the query's class, ties at random, or of a random context's.
    private static func copyingError(_ sample: EnumeratedExamples.Sample) -> Double {
        let own = zip(sample.classes, sample.labels).filter { $0.0 == sample.query }.map(\.1)
        guard !own.isEmpty else {
            return Double(sample.labels.count { $0 != sample.target }) / Double(sample.labels.count)
        }
        let counts = Dictionary(grouping: own) { $0 }.mapValues(\.count)
        let most = counts.values.max() ?? 0
        let winners = counts.filter { $0.value == most }.map(\.key)
        return Double(winners.count { $0 != sample.target }) / Double(winners.count)
    }

    @Test("the published setting: chance, base rates, samples and views")
    func publishedSetting() throws {
        let theory = try LabelledExamplesTheory(paperLaw())
        #expect(abs(theory.chanceError - 0.9) < 1e-15 && theory.bayesError == 0 && theory.learner.entropy == 0)
        #expect(theory.strata.map(\.group) == ["frequent", "rare"])
        #expect(theory.strata.map(\.classes) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]])
        // One of each class is sure, the other 1014 are drawn.
        for (stratum, samples) in zip(theory.strata, [1 + 1014 * 0.18, 1 + 1014 * 0.02]) {
            #expect(abs(try #require(stratum.samples) - samples) < 1e-9)
            #expect(stratum.matches.count == 2 && stratum.matches[0] == 0)
            #expect(abs(stratum.matches[1] - 1) < 1e-12 && abs(stratum.expectedMatches - 1) < 1e-12)
        }
        let errors = Dictionary(uniqueKeysWithValues: theory.views.map { ($0.view, $0) })
        for (view, inWeight, inContext) in [
            ("relevant-all-ibd", 0.0, 0.0), ("relevant-rare-oobd", 1, 0), ("irrelevant-frequent-ibd", 0, 1),
            ("irrelevant-rare-oobd", 1, 1), ("default-all-ibd", 0, 0.1),
        ] {
            let found = try #require(errors[view])
            #expect(abs(found.inWeight - inWeight) < 1e-12 && abs(found.inContext - inContext) < 1e-12, "\(view)")
        }
        // 4 (1 + 64 * 0.04) / e.
        #expect(abs(theory.vote.gap - 4 * 3.56 / exp(1)) < 1e-12)
    }

    @Test("label noise costs a copy twice: 2 eps (1 - eps) against eps")
    func noiseHurtsCopiesTwice() throws {
        let theory = try LabelledExamplesTheory(paperLaw(noise: 0.1))
        let view = try #require(theory.views.first { $0.view == "relevant-all-ibd" })
        #expect(abs(view.inWeight - 0.1) < 1e-12 && abs(view.inContext - 0.18) < 1e-12)
        #expect(theory.bayesError == 0.1)
        #expect(abs(theory.learner.entropy + 0.1 * log(0.1) + 0.9 * log(0.9)) < 1e-12)
        // A copy is worse than the weights in the end: every class switches.
        for setting in theory.strata.flatMap(\.settings) { #expect(setting.late != nil && setting.early != nil) }
    }

    @Test("a class switches at the first training set whose in-weight loss is below that of the context")
    func switchIsTheFirst() throws {
        let theory = try LabelledExamplesTheory(paperLaw())
        for stratum in theory.strata {
            let setting = try #require(stratum.settings.first { $0.name == "relevant" })
            // -ln(1 - 9 eps) at the upper bound, 9 eps at the lower.
            #expect(abs(setting.risk.upper + log(0.991)) < 1e-12 && abs(setting.risk.lower - 0.009) < 1e-12)
            for (point, risk) in [(setting.early, setting.risk.upper), (setting.late, setting.risk.lower)] {
                let point = try #require(point)
                let first = try #require((0...10_000).first { log((Double($0) + 5) / (Double($0) + 0.5)) < risk })
                #expect(point.samples == first)
                let count = try #require(point.trainingCount)
                #expect(stratum.counts.expectedSamples(in: Double(count)) >= Double(first) - 1e-9)
                #expect(stratum.counts.expectedSamples(in: Double(count - 1)) < Double(first))
                #expect(theory.inWeightRisk(stratum, trainingCount: Double(count)) < risk + 1e-12)
            }
            #expect(theory.switchPoint(stratum, inContextRisk: setting.risk.lower) == setting.late)
        }
        let frequent = try #require(theory.strata[0].settings[1].late?.trainingCount)
        let rare = try #require(theory.strata[1].settings[1].late?.trainingCount)
        #expect(rare > 8 * frequent)
    }

    @Test("with Zipf's frequencies every class has its own switch, rarer ones later")
    func zipfSwitchesOneByOne() throws {
        let weights = (1...12).map { 1 / Double($0) }
        let law = LabelledExamplesLaw(
            classProbability: weights.map { $0 / weights.reduce(0, +) }, contexts: 4, relevance: 1, trainingCount: 64)
        let theory = try LabelledExamplesTheory(law)
        #expect(theory.strata.map(\.classes) == (0..<12).map { [$0] })
        let counts = try theory.strata.map { try #require($0.settings[1].early?.trainingCount) }
        #expect(zip(counts, counts.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test("a vote without a floor and relevant contexts is never beaten")
    func perfectCopiesAreNeverBeaten() throws {
        let theory = try LabelledExamplesTheory(paperLaw(), floor: 0)
        let settings = theory.strata[0].settings
        #expect(settings[1].risk == (0, 0) && settings[1].late == nil)
        #expect(settings[2].risk.lower == .infinity && settings[2].late?.samples == 0)
        #expect(theory.regret.bound == nil)
    }

    @Test("an endless stream has no samples and no regret")
    func endlessStreams() throws {
        let theory = try LabelledExamplesTheory(paperLaw(count: nil))
        #expect(theory.strata.allSatisfy { $0.samples == nil } && theory.regret.bound == nil)
        let finite = try LabelledExamplesTheory(paperLaw())
        #expect(abs(try #require(finite.regret.bound) + log(1e-3) * (1024 * log(2) / 2).squareRoot()) < 1e-9)
    }

    @Test("a floor or a gap that is none is refused", arguments: [(0.1, 1.0), (-1e-9, 1), (1e-3, -1)])
    func wrongRequestsAreRefused(floor: Double, gap: Double) {
        #expect(throws: TheoryError.self) { try LabelledExamplesTheory(paperLaw(), floor: floor, gap: gap) }
    }

    @Test("a source that states no law has no such theory")
    func silentSourcesAreRefused() throws {
        let source = try StatedSource(Processes.coin(0.5))
        let error = #expect(throws: TheoryError.self) { try LabelledExamplesTheory.of(source) }
        #expect(error?.description.contains("labelled examples") == true)
    }
}
