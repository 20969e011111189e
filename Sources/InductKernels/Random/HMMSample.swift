// SPDX-License-Identifier: Apache-2.0

// Sequences of a hidden Markov model, one a lane. Word 0 of sample i's stream chooses the start, word t outcome t:
// the first outcome whose cumulative threshold lies above the word.
//
//      lane:      sample 0  1  2 ...       one Philox block gives four steps of every lane, no interleaving
//      step t     word      word word      tokens of `lanes` steps are transposed and stored along the sequences
//
// The state's rows of thresholds are looked up by permuting a register while states fit into its lanes; larger models
// search in memory. Both give the numbers of the scalar definition in kernels.h.

import CInduct
import CVectors

func hmmSample(_ call: induct_hmm_sample) {
    let states = Int(call.states)
    let outcomes = Int(call.outcomes)
    let length = Int(call.length)
    guard states > 0, outcomes > 0, let tokens = call.tokens, let starts = call.start_thresholds,
        let thresholds = call.thresholds, let outcomeToken = call.outcome_token, let outcomeState = call.outcome_state
    else { return }
    let tables = HMMTables(
        states: states, outcomes: outcomes, starts: starts, thresholds: thresholds, outcomeToken: outcomeToken,
        outcomeState: outcomeState)
    let isSmall = tables.fitsLanes
    var sample: UInt64 = 0
    while sample < call.count {
        let present = Int(min(UInt64(lanes), call.count - sample))
        let group = HMMGroup(
            seed: call.seed, purpose: call.purpose, first: call.first &+ sample, present: present, length: length,
            tokens: tokens + Int(sample) * Int(call.ld_tokens), stride: Int(call.ld_tokens),
            startStates: call.start_states.map { $0 + Int(sample) })
        if isSmall { group.run(tables, tables.stepInRegisters) } else { group.run(tables, tables.stepInMemory) }
        sample += UInt64(lanes)
    }
}

/// The model, and one step of `lanes` sequences.
private struct HMMTables {
    let states: Int
    let outcomes: Int
    let starts: UnsafePointer<UInt32>
    let thresholds: UnsafePointer<UInt32>
    let outcomeToken: UnsafePointer<UInt32>
    let outcomeState: UnsafePointer<UInt32>
    /// For outcome o, lane s: the threshold of outcome o - 1, and token + 2^16 state.
    private var registerThresholds = InlineArray<32, Words>(repeating: Words(repeating: 0))
    private var registerOutcomes = InlineArray<32, Words>(repeating: Words(repeating: 0))
    private(set) var fitsLanes: Bool

    init(
        states: Int, outcomes: Int, starts: UnsafePointer<UInt32>, thresholds: UnsafePointer<UInt32>,
        outcomeToken: UnsafePointer<UInt32>, outcomeState: UnsafePointer<UInt32>
    ) {
        self.states = states
        self.outcomes = outcomes
        self.starts = starts
        self.thresholds = thresholds
        self.outcomeToken = outcomeToken
        self.outcomeState = outcomeState
        fitsLanes = states <= lanes && outcomes <= 32
        guard fitsLanes else { return }
        for state in 0..<states {
            for outcome in 0..<outcomes {
                let entry = state * outcomes + outcome
                if outcomeToken[entry] > 0xffff { fitsLanes = false }
                registerThresholds[outcome][state] = outcome == 0 ? 0 : thresholds[entry - 1]
                registerOutcomes[outcome][state] = outcomeToken[entry] & 0xffff | outcomeState[entry] << 16
            }
        }
    }

    @inline(always)
    func start(_ words: Words) -> Words {
        var state = Words(repeating: 0)
        for candidate in 1..<max(1, states) {
            state = select(
                words, less: Words(repeating: starts[candidate - 1]), state,
                else: Words(repeating: UInt32(candidate)))
        }
        return state
    }

    @inline(always)
    func stepInRegisters(_ state: inout Words, _ words: Words) -> Words {
        var chosen = lookUp(state, in: registerOutcomes[0])
        for outcome in 1..<max(1, outcomes) {
            chosen = select(
                words, less: lookUp(state, in: registerThresholds[outcome]), chosen,
                else: lookUp(state, in: registerOutcomes[outcome]))
        }
        state = chosen &>> Words(repeating: 16)
        return chosen & Words(repeating: 0xffff)
    }

    @inline(always)
    func stepInMemory(_ state: inout Words, _ words: Words) -> Words {
        var tokens = Words(repeating: 0)
        for lane in 0..<lanes {
            let row = Int(state[lane]) * outcomes
            // The first outcome whose threshold lies above the word; the last one takes what is left.
            var low = 0
            var high = outcomes - 1
            while low < high {
                let middle = (low + high) / 2
                if words[lane] < thresholds[row + middle] { high = middle } else { low = middle + 1 }
            }
            tokens[lane] = outcomeToken[row + low]
            state[lane] = outcomeState[row + low]
        }
        return tokens
    }
}

/// Up to `lanes` consecutive samples.
private struct HMMGroup {
    let seed: UInt64
    let purpose: UInt32
    let first: UInt64
    let present: Int
    let length: Int
    let tokens: UnsafeMutablePointer<Int32>
    let stride: Int
    let startStates: UnsafeMutablePointer<UInt32>?

    @inline(always)
    func run(_ tables: HMMTables, _ step: (inout Words, Words) -> Words) {
        var block = words(0)
        var state = tables.start(block[0])
        if let startStates {
            for lane in 0..<present { startStates[lane] = state[lane] }
        }
        var square = Square(repeating: .zeros)
        var word = 1
        var position = 0
        while position < length {
            let count = min(lanes, length - position)
            for i in 0..<count {
                if word & 3 == 0 { block = words(UInt32(truncatingIfNeeded: word >> 2)) }
                square[i] = floats(bits: step(&state, block[word & 3]))
                word += 1
            }
            transpose(&square)
            for lane in 0..<present {
                let to = UnsafeMutableRawPointer(tokens + lane * stride + position).assumingMemoryBound(to: Float.self)
                store(square[lane], to, count: count)
            }
            position += count
        }
    }

    /// Block `block` of every lane's stream.
    @inline(always)
    private func words(_ block: UInt32) -> PhiloxWords {
        let low = Words(repeating: UInt32(truncatingIfNeeded: first)) &+ laneIndices
        let carry = select(low, less: laneIndices, Words(repeating: 1), else: Words(repeating: 0))
        let high = Words(repeating: UInt32(truncatingIfNeeded: first >> 32)) &+ carry
        return philox([Words(repeating: block), Words(repeating: purpose), low, high], seed: seed)
    }
}
