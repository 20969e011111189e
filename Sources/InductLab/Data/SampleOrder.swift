// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Which sample of a view training sees when: a pure function of the position in the stream.
///
/// An endless view is taken in its own order. A finite one is shuffled anew for every pass over it, by a Feistel network of
/// four rounds on the smallest even number of bits that holds the count, walked along its cycles until it falls below it.
///
/// Source: Black and Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002.
package struct SampleOrder: Sendable {
    /// The seed's salt for this stream.
    package static let salt: UInt64 = 4
    /// Purpose words of the rounds begin here.
    private static let purpose: UInt32 = 300

    private let seed: UInt64
    /// nil: endless.
    private let count: UInt64?
    private let halfBits: UInt64

    /// The order for a run with this seed.
    package init(runSeed: UInt64, count: UInt64?) {
        seed = Seed.derive(runSeed, Self.salt)
        self.count = count
        let bits = 64 - ((count ?? 1) - 1).leadingZeroBitCount
        halfBits = UInt64(max(1, (bits + 1) / 2))
    }

    /// True when neighbouring positions are neighbouring samples.
    package var isContiguous: Bool { count == nil }

    /// The sample at `position` of the stream.
    package func sample(_ position: UInt64) -> UInt64 {
        guard let count else { return position }
        let pass = position / count
        var value = position % count
        repeat { value = encipher(value, pass: pass) } while value >= count
        return value
    }

    private func encipher(_ value: UInt64, pass: UInt64) -> UInt64 {
        let mask = (1 << halfBits) - 1 as UInt64
        var left = value >> halfBits
        var right = value & mask
        for round in 0..<4 as Range<UInt32> {
            let words = Philox.block(
                seed: seed ^ (right >> 32) << 32, purpose: Self.purpose + round, index: pass,
                block: UInt32(truncatingIfNeeded: right))
            (left, right) = (right, left ^ (UInt64(words.0) & mask))
        }
        return left << halfBits | right
    }
}
