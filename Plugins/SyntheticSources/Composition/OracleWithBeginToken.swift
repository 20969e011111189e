// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// The predictor of a source with a begin token: the empty prefix makes that token certain, and a prefix of n tokens that
/// starts with it is the child's prefix of n - 1.
struct OracleWithBeginToken: SourceOracle {
    /// Numbers that a block of sequences may need.
    private static let numbersPerBlock = 1 << 18

    let beliefSize: Int
    let componentCount: Int
    /// The child's tokens; the begin token is this one.
    private let vocabulary: Int
    private let evaluateChild:
        @Sendable (_ tokens: [Int32], _ count: Int, _ length: Int, OracleRequest, OracleRows) throws(InductError) ->
            Void

    /// Over a child that is a hidden Markov model.
    init(filter: HiddenMarkovFilter) {
        beliefSize = filter.beliefSize
        componentCount = filter.componentCount
        vocabulary = filter.model.tokens
        evaluateChild = { tokens, count, length, _, rows in
            tokens.withUnsafeBufferPointer { filter.evaluate(tokens: $0, count: count, length: length, into: rows) }
        }
    }

    /// Over a child that only scores.
    init(child: ChildSource, oracle: ChildOracle) {
        beliefSize = oracle.beliefSize
        componentCount = oracle.componentCount
        vocabulary = child.schema.classes
        evaluateChild = { tokens, count, length, request, rows throws(InductError) in
            try tokens.withUnsafeBufferPointer { tokens throws(InductError) in
                guard let start = tokens.baseAddress else { return }
                try oracle.evaluate(
                    tokens: start, schema: child.schema, view: request.view, seed: derivedSeed(request.seed, salt: 1),
                    count: count, length: length, predictive: rows.predictive, belief: rows.belief,
                    posterior: rows.posterior, logProbability: rows.logProbability)
            }
        }
    }

    func evaluate(_ request: OracleRequest) throws {
        let tokens = try request.tokens(vocabulary: vocabulary + 1)
        let width = vocabulary + beliefSize + componentCount + 1
        let block = max(1, Self.numbersPerBlock / (request.prefixes * width))
        var first = 0
        while first < request.count {
            let samples = first..<min(request.count, first + block)
            try evaluate(tokens, samples, request)
            first = samples.upperBound
        }
    }

    private func evaluate(
        _ tokens: UnsafeBufferPointer<Int32>, _ samples: Range<Int>, _ request: OracleRequest
    ) throws(InductError) {
        let length = max(0, request.length - 1)
        var own = [Int32](repeating: 0, count: max(1, samples.count * length))
        for sample in 0..<samples.count {
            for position in 0..<length {
                let token = tokens[(samples.lowerBound + sample) * request.length + position + 1]
                own[sample * length + position] = Int(token) < vocabulary ? token : 0
            }
        }
        let rows = samples.count * (length + 1)
        func buffer(_ target: UnsafeMutableBufferPointer<Double>?, _ width: Int) -> [Double] {
            target == nil ? [] : [Double](repeating: 0, count: rows * width)
        }
        var predictive = buffer(request.predictive, vocabulary)
        var belief = buffer(request.belief, beliefSize)
        var posterior = buffer(request.posterior, componentCount)
        var logProbability = buffer(request.logProbability, 1)
        try Self.withAddresses(&predictive, &belief, &posterior, &logProbability) { rows throws(InductError) in
            try evaluateChild(own, samples.count, length, request, rows)
        }
        for sample in 0..<samples.count {
            let sequence = tokens[
                (samples.lowerBound + sample) * request.length..<(samples.lowerBound + sample + 1) * request.length]
            // Rows from this one on are impossible.
            var impossible = request.prefixes
            if let start = sequence.first, Int(start) != vocabulary {
                impossible = 1
            } else if let again = sequence.dropFirst().firstIndex(where: { Int($0) == vocabulary }) {
                impossible = again - sequence.startIndex + 1
            }
            for row in 0..<request.prefixes {
                let source = sample * (length + 1) + max(0, row - 1)
                let target = (samples.lowerBound + sample) * request.prefixes + row
                let possible = row < impossible
                copy(belief, source, request.belief, target, beliefSize, possible)
                copy(posterior, source, request.posterior, target, componentCount, possible)
                request.logProbability?[target] = possible ? logProbability[source] : -.infinity
                guard let law = request.predictive else { continue }
                for token in 0..<vocabulary {
                    let known = row == 0 ? 0 : predictive[source * vocabulary + token]
                    law[target * (vocabulary + 1) + token] = possible ? known : .nan
                }
                let begin = row == 0 ? 1 : predictive[source * vocabulary].isNaN ? Double.nan : 0
                law[target * (vocabulary + 1) + vocabulary] = possible ? begin : .nan
            }
        }
    }

    private func copy(
        _ source: [Double], _ from: Int, _ target: UnsafeMutableBufferPointer<Double>?, _ to: Int, _ width: Int,
        _ possible: Bool
    ) {
        guard let target else { return }
        for column in 0..<width { target[to * width + column] = possible ? source[from * width + column] : .nan }
    }

    /// Calls `body` with the addresses of four arrays; NULL for those that are empty.
    private static func withAddresses(
        _ predictive: inout [Double], _ belief: inout [Double], _ posterior: inout [Double],
        _ logProbability: inout [Double], _ body: (OracleRows) throws(InductError) -> Void
    ) throws(InductError) {
        try predictive.withUnsafeMutableBufferPointer { predictive throws(InductError) in
            try belief.withUnsafeMutableBufferPointer { belief throws(InductError) in
                try posterior.withUnsafeMutableBufferPointer { posterior throws(InductError) in
                    try logProbability.withUnsafeMutableBufferPointer { logProbability throws(InductError) in
                        func address(_ buffer: UnsafeMutableBufferPointer<Double>) -> UnsafeMutablePointer<Double>? {
                            buffer.isEmpty ? nil : buffer.baseAddress
                        }
                        try body(
                            OracleRows(
                                predictive: address(predictive), belief: address(belief), posterior: address(posterior),
                                logProbability: address(logProbability)))
                    }
                }
            }
        }
    }
}

/// The closed forms of a source with a begin token: h_1 = 0, then the child's; rate and excess entropy are the child's.
struct TheoryWithBeginToken: SourceTheory {
    let child: ChildSource

    func entropy(
        into entropy: UnsafeMutableBufferPointer<Double>
    ) throws -> (entropyRate: TheoryValue, excessEntropy: TheoryValue) {
        if !entropy.isEmpty { entropy[0] = 0 }
        let rest = entropy.isEmpty ? entropy : UnsafeMutableBufferPointer(rebasing: entropy[1...])
        return try child.entropy(into: rest)
    }
}
