// SPDX-License-Identifier: Apache-2.0

// Beliefs of a hidden Markov model along given sequences, eight sequences at a time.
//
//      belief[i]     state i's share of its block in eight sequences, one a lane
//      step          next[j] = sum over edges i -> j of belief[i] * T_x[i][j], x each lane's own token: its row of the
//                    edge's table is looked up in a register, or gathered where there are more than eight tokens
//      scale         every block is scaled by a power of two, exactly, so that its mass stays in [1, 2); the powers add up
//      row           one division: results are eta times 1 / (eta . right), and ln P is the logarithm of the mass and
//                    its power of two, so that no rounding error of a sum of logarithms grows with the length
//
// No lane ever touches another: a sequence's results do not depend on its neighbours.

import CInduct
import CVectors

func hmmFilter(_ call: induct_hmm_filter) {
    guard call.states > 0, call.tokens > 0, call.blocks > 0, call.length == 0 || call.sequences != nil,
        let model = FilterModel(call), let workspace = call.workspace
    else { return }
    if model.tokens <= 8 {
        filter(call, FilterGroup<RowInARegister>.init, model, workspace)
    } else {
        filter(call, FilterGroup<RowInMemory>.init, model, workspace)
    }
}

@inline(always)
private func filter<Row>(
    _ call: induct_hmm_filter,
    _ group: (FilterModel, induct_hmm_filter, Int, Int, UnsafeMutablePointer<Double>) -> FilterGroup<Row>,
    _ model: FilterModel, _ workspace: UnsafeMutablePointer<Double>
) {
    var first = 0
    while first < Int(call.count) {
        group(model, call, first, min(8, Int(call.count) - first), workspace).run()
        first += 8
    }
}

/// How an edge's probabilities by token, a row of the table, are looked up.
private protocol TableRow {
    static func lookUp(_ tokens: SIMD8<Int64>, _ row: UnsafePointer<Double>, _ count: Int) -> Doubles
}

/// At most eight tokens.
private enum RowInARegister: TableRow {
    @inline(always)
    static func lookUp(_ tokens: SIMD8<Int64>, _ row: UnsafePointer<Double>, _ count: Int) -> Doubles {
        lookUpShort(tokens, in: row, count: count)
    }
}

/// Any number of tokens.
private enum RowInMemory: TableRow {
    @inline(always)
    static func lookUp(_ tokens: SIMD8<Int64>, _ row: UnsafePointer<Double>, _ count: Int) -> Doubles {
        gathered(tokens, from: row)
    }
}

/// The pointers of a call that every filter needs.
private struct FilterModel {
    let states: Int
    let tokens: Int
    let blocks: Int
    let blockStart: UnsafePointer<UInt32>
    let edgeStart: UnsafePointer<UInt32>
    let edgeFrom: UnsafePointer<UInt32>
    let edgeProbability: UnsafePointer<Double>
    let start: UnsafePointer<Double>
    let right: UnsafePointer<Double>?
    let emission: UnsafePointer<Double>

    init?(_ call: induct_hmm_filter) {
        guard let blockStart = call.block_start, let edgeStart = call.edge_start, let edgeFrom = call.edge_from,
            let edgeProbability = call.edge_probability, let start = call.start, let emission = call.emission
        else { return nil }
        states = Int(call.states)
        tokens = Int(call.tokens)
        blocks = Int(call.blocks)
        self.blockStart = blockStart
        self.edgeStart = edgeStart
        self.edgeFrom = edgeFrom
        self.edgeProbability = edgeProbability
        self.start = start
        right = call.right
        self.emission = emission
    }
}

/// A share of its block's mass below which a state's is doubtful.
private var smallestShare: Double { 0x1p-900 }

/// Up to eight consecutive sequences.
private struct FilterGroup<Row: TableRow> {
    let model: FilterModel
    let call: induct_hmm_filter
    let first: Int
    let present: Int
    /// `[2 states + tokens + components + 3 blocks]` vectors.
    let memory: UnsafeMutablePointer<Doubles>

    init(
        _ model: FilterModel, _ call: induct_hmm_filter, _ first: Int, _ present: Int,
        _ workspace: UnsafeMutablePointer<Double>
    ) {
        self.model = model
        self.call = call
        self.first = first
        self.present = present
        memory = UnsafeMutableRawPointer(workspace).assumingMemoryBound(to: Doubles.self)
    }

