// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductTheory
import Testing

@Suite struct SourceTests {
    @Test(arguments: [Processes.dursleyWonka(0.4, 0.25), Processes.rrxor(0.5, 0.5), Processes.mess3(0.15, 0.6)])
    func beginTokenComesFirstAndChangesNothingElse(_ child: SourceHMM) throws {
        let plain = try Theory.of(HiddenMarkovModel(child), request: TheoryRequest(length: 9))
        let source = try StatedSource(Processes.begin(child), beginTokens: 1)
        let theory = try Theory.of(source, request: TheoryRequest(length: 10))
        #expect(theory.vocabulary == child.tokens + 1)
        #expect(theory.entropy.count == 10 && theory.entropy[0] == 0)
        for (own, expected) in zip(theory.entropy.dropFirst(), plain.entropy) { #expect(abs(own - expected) < 1e-12) }
        #expect(abs(try #require(theory.entropyRate) - (try #require(plain.entropyRate))) < 1e-12)
        #expect(abs(try #require(theory.excessEntropy) - (try #require(plain.excessEntropy))) < 1e-9)
        #expect(theory.mixedStates == plain.mixedStates)
    }

    @Test func beginTokensThatComeAgainAreRefused() throws {
        let source = try StatedSource(Processes.goldenMean(0.5), beginTokens: 1)
        #expect(throws: TheoryError.self) { try Theory.of(source, request: TheoryRequest(length: 3)) }
    }

    @Test func closedFormsArePassedOn() throws {
        let source = try StatedSource(
            Processes.coin(0.5), statesModel: false, theory: StatedTheory(rate: .finite(0.25), excess: .diverges))
        let theory = try Theory.of(source, request: TheoryRequest(length: 3))
        #expect(theory.entropy == [1, 0.5, 1.0 / 3] && theory.entropyRate == 0.25 && theory.method == .exact)
        #expect(theory.excessEntropy == nil && theory.excessEntropyReason == "the excess entropy diverges")
    }

    @Test func sourcesThatOnlySampleAndScoreAreEstimatedWithoutBias() throws {
        let process = Processes.dursleyWonka(0.4, 0.25)
        let exact = try Theory.of(HiddenMarkovModel(process), request: TheoryRequest(length: 12))
        let source = try StatedSource(process, statesModel: false, hasOracle: true)
        let theory = try Theory.of(source, request: TheoryRequest(length: 12, precision: 0.005, seed: 3))
        let errors = try #require(theory.entropyStandardError)
        #expect(theory.method == .monteCarlo && theory.excessEntropy == nil)
        for l in 0..<12 {
            #expect(errors[l] <= 0.005)
            #expect(abs(theory.entropy[l] - exact.entropy[l]) <= 4.5 * errors[l] + 1e-12)
        }
    }

    /// Laws of many numbers, or an oracle that weighs many possibilities, would take hours; this precision has thirty times the
    /// usual work.
    @Test func estimatesTakeFewerSamplesWherePredictionsAreDear() throws {
        let process = Processes.dursleyWonka(0.4, 0.25)
        for (beliefSize, samples) in [(0, 65_536), (1 << 20, 7_680), (1 << 29, 256)] {
            let source = try StatedSource(process, statesModel: false, hasOracle: true, beliefSize: beliefSize)
            let theory = try Theory.of(source, request: TheoryRequest(length: 2, precision: 1e-9, seed: 3))
            #expect(theory.notes.contains { $0.hasPrefix("Estimated from \(samples) sampled") }, "\(theory.notes)")
            #expect(theory.notes.contains { $0.hasPrefix("The work ended before standard errors of 1e-09") })
        }
    }

    @Test func sourcesThatStateNothingAreRefused() throws {
        let source = try StatedSource(Processes.coin(0.5), statesModel: false)
        let error = #expect(throws: TheoryError.self) { try Theory.of(source, request: TheoryRequest(length: 3)) }
        #expect(error?.description.contains("no oracle") == true)
    }

    @Test func anOracleFollowsFromAStatedModel() throws {
        let bare = try StatedSource(Processes.coin(0.3))
        let source = try SourceWithOracle.deriving(from: bare)
        let batch = Batch(schema: source.schema, count: 2, length: 3)
        try source.fill(batch, rows: 0..<2, view: 0, seed: 1, first: 0)
        let results = OracleResults(predictive: Tensor(.float64, [2, 4, 2]))
        try #require(source.oracle).evaluate(batch, view: 0, seed: 1, into: results)
        #expect(try #require(results.predictive).doubles.enumerated().allSatisfy { $1 == ($0 % 2 == 0 ? 0.3 : 0.7) })
        let scored = try StatedSource(Processes.coin(0.3), hasOracle: true)
        #expect(try SourceWithOracle.deriving(from: scored) === scored)
    }
}
