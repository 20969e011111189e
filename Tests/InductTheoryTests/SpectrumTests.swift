// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductTheory
import Testing

@Suite struct SpectrumTests {
    @Test(arguments: catalogue.filter(\.isFinite)) func contributionsAddUpToTheEntropies(_ process: Process) throws {
        let theory = try Theory.of(HiddenMarkovModel(process.model), request: TheoryRequest(length: 48))
        let spectrum = try #require(theory.spectrum)
        for l in 0..<48 {
            let sum = spectrum.eigenvalues.reduce(0) { $0 + $1.contribution[l] }
            #expect(abs(sum - theory.entropy[l]) < 1e-9)
        }
        #expect(spectrum.eigenvalues.reduce(0) { $0 + $1.multiplicity } == theory.mixedStates)
        let largest = try #require(spectrum.eigenvalues.first)
        #expect(
            abs(largest.real - 1) < 1e-9
                || abs(largest.real * largest.real + largest.imaginary * largest.imaginary - 1) < 1e-9)
    }

    @Test(arguments: examples.filter { $0.excess != nil && !$0.name.contains("coin") && !$0.name.contains("K=") })
    func contributionsAddUpInTheWorkedExamples(_ example: Example) throws {
        let theory = try Theory.of(HiddenMarkovModel(example.model), request: TheoryRequest(length: 24))
        let spectrum = try #require(theory.spectrum)
        for (l, expected) in example.entropy.enumerated() {
            #expect(abs(spectrum.eigenvalues.reduce(0) { $0 + $1.contribution[l] } - expected) < 1e-9)
        }
    }

    @Test func evenProcessHasItsKnownEigenvalues() throws {
        let theory = try Theory.of(HiddenMarkovModel(Processes.even(0.5)), request: TheoryRequest(length: 8))
        let values = try #require(theory.spectrum).eigenvalues.map(\.real)
        for expected in [1, 0.5.squareRoot(), -0.5.squareRoot(), -0.5] {
            #expect(values.contains { abs($0 - expected) < 1e-9 })
        }
    }

    @Test func copyingTwoBackHasANilpotentBlockOfIndexTwo() throws {
        let theory = try Theory.of(HiddenMarkovModel(Processes.copyBack(2, 0.75)), request: TheoryRequest(length: 8))
        let spectrum = try #require(theory.spectrum)
        let zero = try #require(spectrum.eigenvalues.first { $0.real == 0 && $0.imaginary == 0 })
        #expect(zero.index >= 2)
        #expect(abs(zero.contribution[0]) > 0.1 && abs(zero.contribution[1]) > 0.1)
        #expect(zero.contribution.dropFirst(zero.index).allSatisfy { abs($0) < 1e-12 })
    }

    @Test(arguments: catalogue.filter(\.isFinite)) func theNilpotentPartEndsAfterItsIndex(_ process: Process) throws {
        let theory = try Theory.of(HiddenMarkovModel(process.model), request: TheoryRequest(length: 48))
        for value in try #require(theory.spectrum).eigenvalues where value.real == 0 && value.imaginary == 0 {
            #expect(value.contribution.dropFirst(value.index).allSatisfy { abs($0) < 1e-8 })
        }
    }
}
