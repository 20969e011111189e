// SPDX-License-Identifier: Apache-2.0

import CInduct

/// What a random stream is for: a kind of draw in a view.
///
/// Streams of different purposes are disjoint.
public struct DrawPurpose: Equatable, Sendable {
    /// The purpose word of random.h.
    public let word: UInt32

    init(word: UInt32) { self.word = word }

    /// Draws of kind `kind` in view `view`; kinds up to 255 are the plugin's own.
    public init(view: Int, kind: UInt32) { word = UInt32(truncatingIfNeeded: view) << 16 | (kind & 0xffff) }

    /// Draws that belong to the task itself and are shared by all views.
    public static func task(kind: UInt32) -> DrawPurpose { DrawPurpose(view: Int(INDUCT_TASK_VIEW), kind: kind) }

    /// The tokens of a hidden Markov model.
    public static func sequence(view: Int) -> DrawPurpose { DrawPurpose(view: view, kind: INDUCT_DRAW_SEQUENCE) }

    /// Which component of a mixture.
    public static func component(view: Int) -> DrawPurpose { DrawPurpose(view: view, kind: INDUCT_DRAW_COMPONENT) }
}

/// A stream of 2^34 random words, each a pure function of (seed, purpose, index, number of the word); see random.h.
///
/// Reading forwards makes one Philox block for every four words.
public struct RandomStream: Sendable {
    /// Of everything random.
    public let seed: UInt64
    /// What the stream is for.
    public let purpose: DrawPurpose
    /// Usually the sample's number.
    public let index: UInt64
    /// The number of the word that `next` gives.
    public private(set) var position: UInt64 = 0
    private var block: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)

    /// The stream at its beginning.
    public init(seed: UInt64, purpose: DrawPurpose, index: UInt64) {
        self.seed = seed
        self.purpose = purpose
        self.index = index
    }

    /// The word with this number, wherever the stream stands.
    public func word(_ number: UInt64) -> UInt32 { induct_random_word(seed, purpose.word, index, number) }

    /// The next word, in `[0, 2^32)`.
    public mutating func next() -> UInt32 {
        if position & 3 == 0 {
            withUnsafeMutableBytes(of: &block) { bytes in
                induct_random_block(
                    seed, purpose.word, index, UInt32(truncatingIfNeeded: position >> 2),
                    bytes.baseAddress?.assumingMemoryBound(to: UInt32.self))
            }
        }
        defer { position += 1 }
        switch position & 3 {
        case 0: return block.0
        case 1: return block.1
        case 2: return block.2
        default: return block.3
        }
    }

    /// The next word as an integer in `[0, bound)`; `bound` at least 1.
    public mutating func below(_ bound: UInt32) -> UInt32 { induct_random_below(next(), bound) }

    /// The next word as a multiple of 2^-24 in `[0, 1)`.
    public mutating func uniform() -> Float { induct_uniform_float(next()) }

    /// The next two words as a multiple of 2^-53 in `[0, 1)`.
    public mutating func uniformDouble() -> Double {
        let low = next()
        return induct_uniform_double(low, next())
    }
}

/// A seed of its own for part `salt` of something seeded by `seed`: children of a combinator take salt 1, 2, ...
public func derivedSeed(_ seed: UInt64, salt: UInt64) -> UInt64 { induct_random_derive(seed, salt) }

/// The integer threshold of a cumulative probability in `[0, 1]`: a word is below it with that probability.
public func threshold(_ probability: Double) -> UInt32 { induct_threshold(probability) }

/// A word as an integer in `[0, bound)`; `bound` from 1 to 2^32 - 1.
public func randomIndex(_ word: UInt32, below bound: Int) -> Int { Int(induct_random_below(word, UInt32(bound))) }
