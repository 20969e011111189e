// SPDX-License-Identifier: Apache-2.0

import CInduct
import Testing

/// A random hidden Markov model, some of whose outcomes have no width.
struct HMMCase: Sendable, CustomTestStringConvertible {
    var states: Int
    var outcomes: Int
    var length: Int
    var count: Int
    var first: UInt64 = 0
    var tokenOffset: UInt32 = 0

    var testDescription: String { "\(states) states, \(outcomes) outcomes, \(count) of \(length) from \(first)" }

    private func word(_ i: Int) -> UInt32 { induct_random_word(99, 1, UInt64(states * 100 + outcomes), UInt64(i)) }

    func run(_ variant: Variant) -> (tokens: [Int32], starts: [UInt32], isIntact: Bool) {
        var thresholds: [UInt32] = []
        for state in 0..<states {
            var cuts = (0..<outcomes - 1).map { word(state * outcomes + $0) }.sorted()
            if outcomes > 3 { cuts[1] = cuts[0] }
            thresholds += cuts + [state % 2 == 0 ? .max : 0]
        }
        let starts = (0..<states - 1).map { word(100_000 + $0) }.sorted() + [0]
        let tokens = (0..<states * outcomes).map { tokenOffset + word(200_000 + $0) % 7 }
        let targets = (0..<states * outcomes).map { word(300_000 + $0) % UInt32(states) }
        let stride = length + 3
        let output = GuardedBuffer([Float](repeating: 0, count: count * stride))
        let startStates = GuardedBuffer(unwritten: count)
        var call = induct_hmm_sample()
        call.struct_size = UInt32(MemoryLayout<induct_hmm_sample>.size)
        call.purpose = 5
        call.seed = 0xfeed_beef_1234
        call.first = first
        call.count = UInt64(count)
        call.length = Int64(length)
        call.states = UInt32(states)
        call.outcomes = UInt32(outcomes)
        call.ld_tokens = Int64(stride)
        call.tokens = UnsafeMutableRawPointer(output.pointer).assumingMemoryBound(to: Int32.self)
        call.start_states = UnsafeMutableRawPointer(startStates.pointer).assumingMemoryBound(to: UInt32.self)
        starts.withUnsafeBufferPointer { starts in
            thresholds.withUnsafeBufferPointer { thresholds in
                tokens.withUnsafeBufferPointer { tokens in
                    targets.withUnsafeBufferPointer { targets in
                        call.start_thresholds = starts.baseAddress
                        call.thresholds = thresholds.baseAddress
                        call.outcome_token = tokens.baseAddress
                        call.outcome_state = targets.baseAddress
                        variant.table.pointee.hmm_sample(&call)
                    }
                }
            }
        }
        return (
            output.values.map { Int32(bitPattern: $0.bitPattern) }, startStates.values.map(\.bitPattern),
            output.isIntact && startStates.isIntact
        )
    }
}

@Suite struct HMMSampleTests {
    static let cases: [HMMCase] = [
        HMMCase(states: 1, outcomes: 1, length: 5, count: 3),
        HMMCase(states: 1, outcomes: 2, length: 100, count: 40),
        HMMCase(states: 3, outcomes: 9, length: 65, count: 33, first: (1 << 32) - 7),
        HMMCase(states: 4, outcomes: 3, length: 1, count: 16),
        HMMCase(states: 5, outcomes: 4, length: 15, count: 17),
        HMMCase(states: 8, outcomes: 5, length: 16, count: 15),
        HMMCase(states: 9, outcomes: 32, length: 31, count: 20),
        HMMCase(states: 16, outcomes: 6, length: 17, count: 5),
        HMMCase(states: 17, outcomes: 33, length: 40, count: 18),
        HMMCase(states: 3, outcomes: 4, length: 20, count: 9, tokenOffset: 70_000),
        HMMCase(states: 40, outcomes: 2, length: 9, count: 1),
        HMMCase(states: 2, outcomes: 3, length: 0, count: 4),
        HMMCase(states: 2, outcomes: 3, length: 4, count: 0),
    ]

    @Test(arguments: Variant.vector, cases)
    func samplesAreThoseOfTheScalarDefinition(_ variant: Variant, test: HMMCase) {
        let found = test.run(variant)
        let expected = test.run(.reference)
        #expect(found.isIntact)
        #expect(found.tokens == expected.tokens)
        #expect(found.starts == expected.starts)
    }

    @Test(arguments: Variant.vector) func samplesDoNotDependOnTheCallThatAsksForThem(_ variant: Variant) {
        let all = HMMCase(states: 3, outcomes: 9, length: 50, count: 37).run(variant).tokens
        let later = HMMCase(states: 3, outcomes: 9, length: 50, count: 10, first: 21).run(variant).tokens
        #expect(Array(all[21 * 53..<31 * 53]) == later)
        let shorter = HMMCase(states: 3, outcomes: 9, length: 20, count: 1).run(variant).tokens
        #expect(Array(all[0..<20]) == Array(shorter[0..<20]))
    }
}