    private var mass: UnsafeMutablePointer<Doubles> { memory + 2 * model.states }
    private var power: UnsafeMutablePointer<Doubles> { mass + model.blocks }
    private var factor: UnsafeMutablePointer<Doubles> { power + model.blocks }
    private var law: UnsafeMutablePointer<Doubles> { factor + model.blocks }
    private var posterior: UnsafeMutablePointer<Doubles> { law + model.tokens }

    @inline(always)
    func run() {
        var belief = memory
        var next = memory + model.states
        for block in 0..<model.blocks {
            var sum = Doubles(repeating: 0)
            for state in states(of: block) {
                belief[state] = Doubles(repeating: model.start[state])
                sum += belief[state] * right(state)
            }
            mass[block] = sum
            power[block] = Doubles(repeating: 0)
        }
        var least = Doubles(repeating: 1)
        write(belief, row: 0)
        let stride = Int(call.ld_sequences)
        for position in 0..<Int(call.length) {
            let tokens = self.tokens(at: position, stride)
            for block in 0..<model.blocks {
                advance(block, by: tokens, from: belief, into: next, &least)
            }
            swap(&belief, &next)
            write(belief, row: position + 1)
        }
        guard let doubtful = call.doubtful else { return }
        for lane in 0..<present { doubtful[first + lane] = least[lane] < smallestShare ? 1 : 0 }
    }

    @inline(always)
    private func states(of block: Int) -> Range<Int> {
        Int(model.blockStart[block])..<Int(model.blockStart[block + 1])
    }

    @inline(always)
    private func right(_ state: Int) -> Doubles { Doubles(repeating: model.right.map { $0[state] } ?? 1) }

    /// The tokens of every lane; absent lanes repeat the first.
    @inline(always)
    private func tokens(at position: Int, _ stride: Int) -> SIMD8<Int64> {
        var tokens = SIMD8<Int64>(repeating: 0)
        guard let sequences = call.sequences else { return tokens }
        let row = sequences + first * stride + position
        if present == 8 {
            for lane in 0..<8 { tokens[lane] = Int64(row[lane * stride]) }
        } else {
            for lane in 0..<8 { tokens[lane] = Int64(row[lane < present ? lane * stride : 0]) }
        }
        return tokens
    }

    /// One token for the states of a block.
    @inline(always)
    private func advance(
        _ block: Int, by tokens: SIMD8<Int64>, from belief: UnsafeMutablePointer<Doubles>,
        into next: UnsafeMutablePointer<Doubles>, _ least: inout Doubles
    ) {
        let zero = Doubles(repeating: 0)
        var sum = zero
        for state in states(of: block) {
            var share = zero
            for edge in Int(model.edgeStart[state])..<Int(model.edgeStart[state + 1]) {
                let probability = Row.lookUp(
                    tokens, model.edgeProbability + edge * model.tokens, model.tokens)
                share += belief[Int(model.edgeFrom[edge])] * probability
            }
            next[state] = share
            sum += model.right == nil ? share : share * right(state)
        }
        // 2^-e from the exponent's bits, e that of the sum; a lane that lost its mass is set to zero.
        let field = unsafeBitCast(sum, to: SIMD8<UInt64>.self) & SIMD8<UInt64>(repeating: 0x7ff0_0000_0000_0000)
        let inverse = unsafeBitCast(SIMD8<UInt64>(repeating: 0x7fe0_0000_0000_0000) &- field, to: Doubles.self)
        let limit = Doubles(repeating: call.impossible) * mass[block]
        let scale = select(limit, less: sum, inverse, else: zero)
        power[block] += exponents(unsafeBitCast(field, to: SIMD8<Int64>.self)) - Doubles(repeating: 1023)
        mass[block] = sum * scale
        for state in states(of: block) {
            let share = next[state] * scale
            next[state] = share
            if model.right == nil {
                let size = select(zero, less: share, share, else: Doubles(repeating: 1))
                least = select(size, less: least, size, else: least)
            }
        }
    }

