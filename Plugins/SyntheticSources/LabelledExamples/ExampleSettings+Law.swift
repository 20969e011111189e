// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// What the theory needs to know of a source with these settings.
extension ExampleSettings {
    /// Longer tables of matches are not stated.
    private static let mostMatches = 1 << 22

    /// - Parameters:
    ///   - inputNoise: standard deviation of each coordinate of an input around its class's centre.
    ///   - dimension: numbers of an input.
    ///   - squaredNorm: the largest of a centre.
    /// - Returns: nil where a table of matches would be too long.
    func law(inputNoise: Double, dimension: Int, squaredNorm: Double) -> LabelledExamplesLaw? {
        let rule = draw.rule
        let isBursty = draw.burstiness.isPossible
        guard !isBursty || rule.law.count <= Self.mostMatches / (rule.slots + 1) else { return nil }
        return LabelledExamplesLaw(
            classProbability: (0..<rule.law.count).map(rule.law.probability),
            groups: [
                LabelledExamplesLaw.Group("frequent", classes: 0..<rule.law.frequent),
                LabelledExamplesLaw.Group("rare", classes: rule.law.frequent..<rule.law.count),
            ],
            contexts: rule.slots, relevance: draw.relevance.probability, relevantContexts: rule.matches,
            matchLaw: isBursty ? (0..<rule.law.count).flatMap(matches) : nil,
            trainingCount: sequences > 0 ? sequences : nil, ensuredCount: sequences > 0 ? 1 : 0,
            labelNoise: draw.labelNoise.probability, inputNoise: inputNoise, squaredNorm: squaredNorm,
            dimension: dimension)
    }

    /// P(m slots show the query's class | relevant), from m = 0 to L, where some contexts are bursty.
    private func matches(_ query: Int) -> [Double] {
        let rule = draw.rule
        let bursty = draw.burstiness.probability
        var law = [Double](repeating: 0, count: rule.slots + 1)
        if let repeats = rule.repeats(isRelevant: true, isBursty: false) {
            law[repeats.query] = 1
        } else if rule.law.probability(query) <= 0 {
            // Never a query: nobody asks.
            law[1] = 1
        } else {
            // Binomial given at least one: logarithms of weights, each from the one before.
            let p = rule.law.probability(query)
            let odds = ReproducibleFunctions.logarithm(p) - ReproducibleFunctions.logarithm(1 - p)
            var weights = [0.0]
            for m in 1..<rule.slots {
                let ratio = Double(rule.slots - m) / Double(m + 1)
                weights.append(weights[m - 1] + ReproducibleFunctions.logarithm(ratio) + odds)
            }
            let most = weights.max() ?? 0
            for (m, weight) in weights.enumerated() { law[m + 1] = ReproducibleFunctions.exponential(weight - most) }
            let total = law.reduce(0, +)
            for m in law.indices { law[m] /= total }
        }
        for m in law.indices { law[m] *= 1 - bursty }
        if let repeats = rule.repeats(isRelevant: true, isBursty: true) { law[repeats.query] += bursty }
        return law
    }
}
