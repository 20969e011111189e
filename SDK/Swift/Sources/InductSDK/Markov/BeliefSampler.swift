// SPDX-License-Identifier: Apache-2.0
//
// Goals, in order: the same bits everywhere, simplicity.
// A generalised model has no hidden path to follow, so tokens are drawn from the exact law of each, given those before.
// Word 0 of a sample's stream picks the component, word t the t-th token. Sums, products and one division a token: every
// machine rounds them alike.

/// Draws sequences of a generalised hidden Markov model by filtering.
struct BeliefSampler: Sendable {
    let filter: HiddenMarkovFilter
    /// Cumulative law of the component.
    private let components: [UInt32]
    private let owner: [Int]
    /// For every component its start, normalised, `[components, states]`.
    private let starts: [Double]

    init(filter: HiddenMarkovFilter) {
        self.filter = filter
        let model = filter.model
        let right = model.right ?? [Double](repeating: 1, count: model.states)
        owner = model.componentOfState ?? [Int](repeating: 0, count: model.states)
        var weights = [Double](repeating: 0, count: model.componentCount)
        for state in 0..<model.states { weights[owner[state]] += model.start[state] * right[state] }
        var starts = [Double](repeating: 0, count: model.componentCount * model.states)
        for state in 0..<model.states where weights[owner[state]] > 0 {
            starts[owner[state] * model.states + state] = model.start[state] / weights[owner[state]]
        }
        self.starts = starts
        components = cumulativeThresholds(weights)
    }

    func sample(
        seed: UInt64, purpose: DrawPurpose, first: UInt64, count: Int, length: Int,
        into tokens: UnsafeMutablePointer<Int32>, stride: Int, components: UnsafeMutablePointer<Int32>?
    ) {
        let states = filter.model.states
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * states + filter.model.tokens) { memory in
            guard var belief = memory.baseAddress else { return }
            var next = belief + states
            let law = next + states
            for sample in 0..<count {
                var stream = RandomStream(seed: seed, purpose: purpose, index: first &+ UInt64(sample))
                let word = stream.next()
                let component = self.components.firstIndex { word < $0 } ?? self.components.count - 1
                components?[sample] = Int32(component)
                for state in 0..<states { belief[state] = starts[component * states + state] }
                for position in 0..<length {
                    let token = draw(stream.next(), belief, law)
                    tokens[sample * stride + position] = Int32(token)
                    if filter.advance(belief, by: token, into: next) > 0 { (belief, next) = (next, belief) }
                }
            }
        }
    }

    /// The token whose share of `[0, 2^32)` holds the word; the last possible one takes what rounding leaves.
    private func draw(
        _ word: UInt32, _ belief: UnsafePointer<Double>, _ law: UnsafeMutablePointer<Double>
    ) -> Int {
        filter.writeLaw(belief, into: law)
        var sum = 0.0
        var choice = 0
        for token in 0..<filter.model.tokens where law[token] > 0 {
            choice = token
            sum += law[token]
            if word < threshold(sum) { break }
        }
        return choice
    }
}
