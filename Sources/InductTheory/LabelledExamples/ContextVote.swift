// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The in-context predictor of a similarity vote, and what its loss can be.
///
/// h(y) = sum of softmax_i(-d_i / tau) over the contexts i with label y; with a floor eps, h_eps = (1 - eps C) h + eps. All
/// losses in nats.
/// Source: Chan, Chen, György, Schuurmans 2025 (arXiv 2410.23042), section 3, with the gap of squared distances.
package struct ContextVote: Equatable, Sendable {
    /// L, at least 1.
    package let contexts: Int
    /// C, at least 2.
    package let labels: Int
    /// eps, in [0, 1/C).
    package let floor: Double
    /// R, the largest difference of two contexts' logits, at least 0; infinite for a vote of the nearest alone.
    package let gap: Double

    package init(contexts: Int, labels: Int, floor: Double, gap: Double) {
        precondition(contexts >= 1 && labels >= 2 && floor >= 0 && floor * Double(labels) < 1 && gap >= 0)
        self.contexts = contexts
        self.labels = labels
        self.floor = floor
        self.gap = gap
    }

    /// The loss where the contexts of the target's label hold `share` of the vote: -ln((1 - eps C) share + eps).
    package func loss(share: Double) -> Double { -log((1 - floor * Double(labels)) * share + floor) }

    /// What the loss is at least and at most when `wrong` of the contexts show another label than the target.
    ///
    ///     (1 - eps C) k / (k + (L - k) e^R) + eps (C - 1) <= CE <= -ln((1 - eps C) (L - k)/L + eps)
    ///
    /// Both are -ln eps for k = L. The upper bound needs the contexts of the target's label to be at least as similar to the
    /// query as all others, as they are where they hold the query itself.
    package func bounds(wrong: Int) -> (lower: Double, upper: Double) {
        precondition((0...contexts).contains(wrong), "no more wrong contexts than contexts")
        guard wrong < contexts else { return (-log(floor), -log(floor)) }
        let classes = Double(labels)
        let lost = wrong == 0 ? 0 : Double(wrong) / (Double(wrong) + Double(contexts - wrong) * exp(gap))
        let lower = (1 - floor * classes) * lost + floor * (classes - 1)
        return (lower, loss(share: Double(contexts - wrong) / Double(contexts)))
    }

    /// The vote at given distances: the law of the label, `[labels]`.
    ///
    /// - Parameters:
    ///   - distances: to the query, by context; squared distances for the similarity predictor.
    ///   - contextLabels: by context, in `[0, labels)`.
    ///   - temperature: tau > 0.
    /// - Returns: Probabilities by label.
    package func law(distances: [Double], labels contextLabels: [Int], temperature: Double) -> [Double] {
        precondition(distances.count == contexts && contextLabels.count == contexts && temperature > 0)
        let nearest = distances.min() ?? 0
        let weights = distances.map { exp((nearest - $0) / temperature) }
        let total = weights.reduce(0, +)
        var law = [Double](repeating: floor, count: labels)
        for (weight, label) in zip(weights, contextLabels) {
            law[label] += (1 - floor * Double(labels)) * weight / total
        }
        return law
    }

    /// R for logits -||x_i - x|| and inputs with ||x||^2 <= B: 2 sqrt(B).
    package static func gap(distanceOfSquaredNorm bound: Double) -> Double { 2 * bound.squareRoot() }

    /// R for logits -||x_i - x||^2 / tau and inputs with ||x||^2 <= B: 4 B / tau, reached by antipodal inputs.
    package static func gap(squaredDistanceOfSquaredNorm bound: Double, temperature: Double) -> Double {
        4 * bound / temperature
    }
}
