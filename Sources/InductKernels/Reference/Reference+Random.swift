// SPDX-License-Identifier: Apache-2.0

import CInduct

extension Reference {
    /// A run of words of the stream (seed, purpose, index).
    struct Words {
        var seed: UInt64
        var purpose: UInt32
        var index: UInt64
        var first: UInt64
        var count: Int

        /// Word number `i` of the run, by random.h.
        subscript(i: Int) -> UInt32 { induct_random_word(seed, purpose, index, first &+ UInt64(i)) }
    }

    static func randomWords(_ run: Words, into words: UnsafeMutablePointer<UInt32>) {
        for i in 0..<max(0, run.count) { words[i] = run[i] }
    }

    static func randomUniforms(_ run: Words, into uniforms: UnsafeMutablePointer<Float>) {
        for i in 0..<max(0, run.count) { uniforms[i] = induct_uniform_float(run[i]) }
    }

    static func randomNormals(_ run: Words, into normals: UnsafeMutablePointer<Float>) {
        for i in 0..<max(0, run.count) { normals[i] = induct_normal_float(run[i]) }
    }

    static func hmmSample(_ call: induct_hmm_sample) {
        let states = Int(call.states)
        let outcomes = Int(call.outcomes)
        guard states > 0, outcomes > 0, let tokens = call.tokens, let starts = call.start_thresholds,
            let thresholds = call.thresholds, let outcomeToken = call.outcome_token,
            let outcomeState = call.outcome_state
        else { return }
        for sample in 0..<Int(call.count) {
            let run = Words(
                seed: call.seed, purpose: call.purpose, index: call.first &+ UInt64(sample), first: 0,
                count: Int(call.length) + 1)
            var state = (0..<states - 1).first { run[0] < starts[$0] } ?? states - 1
            call.start_states?[sample] = UInt32(state)
            for t in 0..<Int(call.length) {
                let u = run[t + 1]
                let row = state * outcomes
                let outcome = (0..<outcomes - 1).first { u < thresholds[row + $0] } ?? outcomes - 1
                tokens[sample * Int(call.ld_tokens) + t] = Int32(bitPattern: outcomeToken[row + outcome])
                state = Int(outcomeState[row + outcome])
            }
        }
    }
}
