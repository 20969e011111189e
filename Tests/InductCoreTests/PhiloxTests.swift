// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore
import Testing

struct PhiloxTests {
    /// Source: the known-answer vectors of Random123, philox4x32 with 10 rounds.
    @Test(arguments: [
        ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
        (
            [UInt32.max, .max, .max, .max], [.max, .max], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        ),
        (
            [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        ),
    ])
    func knownAnswersAreMet(_ counter: [UInt32], key: [UInt32], answer: [UInt32]) {
        let words = Philox.block(counter: (counter[0], counter[1], counter[2], counter[3]), key: (key[0], key[1]))
        #expect([words.0, words.1, words.2, words.3] == answer)
    }

    @Test func streamsAndDerivedSeedsEqualThoseOfTheHeader() {
        for i: UInt64 in 0..<500 {
            let seed = i &* 0x9e37_79b9_7f4a_7c15
            let index = seed ^ 0xffff_0000_1234
            var words: [UInt32] = [0, 0, 0, 0]
            induct_random_block(seed, UInt32(i), index, UInt32(i &* 7), &words)
            let ours = Philox.block(seed: seed, purpose: UInt32(i), index: index, block: UInt32(i &* 7))
            #expect([ours.0, ours.1, ours.2, ours.3] == words)
            #expect(Seed.derive(seed, i) == induct_random_derive(seed, i))
        }
    }
}
