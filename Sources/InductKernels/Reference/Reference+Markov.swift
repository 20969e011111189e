// SPDX-License-Identifier: Apache-2.0

import CInduct
import Glibc

/// A number that never leaves its range: mantissa * 2^exponent.
private struct WideNumber {
    var mantissa: Double
    var exponent: Int

    static let zero = WideNumber(0)

    init(_ value: Double, exponent: Int = 0) {
        guard value != 0, value.isFinite else {
            mantissa = value
            self.exponent = 0
            return
        }
        mantissa = value.significand * (value < 0 ? -1 : 1)
        self.exponent = exponent + Int(value.exponent)
    }

    static func + (a: WideNumber, b: WideNumber) -> WideNumber {
        if a.mantissa == 0 { return b }
        if b.mantissa == 0 { return a }
        let (high, low) = a.exponent >= b.exponent ? (a, b) : (b, a)
        let shift = max(-2000, low.exponent - high.exponent)
        return WideNumber(high.mantissa + scalbn(low.mantissa, Int32(shift)), exponent: high.exponent)
    }

    static func * (a: WideNumber, b: Double) -> WideNumber { WideNumber(a.mantissa * b, exponent: a.exponent) }

    /// The quotient as a double, zero where it is too small for one.
    static func / (a: WideNumber, b: WideNumber) -> Double {
        scalbn(a.mantissa / b.mantissa, Int32(max(-5000, min(5000, a.exponent - b.exponent))))
    }

    var logarithm: Double { log(mantissa) + Double(exponent) * 0.693_147_180_559_945_3 }
}

extension Reference {
    /// Every state with a power of two of its own: nothing underflows, and nothing is doubtful.
    static func hmmFilter(_ call: induct_hmm_filter) {
        let states = Int(call.states)
        let tokens = Int(call.tokens)
        let height = Int(call.length) + 1
        guard let edgeStart = call.edge_start, let edgeFrom = call.edge_from, let blockStart = call.block_start,
            let probability = call.edge_probability, let start = call.start, let emission = call.emission
        else { return }
        func right(_ state: Int) -> Double { call.right?[state] ?? 1 }
        for sample in 0..<Int(call.count) {
            var belief = (0..<states).map { WideNumber(start[$0]) }
            call.doubtful?[sample] = 0
            for row in 0..<height {
                if row > 0, let sequences = call.sequences {
                    let token = Int(sequences[sample * Int(call.ld_sequences) + row - 1])
                    let before = belief
                    for state in 0..<states {
                        belief[state] = .zero
                        for edge in Int(edgeStart[state])..<Int(edgeStart[state + 1]) {
                            belief[state] =
                                belief[state] + before[Int(edgeFrom[edge])] * probability[edge * tokens + token]
                        }
                    }
                    for block in 0..<Int(call.blocks) {
                        let members = Int(blockStart[block])..<Int(blockStart[block + 1])
                        func mass(_ values: [WideNumber]) -> WideNumber {
                            members.reduce(WideNumber.zero) { $0 + values[$1] * right($1) }
                        }
                        let (old, new) = (mass(before), mass(belief))
                        let isPossible = new.mantissa > 0 && (call.impossible == 0 || new / old > call.impossible)
                        if !isPossible { for state in members { belief[state] = .zero } }
                    }
                }
                let mass = belief.indices.reduce(WideNumber.zero) { $0 + belief[$1] * right($1) }
                let isPossible = mass.mantissa > 0
                func share(_ state: Int) -> Double { isPossible ? belief[state] / mass : .nan }
                let place = sample * height + row
                if let predictive = call.predictive {
                    let law = (0..<tokens).map { token in
                        let value = (0..<states).reduce(0.0) { $0 + share($1) * emission[token * states + $1] }
                        return value <= call.impossible ? 0 : value
                    }
                    let total = call.impossible > 0 ? law.reduce(0, +) : 1
                    for token in 0..<tokens { predictive[place * tokens + token] = law[token] / total }
                }
                if let target = call.belief {
                    for state in 0..<states { target[place * states + state] = share(state) }
                }
                if let target = call.posterior, let owner = call.block_component {
                    let components = Int(call.components)
                    for component in 0..<components { target[place * components + component] = isPossible ? 0 : .nan }
                    for block in 0..<Int(call.blocks) {
                        for state in Int(blockStart[block])..<Int(blockStart[block + 1]) {
                            target[place * components + Int(owner[block])] += share(state) * right(state)
                        }
                    }
                }
                call.log_probability?[place] = row == 0 ? 0 : isPossible ? mass.logarithm : -.infinity
            }
        }
    }
}
