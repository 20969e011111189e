// SPDX-License-Identifier: Apache-2.0

import InductCore

/// What a sample and the functions called for it exchange: random words in, values out.
///
/// The words are those of the stream (seed, INDUCT_PURPOSE(view, 0), sample) of random.h, one after the other.
final class SampleExchange {
    private var seed: UInt64 = 0
    private var purpose: UInt32 = 0
    private var index: UInt64 = 0
    private var word: UInt32 = 0
    private var block: Philox.Block = (0, 0, 0, 0)

    /// Where values that a callback takes go; the first `wanted` of them.
    private(set) var taken: [ForeignNumber] = []
    private var wanted = 0

    /// Starts a sample.
    func begin(seed: UInt64, view: UInt32, index: UInt64, wanted: Int) {
        self.seed = seed
        purpose = view << 16
        self.index = index
        word = 0
        self.wanted = wanted
        taken.removeAll(keepingCapacity: true)
    }

    private func next() -> UInt32 {
        if word & 3 == 0 {
            block = Philox.block(seed: seed, purpose: purpose, index: index, block: word >> 2)
        }
        defer { word &+= 1 }
        return switch word & 3 {
        case 0: block.0
        case 1: block.1
        case 2: block.2
        default: block.3
        }
    }

    /// Random bits: the low ones of a word, or of two, the first word low.
    func bits(_ count: Int) -> UInt64 {
        let low = UInt64(next())
        if count <= 32 { return low & (UInt64.max >> (64 - count)) }
        return (low | UInt64(next()) << 32) & (UInt64.max >> (64 - count))
    }

    /// In [0, 1): induct_uniform_float of a word, or induct_uniform_double of two.
    func uniform(bytes: Int) -> Double {
        if bytes == 4 { return Double(next() >> 8) * 0x1p-24 }
        return Double((bits(64)) >> 11) * 0x1p-53
    }

    func take(_ value: ForeignNumber) {
        if taken.count < wanted { taken.append(value) }
    }
}
