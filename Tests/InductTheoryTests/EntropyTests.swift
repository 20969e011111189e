// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductTheory
import Testing

@Suite struct EntropyTests {
    @Test(arguments: catalogue) func entropiesEqualThoseOfEnumeratedWords(_ process: Process) throws {
        let length = process.model.tokens > 3 ? 5 : process.model.tokens == 3 ? 6 : 9
        let expected = BruteForce.entropies(process.model, length: length)
        let theory = try Theory.of(HiddenMarkovModel(process.model), request: TheoryRequest(length: length))
        #expect(theory.method == .exact)
        for (computed, wanted) in zip(theory.entropy, expected) { #expect(abs(computed - wanted) < 1e-10) }
    }

    @Test(arguments: catalogue) func entropiesOfStationarySourcesNeverRise(_ process: Process) throws {
        let theory = try Theory.of(HiddenMarkovModel(process.model), request: TheoryRequest(length: 12))
        for (later, earlier) in zip(theory.entropy.dropFirst(), theory.entropy) { #expect(later <= earlier + 1e-13) }
        if let rate = theory.entropyRate, !process.name.hasPrefix("tom") {
            #expect(theory.entropy.allSatisfy { $0 >= rate - 1e-12 })
        }
    }

    @Test(arguments: catalogue) func mixedStatesAreCountedOnlyWhereTheyAreFinitelyMany(_ process: Process) throws {
        let theory = try Theory.of(HiddenMarkovModel(process.model), request: TheoryRequest(length: 4))
        #expect((theory.mixedStates != nil) == process.isFinite)
    }

    @Test(arguments: catalogue.filter(\.isFinite)) func excessEntropyIsTheSumOverManyPositions(_ process: Process)
        throws
    {
        let theory = try Theory.of(HiddenMarkovModel(process.model), request: TheoryRequest(length: 600))
        let rate = try #require(theory.entropyRate)
        let sum = theory.entropy.reduce(0) { $0 + ($1 - rate) }
        #expect(abs(try #require(theory.excessEntropy) - sum) < 1e-9)
    }

    @Test func convergingPresentationsGiveTheSameExcessEntropyAsTheirSum() throws {
        for (model, length) in [
            (Processes.simpleNonunifilar(0.5, 0.5), 400), (Processes.simpleNonunifilar(0.2, 0.7), 400),
            (Processes.fanizza(alpha: 2000, lambda: 0.49), 200), (Processes.postQuantum(logAlpha: 1, beta: 0.5), 200),
        ] {
            let theory = try Theory.of(HiddenMarkovModel(model), request: TheoryRequest(length: length))
            let rate = try #require(theory.entropyRate)
            let sum = theory.entropy.reduce(0) { $0 + ($1 - rate) }
            #expect(theory.method == .exact)
            #expect(abs(try #require(theory.excessEntropy) - sum) < 1e-8)
        }
    }

    @Test func simpleNonunifilarSourceHasItsKnownRate() throws {
        let theory = try Theory.of(
            HiddenMarkovModel(Processes.simpleNonunifilar(0.5, 0.5)), request: TheoryRequest(length: 10))
        #expect(abs(try #require(theory.entropyRate) - 0.469_861_725_3) < 1e-10)
    }

    @Test func rateOfAGeneralisedModelWithoutBoundsIsAnEstimateBelowItsEntropies() throws {
        let model = try HiddenMarkovModel(Processes.tomQuantum(alpha: 1, beta: 7.141_428_428_5))
        let theory = try Theory.of(model, request: TheoryRequest(length: 12))
        let rate = try #require(theory.entropyRate)
        let error = try #require(theory.entropyRateStandardError)
        #expect(theory.method == .exact && theory.entropyRateBounds == nil && theory.excessEntropy == nil)
        #expect(error <= 2e-4 && error > 0)
        let later = try Theory.of(model, request: TheoryRequest(length: 200, seed: 9))
        let last = later.entropy[199]
        let lastError = try #require(later.entropyStandardError)[199]
        let spread = (error * error + lastError * lastError).squareRoot()
        #expect(abs(rate - last) <= 4.5 * spread)
    }

    @Test func goldenMeanMixedWithEvenHasExcessEntropyOfLogThree() throws {
        let model = Processes.mixture([Processes.goldenMean(0.5), Processes.even(0.5)])
        let theory = try Theory.of(HiddenMarkovModel(model), request: TheoryRequest(length: 200))
        #expect(abs(try #require(theory.excessEntropy) - log(3.0)) < 1e-9)
    }

    @Test(arguments: 2...10) func distinguishableCoinsHaveTheEntropyOfTheirChoiceAsExcess(_ count: Int) throws {
        let coins = (1...count).map { Processes.coin(Double($0) / Double(count + 1)) }
        let theory = try Theory.of(HiddenMarkovModel(Processes.mixture(coins)), request: TheoryRequest(length: 8))
        #expect(abs(try #require(theory.excessEntropy) - log(Double(count))) < 1e-9)
    }

    @Test func equalComponentsAddNothingToTheExcessEntropy() throws {
        let twice = Processes.mixture([Processes.even(0.5), Processes.even(0.5), Processes.coin(0.25)])
        let theory = try Theory.of(HiddenMarkovModel(twice), request: TheoryRequest(length: 8))
        let choice = -(2.0 / 3) * log(2.0 / 3) - (1.0 / 3) * log(1.0 / 3)
        let own = -(1.0 / 3) * log(1.0 / 3) - (2.0 / 3) * log(2.0 / 3)
        #expect(abs(try #require(theory.excessEntropy) - (choice + 2.0 / 3 * own)) < 1e-9)
    }

    @Test(arguments: [0.0, 0.5, 1]) func mixtureRateIsTheWeightedMeanOfRates(_ share: Double) throws {
        let parts = [Processes.goldenMean(0.3), Processes.coin(0.8)]
        let rates = try parts.map { part in
            let theory = try Theory.of(HiddenMarkovModel(part), request: TheoryRequest(length: 4))
            return try #require(theory.entropyRate)
        }
        let mixed = Processes.mixture(parts, weights: [share, 1 - share])
        let theory = try Theory.of(HiddenMarkovModel(mixed), request: TheoryRequest(length: 4))
        #expect(abs(try #require(theory.entropyRate) - share * rates[0] - (1 - share) * rates[1]) < 1e-10)
    }

    @Test func longCurvesOfFinitePresentationsStayExact() throws {
        let theory = try Theory.of(
            HiddenMarkovModel(Processes.rrxor(0.5, 0.5)), request: TheoryRequest(length: 1_000_000))
        #expect(theory.entropy.count == 1_000_000)
        #expect(abs(theory.entropy[999_999] - 2.0 / 3 * log(2.0)) < 1e-12)
    }

    @Test func oscillatingSourcesHaveNoExcessEntropy() throws {
        var model = Processes.zeroOneRandom(0.5)
        model.start = [0, 0, 1]
        let theory = try Theory.of(HiddenMarkovModel(model), request: TheoryRequest(length: 7))
        let known: [Double] = [log(2.0), 0, 0, log(2.0), 0, 0, log(2.0)]
        for (l, expected) in known.enumerated() {
            #expect(abs(theory.entropy[l] - expected) < 1e-12)
        }
        #expect(abs(try #require(theory.entropyRate) - log(2.0) / 3) < 1e-12)
        #expect(theory.excessEntropy == nil && theory.excessEntropyReason != nil)
    }
}
