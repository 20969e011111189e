// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

/// The Bayes-optimal predictor of `gaussian-classes` against its definition.
@Suite struct ExampleOracleTests {
    static let laws = [
        ExampleLaw(slots: 1), ExampleLaw(slots: 3, labelNoise: 0.2, sigma: 0.6),
        ExampleLaw(frequent: 1, rare: 3, high: 0.4, slots: 2, relevance: 0.3, labelNoise: 0.1, sigma: 1),
        ExampleLaw(slots: 3, matches: 2, labelNoise: 0.3, sigma: 0.7), ExampleLaw(slots: 2, relevance: 1, matches: 2),
        ExampleLaw(slots: 2, relevance: 0, sigma: 0.8), ExampleLaw(zipf: 1, slots: 3, labelNoise: 0.05, sigma: 0.5),
        ExampleLaw(slots: 4, relevance: 0.5, burstiness: 0.7, labelNoise: 0.2, sigma: 0.7),
        ExampleLaw(
            frequent: 1, rare: 2, slots: 5, relevance: 0.4, matches: 2, burstiness: 0.6, labelNoise: 0.1, sigma: 1),
        ExampleLaw(frequent: 1, rare: 1, high: 0.8, slots: 2, labelNoise: 0.4, sigma: 0.9),
        ExampleLaw(high: 1, slots: 2, labelNoise: 0.1, sigma: 0.5),
    ]

    /// By enumeration of the query's class and all of the context's.
    private func expected(
        _ law: ExampleLaw, _ examples: Examples, _ sample: Int, _ centres: [Int: [Float]]
    ) -> (law: [Double], logarithm: Double) {
        var weights = [Double](repeating: 0, count: law.classes)
        let densities = examples.inputs[sample].map { input in
            (0..<law.classes).map { exp(law.logarithm(input, around: centres[$0] ?? [])) }
        }
        for (word, probability) in law.joint where probability > 0 {
            var weight = probability * densities[law.slots][word[law.slots]]
            for slot in 0..<law.slots {
                weight *= densities[slot][word[slot]] * law.likelihood(examples.labels[sample][slot], of: word[slot])
            }
            weights[word[law.slots]] += weight
        }
        let total = weights.reduce(0, +)
        let target = (0..<law.classes).map { label in
            (0..<law.classes).reduce(0.0) { $0 + weights[$1] / total * law.likelihood(label, of: $1) }
        }
        return (target, log(total))
    }

    @Test(arguments: laws)
    func lawIsThatOfAFullEnumeration(_ law: ExampleLaw) throws {
        let sources = try Sources()
        var clean = law
        (clean.sigma, clean.labelNoise, clean.high, clean.zipf) = (0, 0, 0.5, 0)
        let shown = try Examples(try sources.open(clean.spec), count: 200)
        let centres = Dictionary(zip(shown.queryClass, shown.inputs.map { $0[law.slots] })) { first, _ in first }
        #expect(centres.count == law.classes)
        let source = try sources.open(law.spec)
        for view in ["train", "irrelevant-rare-oobd"] {
            let examples = try Examples(source, view: view, count: 40)
            let results = try source.predictions(examples)
            for sample in 0..<40 {
                let (target, logarithm) = expected(law, examples, sample, centres)
                for (a, b) in zip(results.law[sample], target) where b.isFinite { #expect(abs(a - b) < 1e-8) }
                if logarithm > -600 {
                    #expect(abs(results.logarithm[sample] - logarithm) < 1e-8 * abs(logarithm) + 1e-8)
                }
            }
        }
    }

    @Test(arguments: [
        ExampleLaw(frequent: 5, rare: 5, high: 0.9, slots: 1, labelNoise: 0.1, sigma: 0.4, dimension: 8),
        ExampleLaw(
            frequent: 5, rare: 5, slots: 6, matches: 2, burstiness: 0.5, labelNoise: 0.1, sigma: 0.5, dimension: 8),
    ])
    func predictionsAreCalibrated(_ law: ExampleLaw) throws {
        let source = try Sources().open(law.spec)
        let examples = try Examples(source, view: "test", count: 8000)
        let results = try source.predictions(examples).law
        for label in 0..<law.classes {
            // The number of targets of this label, less what was predicted, is a sum of independent terms of mean 0.
            let difference = (0..<8000).reduce(0.0) {
                $0 + (examples.targets[$1] == label ? 1 : 0) - results[$1][label]
            }
            let variance = results.reduce(0.0) { $0 + $1[label] * (1 - $1[label]) }
            #expect(abs(difference) < 5 * variance.squareRoot() + 1e-6)
        }
        #expect(results.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-12 })
    }

    @Test func withoutInputNoiseTheErrorIsTheLabelNoise() throws {
        let source = try Sources().open("gaussian-classes(sigma=0, label_noise=0.1)")
        let examples = try Examples(source, view: "test", count: 4000)
        let results = try source.predictions(examples).law
        var errors = 0.0
        for sample in 0..<4000 {
            let label = examples.queryClass[sample]
            #expect(abs(results[sample][label] - 0.9) < 1e-9 && abs(results[sample][(label + 1) % 10] - 0.1) < 1e-9)
            if examples.targets[sample] != label { errors += 1 }
        }
        #expect(abs(errors - 400) < 5 * 360.0.squareRoot())
    }

    @Test func whatTrainingCannotShowHasNoLaw() throws {
        let source = try Sources().open("gaussian-classes(sigma=0, label_noise=0)")
        let examples = try Examples(source, view: "default-all-oobd", count: 20)
        let results = try source.predictions(examples)
        #expect(results.logarithm.allSatisfy { $0 == -.infinity } && results.law.joined().allSatisfy { $0.isNaN })
    }

    @Test func longContextsKeepTheirPrecision() throws {
        let spec = "gaussian-classes(contexts=2000, sigma=0.1, label_noise=0.2, burstiness=0.2, relevant_contexts=3)"
        let source = try Sources().open(spec)
        let results = try source.predictions(try Examples(source, view: "irrelevant-rare-oobd", count: 2))
        #expect(results.logarithm.allSatisfy { $0.isFinite })
        #expect(results.law.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-9 })
    }
}
