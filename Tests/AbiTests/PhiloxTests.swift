// SPDX-License-Identifier: Apache-2.0

import CInduct
import Testing

/// A known answer of Philox4x32-10.
///
/// Source: Salmon, Moraes, Dror, Shaw 2011; the vectors are those of the Random123 library, file kat_vectors.
struct KnownAnswer: Sendable {
    let counter: [UInt32]
    let key: [UInt32]
    let output: [UInt32]

    static let all = [
        KnownAnswer(
            counter: [0, 0, 0, 0], key: [0, 0],
            output: [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
        KnownAnswer(
            counter: [.max, .max, .max, .max], key: [.max, .max],
            output: [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
        KnownAnswer(
            counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], key: [0xa409_3822, 0x299f_31d0],
            output: [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
    ]
}

@Suite("random.h")
struct PhiloxTests {
    @Test("agrees with the known answers of Random123", arguments: KnownAnswer.all)
    func knownAnswers(answer: KnownAnswer) {
        var output: [UInt32] = [0, 0, 0, 0]
        induct_philox(answer.counter, answer.key, &output)
        #expect(output == answer.output)
    }

    @Test("lays a stream's words out as its header says")
    func streamLayout() {
        let seed: UInt64 = 0x299f_31d0_a409_3822
        let index: UInt64 = 0x0370_7344_1319_8a2e
        var output: [UInt32] = [0, 0, 0, 0]
        induct_random_block(seed, 0x85a3_08d3, index, 0x243f_6a88, &output)
        #expect(output == KnownAnswer.all[2].output)
        for word in 0..<4 {
            let got = induct_random_word(seed, 0x85a3_08d3, index, UInt64(0x243f_6a88) * 4 + UInt64(word))
            #expect(got == output[word])
        }
    }

    @Test("maps words to the ends of its ranges exactly")
    func extremes() {
        #expect(induct_uniform_float(0) == 0)
        #expect(induct_uniform_float(.max) == 1 - 0x1p-24)
        #expect(induct_uniform_double(0, 0) == 0)
        #expect(induct_uniform_double(.max, .max) == 1 - 0x1p-53)
        #expect(induct_random_below(.max, 7) == 6)
        #expect(induct_random_below(0, 7) == 0)
        #expect(induct_threshold(0) == 0)
        #expect(induct_threshold(.nan) == 0)
        #expect(induct_threshold(-1) == 0)
        #expect(induct_threshold(0.5) == 0x8000_0000)
        #expect(induct_threshold(1) == .max)
        #expect(induct_threshold(.infinity) == .max)
    }

    @Test("derives other seeds for other parts")
    func derivedSeedsDiffer() {
        let derived = Set((0..<1_000).map { induct_random_derive(7, $0) })
        #expect(derived.count == 1_000)
        #expect(!derived.contains(7))
    }
}
