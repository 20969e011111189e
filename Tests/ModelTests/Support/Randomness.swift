// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Seeded numbers for tests.
struct Randomness {
    private let seed: UInt64
    private var block: UInt32 = 0

    init(seed: UInt64) { self.seed = seed }

    private mutating func word() -> UInt32 {
        defer { block += 1 }
        return Philox.block(seed: seed, purpose: 0, index: 0, block: block).0
    }

    /// In [-1, 1).
    mutating func number() -> Double { Double(word()) / 2_147_483_648 - 1 }

    /// In [0, bound).
    mutating func integer(below bound: Int) -> Int { Int((UInt64(word()) * UInt64(bound)) >> 32) }
}
