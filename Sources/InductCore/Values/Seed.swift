// SPDX-License-Identifier: Apache-2.0

/// How the seed of a run becomes the seeds of its parts.
package enum Seed {
    /// INDUCT_DRAW_DERIVE of random.h.
    private static let derivePurpose: UInt32 = 258

    /// Salts of the run's own streams.
    ///
    /// Training and evaluation share the data's seed, and with it the task; their views
    /// differ.
    package static let initialisationSalt: UInt64 = 1
    package static let dropoutSalt: UInt64 = 2
    package static let dataSalt: UInt64 = 3

    /// A seed of its own for part `salt` of something seeded by `seed`; equal to `induct_random_derive` of random.h.
    package static func derive(_ seed: UInt64, _ salt: UInt64) -> UInt64 {
        let words = Philox.block(seed: seed, purpose: derivePurpose, index: salt, block: 0)
        return UInt64(words.0) | UInt64(words.1) << 32
    }
}
