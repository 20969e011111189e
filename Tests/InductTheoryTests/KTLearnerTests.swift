// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductTheory
import Testing

@Suite("The KT learner")
struct KTLearnerTests {
    @Test("its average excess is the mean over its predictions", arguments: [2, 3, 10, 50], [1, 2, 16, 256, 4096])
    func averageIsTheMean(labels: Int, count: Int) {
        let learner = KTLearner(labels: labels)
        var sum = 0.0
        for n in 0..<count { sum -= log((Double(n) + 0.5) / (Double(n) + Double(labels) / 2)) }
        #expect(abs(learner.averageExcess(over: Double(count)) - sum / Double(count)) < 1e-9)
        let last = log((Double(count) - 1 + Double(labels) / 2) / (Double(count) - 0.5))
        #expect(abs(learner.excess(after: Double(count - 1)) - last) < 1e-12)
    }

    @Test("ten labels and 256 samples cost 0.08745 nats on average and 0.0174 at the end")
    func namedValues() {
        let learner = KTLearner(labels: 10)
        #expect(abs(learner.averageExcess(over: 256) - 0.08745) < 5e-6)
        #expect(abs(learner.excess(after: 256) - 0.0174) < 5e-5)
        #expect(abs(learner.excess(after: 256) - 9.0 / (2 * 256)) < 4e-4)
    }

    @Test("what the expansion leaves out is of order 1/N", arguments: [2, 10, 100])
    func expansionConverges(labels: Int) {
        let learner = KTLearner(labels: labels)
        // (average - expansion) N tends to ln Gamma(1/2) - ln Gamma(C/2), with corrections of order 1/N.
        let limit = lgamma(0.5) - lgamma(Double(labels) / 2)
        for exponent in 8...20 {
            let n = Double(1 << exponent)
            let rest = (learner.averageExcess(over: n) - learner.expansion(over: n)) * n
            #expect(abs(rest - limit) < Double(labels * labels) / n + 1e-8)
        }
    }

    @Test("no sequence of labels costs more than the bound over the best law", arguments: [(2, 10), (3, 7), (4, 5)])
    func boundHolds(labels: Int, count: Int) {
        let learner = KTLearner(labels: labels)
        let bound = learner.averageExcessBound(over: Double(count)) * Double(count)
        for sequence in EnumeratedExamples.tuples(labels, count) {
            var seen = [Double](repeating: 0, count: labels)
            var loss = 0.0
            for (n, label) in sequence.enumerated() {
                loss -= log((seen[label] + 0.5) / (Double(n) + Double(labels) / 2))
                seen[label] += 1
            }
            let best = seen.reduce(0) { $1 > 0 ? $0 - $1 * log($1 / Double(count)) : $0 }
            #expect(loss - best <= bound + 1e-12)
        }
        #expect(learner.averageExcess(over: Double(count)) * Double(count) <= bound + 1e-12)
    }

    @Test(
        "under label noise the excess is the mean over what was seen",
        arguments: [(3, 0.1), (10, 0.01), (10, 0.4), (2, 0.5), (5, 1)])
    func noiseIsAveraged(labels: Int, noise: Double) {
        let learner = KTLearner(labels: labels, labelNoise: noise)
        for count in 0...11 {
            var expected = 0.0
            for flips in EnumeratedExamples.tuples(2, count + 1) {
                let probability = flips.reduce(1) { $0 * ($1 == 1 ? noise : 1 - noise) }
                guard probability > 0 else { continue }
                let seen = Double(flips.prefix(count).count { $0 == flips[count] })
                expected -= probability * log((seen + 0.5) / (Double(count) + Double(labels) / 2))
            }
            #expect(abs(learner.excess(after: Double(count)) - (expected - learner.entropy)) < 1e-12, "\(count)")
        }
    }

    @Test("under label noise the excess tends to that of two probabilities, C/2 in all per 2 n")
    func noisyExcessFalls() {
        let learner = KTLearner(labels: 10, labelNoise: 0.1)
        // Estimating two frequencies costs 1/(2n), the eight labels never seen another 8/(2n).
        for n in [1e4, 1e5, 1e6] { #expect(abs(learner.excess(after: n) * 2 * n - 9) < 100 / n * 10 + 1e-3) }
    }

    @Test("the fewest samples are those before which the excess is too high", arguments: [0, 0.01, 0.3])
    func fewestSamplesAreFewest(noise: Double) throws {
        let learner = KTLearner(labels: 10, labelNoise: noise)
        for level in [2.0, 0.7, 0.1, 0.0091, 1e-3] {
            let count = try #require(learner.samples(forExcessBelow: level))
            #expect(learner.excess(after: Double(count)) < level)
            #expect(count == 0 || learner.excess(after: Double(count - 1)) >= level)
        }
        #expect(learner.samples(forExcessBelow: 3) == 0)
        #expect(learner.samples(forExcessBelow: 0) == nil && learner.samples(forExcessBelow: -1) == nil)
    }
}
