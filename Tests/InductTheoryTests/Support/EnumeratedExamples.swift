// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Every sample that a source of labelled examples can draw, with its probability: only for tiny ones.
struct EnumeratedExamples {
    struct Sample {
        var probability: Double
        var query: Int
        /// Classes and shown labels by context.
        var classes: [Int]
        var labels: [Int]
        var target: Int

        var matches: Int { classes.count { $0 == query } }
    }

    let law: LabelledExamplesLaw
    /// By class; what the views with other labels replace.
    var labelOfClass: [Int]

    init(_ law: LabelledExamplesLaw) {
        self.law = law
        labelOfClass = law.labelOfClass
    }

    /// All samples, the context being relevant with probability `relevance`.
    func samples(relevance: Double) -> [Sample] {
        law.classProbability.indices.flatMap { query -> [Sample] in
            contexts(query, relevance: relevance).flatMap { classes, weight -> [Sample] in
                labellings(classes + [query]).map { labels, chance in
                    Sample(
                        probability: law.classProbability[query] * weight * chance, query: query, classes: classes,
                        labels: Array(labels.dropLast()), target: labels[classes.count])
                }
            }
        }.filter { $0.probability > 0 }
    }

    /// Classes of contexts with their probabilities: all tuples by weight, those that do not obey the rule left out.
    private func contexts(_ query: Int, relevance: Double) -> [([Int], Double)] {
        let tuples = Self.tuples(law.classes, law.contexts)
        func normalised(_ share: Double, _ keeps: ([Int]) -> Bool) -> [([Int], Double)] {
            let kept = tuples.filter(keeps)
            let weights = kept.map { tuple in
                // With exactly k matches, at random places, only the other contexts are drawn.
                tuple.reduce(1) { product, x in
                    product * (x == query && law.relevantContexts != nil ? 1 : law.contextProbability[x])
                }
            }
            let total = weights.reduce(0, +)
            return zip(kept, weights).map { ($0, share * $1 / total) }
        }
        func matches(_ tuple: [Int]) -> Int { tuple.count { $0 == query } }
        let relevant = normalised(relevance) { tuple in
            law.relevantContexts.map { matches(tuple) == $0 } ?? (matches(tuple) > 0)
        }
        return (relevance > 0 ? relevant : [])
            + (relevance < 1 ? normalised(1 - relevance) { matches($0) == 0 } : [])
    }

    /// Every choice of which labels noise replaces.
    private func labellings(_ classes: [Int]) -> [([Int], Double)] {
        Self.tuples(2, classes.count).map { flips in
            var probability = 1.0
            let labels = zip(classes, flips).map { x, flip in
                probability *= flip == 1 ? law.labelNoise : 1 - law.labelNoise
                return (labelOfClass[x] + flip) % law.labels
            }
            return (labels, probability)
        }.filter { $0.1 > 0 }
    }

    static func tuples(_ count: Int, _ length: Int) -> [[Int]] {
        (0..<length).reduce([[]]) { tuples, _ in tuples.flatMap { tuple in (0..<count).map { tuple + [$0] } } }
    }
}