    /// The results of one prefix of every lane.
    @inline(always)
    private func write(_ belief: UnsafeMutablePointer<Doubles>, row: Int) {
        let zero = Doubles(repeating: 0)
        var top = power[0]
        var whole = mass[0]
        if model.blocks > 1 {
            let none = Doubles(repeating: -0x1p60)
            top = none
            for block in 0..<model.blocks {
                let own = select(zero, less: mass[block], power[block], else: none)
                top = select(top, less: own, own, else: top)
            }
            whole = zero
            for block in 0..<model.blocks {
                factor[block] = select(zero, less: mass[block], powerOfTwo(power[block] - top), else: zero)
                whole += factor[block] * mass[block]
            }
        }
        let nothing = Doubles(repeating: .nan)
        let inverse = select(zero, less: whole, Doubles(repeating: 1) / whole, else: nothing)
        if model.blocks > 1 {
            for block in 0..<model.blocks { factor[block] *= inverse }
        } else {
            factor[0] = inverse
        }
        let height = Int(call.length) + 1
        if let predictive = call.predictive {
            writeLaw(belief, inverse)
            store(law, width: model.tokens, predictive, row, height)
        }
        if let beliefs = call.belief {
            let base = beliefs + (first * height + row) * model.states
            for block in 0..<model.blocks {
                for state in states(of: block) {
                    scatter(belief[state] * factor[block], base + state, height * model.states)
                }
            }
        }
        if let posteriors = call.posterior, let owner = call.block_component {
            for component in 0..<Int(call.components) { posterior[component] = zero * inverse }
            for block in 0..<model.blocks { posterior[Int(owner[block])] += factor[block] * mass[block] }
            store(posterior, width: Int(call.components), posteriors, row, height)
        }
        if let logs = call.log_probability {
            let value = select(
                zero, less: whole, naturalLogarithm(whole, timesTwoTo: top), else: Doubles(repeating: -.infinity))
            scatter(row == 0 ? zero : value, logs + first * height + row, height)
        }
    }

    /// law[x] = sum_i belief[i] P(x | i).
    ///
    /// Where rounding may leave something of an impossible token, that is taken away, and the rest is a law again.
    @inline(always)
    private func writeLaw(_ belief: UnsafeMutablePointer<Doubles>, _ inverse: Doubles) {
        let none = Doubles(repeating: 0) * inverse
        let limit = Doubles(repeating: call.impossible)
        var total = Doubles(repeating: 0)
        for token in 0..<model.tokens {
            let emission = model.emission + token * model.states
            var probability = Doubles(repeating: 0)
            for block in 0..<model.blocks {
                var share = Doubles(repeating: 0)
                for state in states(of: block) { share += belief[state] * Doubles(repeating: emission[state]) }
                probability += share * factor[block]
            }
            law[token] = select(limit, less: probability, probability, else: none)
            total += law[token]
        }
        guard call.impossible > 0 else { return }
        let share = Doubles(repeating: 1) / total
        for token in 0..<model.tokens { law[token] *= share }
    }

    /// Writes `[width]` vectors to a row of every lane.
    @inline(always)
    private func store(
        _ values: UnsafeMutablePointer<Doubles>, width: Int, _ target: UnsafeMutablePointer<Double>, _ row: Int,
        _ height: Int
    ) {
        let base = target + (first * height + row) * width
        for column in 0..<width { scatter(values[column], base + column, height * width) }
    }

    /// Writes each present lane's number, `stride` apart.
    @inline(always)
    private func scatter(_ value: Doubles, _ target: UnsafeMutablePointer<Double>, _ stride: Int) {
        guard present == 8 else {
            for lane in 0..<present { target[lane * stride] = value[lane] }
            return
        }
        var place = target
        for lane in 0..<8 {
            place.pointee = value[lane]
            place += stride
        }
    }

    /// 2^n for a whole number n at most 0; 0 below -1000.
    @inline(always)
    private func powerOfTwo(_ n: Doubles) -> Doubles {
        // Adding 1.5 * 2^52 leaves a whole number in the low bits.
        let bits = unsafeBitCast(n + Doubles(repeating: 0x1.8p52), to: SIMD8<UInt64>.self)
        let value = unsafeBitCast(
            (bits &+ SIMD8<UInt64>(repeating: 1023)) &<< SIMD8<UInt64>(repeating: 52), to: Doubles.self)
        return select(Doubles(repeating: -1000), less: n, value, else: Doubles(repeating: 0))
    }
}
