// SPDX-License-Identifier: Apache-2.0
//
// Goals, in order: exact to rounding at any length, speed, simplicity.
// Eight sequences at a time by the host's kernel where it has one and the model suits it. Else one by one: the belief eta is
// carried normalised, eta . right = 1, so that nothing underflows: with x the next token, P(x | prefix) = eta T_x right and
// the next belief is eta T_x / P(x | prefix). Where a state's share becomes so small that it may be rounded to zero, though
// what follows can make it great again, the sequence is done once more with a power of two for every state.

import CInduct
import Glibc

/// Where an oracle writes, row after row; each sample has `length + 1` rows, the empty prefix first.
public struct OracleRows {
    /// The law of the next token; nil: not wanted.
    public var predictive: UnsafeMutablePointer<Double>?
    /// The belief; nil: not wanted.
    public var belief: UnsafeMutablePointer<Double>?
    /// The law of the component; nil: not wanted.
    public var posterior: UnsafeMutablePointer<Double>?
    /// ln P(prefix) in nats; nil: not wanted.
    public var logProbability: UnsafeMutablePointer<Double>?

    /// Addresses for the results that are wanted.
    public init(
        predictive: UnsafeMutablePointer<Double>? = nil, belief: UnsafeMutablePointer<Double>? = nil,
        posterior: UnsafeMutablePointer<Double>? = nil, logProbability: UnsafeMutablePointer<Double>? = nil
    ) {
        self.predictive = predictive
        self.belief = belief
        self.posterior = posterior
        self.logProbability = logProbability
    }

    /// All that a request asks for.
    public init(_ request: OracleRequest) {
        self.init(
            predictive: request.predictive?.baseAddress, belief: request.belief?.baseAddress,
            posterior: request.posterior?.baseAddress, logProbability: request.logProbability?.baseAddress)
    }
}

/// The Bayes-optimal predictor of a (generalised) hidden Markov model.
public struct HiddenMarkovFilter: SourceOracle {
    /// The model it filters with.
    public let model: HiddenMarkovModel
    /// For every token and state entered, the ways there: entries `[ways[k], ways[k + 1])` of `from` and `probability`,
    /// k = token * states + state.
    private let ways: [Int32]
    private let from: [Int32]
    private let probability: [Double]
    /// P(x | state), `[states, tokens]`.
    private let emission: [Double]
    private let right: [Double]
    private let components: [Int]
    /// Below this, P(x | prefix) counts as 0: rounding can hide an impossible token of a generalised model.
    let impossible: Double
    private let tables: FilterTables?
    private let kernel: (@convention(c) (UnsafePointer<induct_hmm_filter>?) -> Void)?
    /// A state's share below which a later rounding to zero cannot be excluded.
    private static let smallestShare = 0x1p-900

    /// Prepares a model; uses the host's kernel where there is one.
    public init(_ model: HiddenMarkovModel, host: Host? = nil) {
        self.model = model
        right = model.right ?? [Double](repeating: 1, count: model.states)
        components = model.componentOfState ?? [Int](repeating: 0, count: model.states)
        impossible = model.right == nil ? 0 : 1e-14
        var ways: [Int32] = [0]
        var from: [Int32] = []
        var probability: [Double] = []
        var emission = [Double](repeating: 0, count: model.states * model.tokens)
        for token in 0..<model.tokens {
            for to in 0..<model.states {
                for state in 0..<model.states where model[token, state, to] != 0 {
                    from.append(Int32(state))
                    probability.append(model[token, state, to])
                    emission[state * model.tokens + token] += model[token, state, to] * right[to]
                }
                ways.append(Int32(from.count))
            }
        }
        self.ways = ways
        self.from = from
        self.probability = probability
        self.emission = emission
        kernel = host?.kernels?.hmm_filter
        tables = kernel == nil ? nil : FilterTables(model, emission: emission)
    }

    /// One number for every state.
    public var beliefSize: Int { model.states }
    /// 0 when the model is not a mixture.
    public var componentCount: Int { model.componentCount > 1 ? model.componentCount : 0 }

    /// Results for the request's tokens.
    public func evaluate(_ request: OracleRequest) throws {
        let tokens = try request.tokens(vocabulary: model.tokens)
        evaluate(tokens: tokens, count: request.count, length: request.length, into: OracleRows(request))
    }

    /// Results for tokens `[count, length]`; a token that the model does not have is impossible.
    public func evaluate(tokens: UnsafeBufferPointer<Int32>, count: Int, length: Int, into results: OracleRows) {
        precondition(tokens.count >= count * length, "tokens are [count, length]")
        guard count > 0 else { return }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { doubtful in
            guard let doubtful = doubtful.baseAddress else { return }
            doubtful.update(repeating: 0, count: count)
            if let kernel, let tables, areValid(tokens.prefix(count * length)) {
                tables.run(
                    kernel, model, impossible: impossible, tokens: tokens, count: count, length: length, into: results,
                    doubtful: doubtful)
            } else {
                evaluateEach(tokens, count, length, results, doubtful)
            }
            guard model.right == nil else { return }
            for sample in 0..<count where doubtful[sample] != 0 {
                let row = UnsafeBufferPointer(rebasing: tokens[sample * length..<(sample + 1) * length])
                filterWidely(row, results, sample * (length + 1))
            }
        }
    }

    private func areValid(_ tokens: Slice<UnsafeBufferPointer<Int32>>) -> Bool {
        var largest: UInt32 = 0
        for token in tokens { largest = max(largest, UInt32(bitPattern: token)) }
        return largest < UInt32(model.tokens)
    }

