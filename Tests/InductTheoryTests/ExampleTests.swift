// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductTheory
import Testing

@Suite struct ExampleTests {
    @Test(arguments: examples) func entropiesEqualTheWorkedExamples(_ example: Example) throws {
        let theory = try Theory.of(
            HiddenMarkovModel(example.model), request: TheoryRequest(length: example.entropy.count))
        #expect(theory.method == .exact)
        #expect(theory.error < 1e-9)
        for (computed, expected) in zip(theory.entropy, example.entropy) { #expect(abs(computed - expected) < 1e-9) }
    }

    @Test(arguments: examples) func ratesAndExcessEntropiesEqualTheWorkedExamples(_ example: Example) throws {
        let theory = try Theory.of(
            HiddenMarkovModel(example.model), request: TheoryRequest(length: example.entropy.count))
        let rate = try #require(theory.entropyRate)
        if let expected = example.rate { #expect(abs(rate - expected) < 1e-9) }
        if let expected = example.excess { #expect(abs(try #require(theory.excessEntropy) - expected) < 1e-9) }
        if let expected = example.mixedStates { #expect(theory.mixedStates == expected) }
        if let bracket = example.bracket {
            let bounds = try #require(theory.entropyRateBounds)
            #expect(bounds.overlaps(bracket) && bounds.contains(rate) && bracket.contains(rate))
        }
    }

    @Test(arguments: examples.filter { !$0.later.isEmpty })
    func laterEntropiesEqualTheWorkedExamples(_ example: Example) throws {
        let length = try #require(example.later.keys.max())
        let theory = try Theory.of(HiddenMarkovModel(example.model), request: TheoryRequest(length: length))
        for (position, expected) in example.later { #expect(abs(theory.entropy[position - 1] - expected) < 1e-9) }
    }
}
