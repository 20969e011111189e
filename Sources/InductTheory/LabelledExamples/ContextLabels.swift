// SPDX-License-Identifier: Apache-2.0

internal import Glibc
import InductCore

/// What the contexts of a query of one class show: how many of them hold the class, and how often they show the target.
struct ContextLabels {
    /// L.
    let contexts: Int
    /// P(m of the contexts hold the query's class | relevant), from m = 0 to L.
    let matches: [Double]
    /// Probability that a label is not its class's own.
    let noise: Double
    /// Probability that a context of another class shows the target, where the target is the class's own label and where it
    /// is the next one.
    let accident: (own: Double, next: Double)

    /// - Parameters:
    ///   - law: How the source draws.
    ///   - query: The class of the query.
    ///   - label: The own label of `query`.
    ///   - other: Probability of each label as the own one of a context that is not of the class `query`.
    init(_ law: LabelledExamplesLaw, query: Int, label: Int, other: (Int) -> Double) {
        contexts = law.contexts
        noise = law.labelNoise
        matches = Self.matches(law, query)
        let (count, noise) = (law.labels, law.labelNoise)
        func share(_ target: Int) -> Double {
            (1 - noise) * other(target % count) + noise * other((target + count - 1) % count)
        }
        accident = (share(label), share(label + 1))
    }

    /// The number of matches among relevant contexts: stated, exactly k, or Binomial(L, q) given at least one.
    private static func matches(_ law: LabelledExamplesLaw, _ query: Int) -> [Double] {
        let count = law.contexts
        if let stated = law.matchLaw {
            return Array(stated[query * (count + 1)..<(query + 1) * (count + 1)])
        }
        if let exactly = law.relevantContexts { return (0...count).map { $0 == exactly ? 1 : 0 } }
        let trials = Binomial(trials: count, probability: law.contextProbability[query])
        let any = -expm1(Double(count) * log1p(-trials.probability))
        return (0...count).map { $0 == 0 || any <= 0 ? 0 : trials.probability(of: $0) / any }
    }

    /// Mean number of contexts that hold the query's class, given that any should.
    var expectedMatches: Double { matches.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element } }

    /// What the mean loss of a vote is at least and at most where contexts are relevant with probability `relevance`.
    ///
    /// The bounds of `ContextVote` in the mean over matches and noise: the lower one with every context that shows another
    /// label than the target as wrong, the upper one with every context as wrong that is not both of the query's class and
    /// of the target's label.
    ///
    /// `bounds` are the vote's by number of contexts that are not wrong, from 0 to L.
    ///
    /// - Complexity: O(L) without noise, O(L^3) with it.
    func risk(_ bounds: [(lower: Double, upper: Double)], relevance: Double) -> (lower: Double, upper: Double) {
        var (lower, upper) = (0.0, 0.0)
        for (m, weight) in law(relevance: relevance).enumerated() where weight > 0 {
            let targets = [(1 - noise, 1 - noise, accident.own), (noise, noise, accident.next)]
            for (share, hit, chance) in targets where share > 0 {
                let hits = Binomial(trials: m, probability: hit)
                let accidents = Binomial(trials: contexts - m, probability: chance)
                for h in hits.support {
                    let probability = weight * share * hits.probability(of: h)
                    guard probability > 0 else { continue }
                    upper += probability * bounds[h].upper
                    for a in accidents.support {
                        let joint = probability * accidents.probability(of: a)
                        if joint > 0 { lower += joint * bounds[h + a].lower }
                    }
                }
            }
        }
        return (lower, upper)
    }

    /// The error of copying: of the labels shown with the query's class the most frequent (one of two at random where they
    /// are equally frequent); without any, the label of a random context.
    func copyingError(relevance: Double) -> Double {
        law(relevance: relevance).enumerated().reduce(0) { sum, each in
            let (m, weight) = (each.offset, each.element)
            guard weight > 0 else { return sum }
            guard m > 0 else { return sum + weight * (1 - (1 - noise) * accident.own - noise * accident.next) }
            let own = Binomial(trials: m, probability: 1 - noise)
            let right = (0...m).reduce(0) { sum, j in
                sum + own.probability(of: j) * (2 * j > m ? 1 : 2 * j == m ? 0.5 : 0)
            }
            return sum + weight * (right * noise + (1 - right) * (1 - noise))
        }
    }

    private func law(relevance: Double) -> [Double] {
        matches.enumerated().map { relevance * $1 + ($0 == 0 ? 1 - relevance : 0) }
    }
}

/// Which labels the contexts of other classes have, for a given labelling of the classes.
struct OtherLabels {
    private let law: LabelledExamplesLaw
    /// By class.
    let labelOfClass: [Int]
    /// Context probability by label.
    private let mass: [Double]

    init(_ law: LabelledExamplesLaw, labelOfClass: [Int]) {
        self.law = law
        self.labelOfClass = labelOfClass
        var mass = [Double](repeating: 0, count: law.labels)
        for (label, probability) in zip(labelOfClass, law.contextProbability) { mass[label] += probability }
        self.mass = mass
    }

    func contexts(ofQuery x: Int) -> ContextLabels {
        let own = law.contextProbability[x]
        return ContextLabels(law, query: x, label: labelOfClass[x]) { label in
            guard own < 1 else { return 0 }
            return max(0, mass[label] - (label == labelOfClass[x] ? own : 0)) / (1 - own)
        }
    }
}