    private func evaluateEach(
        _ tokens: UnsafeBufferPointer<Int32>, _ count: Int, _ length: Int, _ results: OracleRows,
        _ doubtful: UnsafeMutablePointer<UInt8>
    ) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * model.states) { beliefs in
            guard let base = beliefs.baseAddress else { return }
            for sample in 0..<count {
                let row = UnsafeBufferPointer(rebasing: tokens[sample * length..<(sample + 1) * length])
                if !filter(row, base, results, sample * (length + 1)) { doubtful[sample] = 1 }
            }
        }
    }

    /// False where a state's share became too small to be sure of what follows.
    private func filter(
        _ tokens: UnsafeBufferPointer<Int32>, _ beliefs: UnsafeMutablePointer<Double>, _ results: OracleRows,
        _ firstRow: Int
    ) -> Bool {
        let states = model.states
        var belief = beliefs
        var next = beliefs + states
        var logarithm = 0.0
        var compensation = 0.0
        var isSure = true
        for state in 0..<states { belief[state] = model.start[state] }
        write(belief, logarithm, results, firstRow)
        for position in tokens.indices {
            let total = advance(belief, by: Int(tokens[position]), into: next)
            guard total > 0 else {
                for row in position + 1...tokens.count { writeImpossible(results, firstRow + row) }
                return isSure
            }
            (belief, next) = (next, belief)
            for state in 0..<states where belief[state] > 0 && belief[state] < Self.smallestShare { isSure = false }
            if results.logProbability != nil {
                let term = log(total) - compensation
                let sum = logarithm + term
                compensation = (sum - logarithm) - term
                logarithm = sum
            }
            write(belief, logarithm, results, firstRow + position + 1)
        }
        return isSure
    }

    /// Every state with a power of two of its own: nothing is ever rounded to zero.
    private func filterWidely(_ tokens: UnsafeBufferPointer<Int32>, _ results: OracleRows, _ firstRow: Int) {
        let states = model.states
        var belief = model.start.map { WideNumber($0) }
        var next = belief
        var shares = model.start
        shares.withUnsafeMutableBufferPointer { shares in
            guard let shares = shares.baseAddress else { return }
            write(shares, 0, results, firstRow)
            for position in tokens.indices {
                let token = Int(tokens[position])
                var total = WideNumber.zero
                if token >= 0 && token < model.tokens {
                    for to in 0..<states {
                        var sum = WideNumber.zero
                        for way in Int(ways[token * states + to])..<Int(ways[token * states + to + 1]) {
                            sum = sum + belief[Int(from[way])] * probability[way]
                        }
                        next[to] = sum
                        total = total + sum
                    }
                }
                guard total.mantissa > 0 else {
                    for row in position + 1...tokens.count { writeImpossible(results, firstRow + row) }
                    return
                }
                swap(&belief, &next)
                for state in 0..<states { shares[state] = belief[state] / total }
                write(shares, total.logarithm, results, firstRow + position + 1)
            }
        }
    }

    /// P(token | prefix), and the belief after it; when the token is impossible, the belief is left undefined.
    @inline(__always)
    func advance(
        _ belief: UnsafePointer<Double>, by token: Int, into next: UnsafeMutablePointer<Double>
    ) -> Double {
        guard token >= 0 && token < model.tokens else { return 0 }
        let states = model.states
        var total = 0.0
        for to in 0..<states {
            var sum = 0.0
            for way in Int(ways[token * states + to])..<Int(ways[token * states + to + 1]) {
                sum += belief[Int(from[way])] * probability[way]
            }
            next[to] = sum
            total += sum * right[to]
        }
        guard total > impossible else { return 0 }
        let scale = 1 / total
        for state in 0..<states { next[state] *= scale }
        return total
    }

    /// The next token's law, `[tokens]`.
    @inline(__always)
    func writeLaw(_ belief: UnsafePointer<Double>, into law: UnsafeMutablePointer<Double>) {
        let tokens = model.tokens
        for token in 0..<tokens { law[token] = 0 }
        for state in 0..<model.states where belief[state] != 0 {
            for token in 0..<tokens { law[token] += belief[state] * emission[state * tokens + token] }
        }
        guard impossible > 0 else { return }
        // Rounding can leave a trace of an impossible token, and after a word that is all but impossible the sum is not 1.
        var total = 0.0
        for token in 0..<tokens {
            if law[token] <= impossible { law[token] = 0 }
            total += law[token]
        }
        for token in 0..<tokens { law[token] /= total }
    }

    @inline(__always)
    private func write(_ belief: UnsafePointer<Double>, _ logarithm: Double, _ results: OracleRows, _ row: Int) {
        let states = model.states
        if let predictive = results.predictive {
            writeLaw(belief, into: predictive + row * model.tokens)
        }
        if let target = results.belief {
            for state in 0..<states { target[row * states + state] = belief[state] }
        }
        if let posterior = results.posterior {
            let law = posterior + row * model.componentCount
            for component in 0..<model.componentCount { law[component] = 0 }
            for state in 0..<states { law[components[state]] += belief[state] * right[state] }
        }
        results.logProbability?[row] = logarithm
    }

    private func writeImpossible(_ results: OracleRows, _ row: Int) {
        func fill(_ target: UnsafeMutablePointer<Double>?, _ width: Int) {
            guard let target else { return }
            for column in 0..<width { target[row * width + column] = .nan }
        }
        fill(results.predictive, model.tokens)
        fill(results.belief, model.states)
        fill(results.posterior, model.componentCount)
        results.logProbability?[row] = -.infinity
    }
}
