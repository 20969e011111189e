// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductTheory
import Testing

@Suite(.serialized) struct EstimateTests {
    static let threeMess3 = Processes.mixture([
        Processes.mess3(0.05, 0.85), Processes.mess3(0.15, 0.6), Processes.mess3(0.45, 0.9),
    ])

    @Test func bracketSettlesLongCurvesWithoutSampling() throws {
        let model = try HiddenMarkovModel(Processes.mess3(0.15, 0.6))
        let theory = try Theory.of(model, request: TheoryRequest(length: 2000))
        let bounds = try #require(theory.entropyRateBounds)
        #expect(theory.method == .exact && theory.entropyStandardError == nil)
        #expect(bounds.upperBound - bounds.lowerBound < 1e-8 && theory.error < 1e-8)
        #expect(theory.entropy.count == 2000 && bounds.contains(theory.entropy[1999]))
        #expect(try #require(theory.excessEntropy) > 0.012_556_97)
    }

    @Test func mixturesBeyondEnumerationAreEstimatedToTheWantedPrecision() throws {
        let theory = try Theory.of(HiddenMarkovModel(Self.threeMess3), request: TheoryRequest(length: 64))
        let errors = try #require(theory.entropyStandardError)
        #expect(theory.method == .monteCarlo)
        #expect(errors.allSatisfy { $0 <= 2e-4 } && errors.prefix(9).allSatisfy { $0 == 0 })
        let bounds = try #require(theory.entropyRateBounds)
        for l in 1..<64 {
            #expect(theory.entropy[l] <= theory.entropy[l - 1] + 4.5 * (errors[l] + errors[l - 1]))
            #expect(theory.entropy[l] >= bounds.lowerBound - 4.5 * errors[l])
        }
    }

    @Test func estimatesAgreeWithExactValuesAndDependOnTheSeedAlone() throws {
        let model = try HiddenMarkovModel(Self.threeMess3)
        let first = try Theory.of(model, request: TheoryRequest(length: 16, seed: 5))
        let again = try Theory.of(model, request: TheoryRequest(length: 16, seed: 5))
        // Without components a belief costs less, so that more positions are enumerated before sampling begins.
        let deeper = try Theory.of(model, request: TheoryRequest(length: 16, seed: 6, components: false))
        #expect(first.entropy == again.entropy && first.entropy != deeper.entropy)
        let errors = try #require(first.entropyStandardError)
        let deeperErrors = try #require(deeper.entropyStandardError)
        #expect(zip(errors, deeperErrors).contains { $0 > 0 && $1 == 0 })
        for l in 0..<16 {
            let spread = (errors[l] * errors[l] + deeperErrors[l] * deeperErrors[l]).squareRoot()
            #expect(abs(first.entropy[l] - deeper.entropy[l]) <= 4.5 * spread + 1e-12)
        }
    }
}
