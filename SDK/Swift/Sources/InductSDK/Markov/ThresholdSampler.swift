// SPDX-License-Identifier: Apache-2.0
//
// Goals, in order: the same bits everywhere, speed, simplicity.
// Every state's ways out are laid on [0, 2^32) as integer thresholds (random.h); a word of the sample's own stream picks
// one. Word 0 of the stream picks the start, word t the t-th token.

import CInduct

/// Draws sequences of an ordinary hidden Markov model, by the host's kernel where it has one, with equal bits without it.
struct ThresholdSampler: @unchecked Sendable {
    private let states: Int
    private let outcomes: Int
    private let start: [UInt32]
    private let thresholds: [UInt32]
    private let outcomeToken: [UInt32]
    private let outcomeState: [UInt32]
    private let kernel: (@convention(c) (UnsafePointer<induct_hmm_sample>?) -> Void)?

    /// Lays out a model's thresholds.
    ///
    /// - Parameters:
    ///   - model: an ordinary hidden Markov model: no `right`, no negative entries.
    ///   - host: whose kernel is used; nil: none.
    init(_ model: HiddenMarkovModel, host: Host?) {
        precondition(model.right == nil, "a generalised model has no thresholds")
        let ways = (0..<model.states).map { from in Self.ways(out: from, of: model) }
        states = model.states
        outcomes = max(1, ways.map(\.count).max() ?? 1)
        start = cumulativeThresholds(model.start)
        var thresholds: [UInt32] = []
        var tokens: [UInt32] = []
        var next: [UInt32] = []
        for ways in ways {
            thresholds += cumulativeThresholds(ways.map(\.probability))
            tokens += ways.map { UInt32($0.token) }
            next += ways.map { UInt32($0.to) }
            // Words beyond the last threshold belong to the last outcome; padding repeats it.
            for _ in ways.count..<outcomes {
                thresholds.append(.max)
                tokens.append(tokens.last ?? 0)
                next.append(next.last ?? 0)
            }
        }
        self.thresholds = thresholds
        outcomeToken = tokens
        outcomeState = next
        kernel = host?.kernels?.hmm_sample
    }

    /// Draws the samples `[first, first + count)`.
    ///
    /// - Parameters:
    ///   - seed: of everything random.
    ///   - purpose: what the draws are for.
    ///   - first: number of the first sample.
    ///   - count: how many.
    ///   - length: tokens of each.
    ///   - tokens: `[count, length]`, rows `stride` elements apart.
    ///   - stride: at least `length`.
    ///   - startStates: `[count]`, the state each sequence started from; nil: not wanted.
    func sample(
        seed: UInt64, purpose: DrawPurpose, first: UInt64, count: Int, length: Int,
        into tokens: UnsafeMutablePointer<Int32>, stride: Int, startStates: UnsafeMutablePointer<UInt32>? = nil
    ) {
        start.withUnsafeBufferPointer { start in
            thresholds.withUnsafeBufferPointer { thresholds in
                outcomeToken.withUnsafeBufferPointer { outcomeToken in
                    outcomeState.withUnsafeBufferPointer { outcomeState in
                        var call = induct_hmm_sample()
                        call.struct_size = structSize(induct_hmm_sample.self)
                        call.purpose = purpose.word
                        call.seed = seed
                        call.first = first
                        call.count = UInt64(count)
                        call.length = Int64(length)
                        call.states = UInt32(states)
                        call.outcomes = UInt32(outcomes)
                        call.start_thresholds = start.baseAddress
                        call.thresholds = thresholds.baseAddress
                        call.outcome_token = outcomeToken.baseAddress
                        call.outcome_state = outcomeState.baseAddress
                        call.tokens = tokens
                        call.ld_tokens = Int64(stride)
                        call.start_states = startStates
                        if let kernel { kernel(&call) } else { Self.sample(call) }
                    }
                }
            }
        }
    }

    /// What the kernel does, one word at a time.
    private static func sample(_ call: induct_hmm_sample) {
        guard let start = call.start_thresholds, let thresholds = call.thresholds, let tokens = call.tokens,
            let outcomeToken = call.outcome_token, let outcomeState = call.outcome_state
        else { return }
        let outcomes = Int(call.outcomes)
        let purpose = DrawPurpose(word: call.purpose)
        for sample in 0..<Int(call.count) {
            var stream = RandomStream(seed: call.seed, purpose: purpose, index: call.first &+ UInt64(sample))
            var state = pick(stream.next(), start, Int(call.states))
            call.start_states?[sample] = UInt32(state)
            let row = tokens + sample * Int(call.ld_tokens)
            for position in 0..<Int(call.length) {
                let way = state * outcomes + pick(stream.next(), thresholds + state * outcomes, outcomes)
                row[position] = Int32(bitPattern: outcomeToken[way])
                state = Int(outcomeState[way])
            }
        }
    }

    /// The first of `count` thresholds above the word; the last one counts as 2^32.
    @inline(__always)
    private static func pick(_ word: UInt32, _ thresholds: UnsafePointer<UInt32>, _ count: Int) -> Int {
        var choice = 0
        for index in 0..<count - 1 where thresholds[index] <= word { choice = index + 1 }
        return choice
    }

    private static func ways(
        out from: Int, of model: HiddenMarkovModel
    ) -> [(token: Int, to: Int, probability: Double)] {
        var result: [(token: Int, to: Int, probability: Double)] = []
        for token in 0..<model.tokens {
            for to in 0..<model.states where model[token, from, to] > 0 {
                result.append((token, to, model[token, from, to]))
            }
        }
        return result
    }
}

/// Thresholds of the cumulative law; from the last positive probability on, everything.
func cumulativeThresholds(_ law: [Double]) -> [UInt32] {
    let last = law.lastIndex { $0 > 0 } ?? 0
    var sum = 0.0
    return law.enumerated().map { index, probability in
        sum += probability
        return index >= last ? .max : threshold(sum)
    }
}
