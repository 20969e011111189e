// SPDX-License-Identifier: Apache-2.0
//
// Goals, in order: exact, no cancellation, time linear in the context.
// A context's pair says little: with label y its class is y, or y - 1 where there is label noise. All else are sums over
// these two, and over where in the context something stands.

import Glibc

/// P(context | the query's class, relevant or not, bursty or not), up to a factor that all of these share.
///
/// e_i(k) is the likelihood of pair i if its class is k: nonzero for at most two classes. b_i(c) = sum_{k != c} p_k e_i(k),
/// a_i = b_i(c) + p_c e_i(c). With the rule of `ContextRule`:
///
/// - irrelevant: prod_i b_i(c) / (1 - p_c)
/// - relevant, at least one: sum_j prod_{i<j} b_i(c) e_j(c) prod_{i>j} a_i / sum_{j<L} (1 - p_c)^j
/// - at given numbers of places: the mean over all arrangements of the product over slots
struct ContextLikelihood {
    /// What a pair may be.
    struct Pair {
        /// The class of its label, and the one before it.
        var classes: (Int, Int)
        /// The likelihoods of both.
        var likelihoods: (Double, Double)

        func likelihood(_ label: Int?) -> Double {
            label == classes.0 ? likelihoods.0 : label == classes.1 ? likelihoods.1 : 0
        }
    }

    let rule: ContextRule
    let pairs: [Pair]
    /// The classes that some pair may be.
    let candidates: Set<Int>

    init(rule: ContextRule, pairs: [Pair]) {
        self.rule = rule
        self.pairs = pairs
        candidates = Set(
            pairs.flatMap { pair in
                [pair.classes.0, pair.classes.1].filter { pair.likelihood($0) > 0 }
            })
    }

    /// ln of P(context | `query`, `isRelevant`, `isBursty`); -infinity where it is impossible.
    func logarithm(_ query: Int, isRelevant: Bool, isBursty: Bool) -> Double {
        // A class that no pair may be changes nothing but the law of the others.
        let known = candidates.contains(query) ? query : nil
        if isRelevant, known == nil { return -.infinity }
        let rest = log(1 - rule.law.probability(query))
        if let repeats = rule.repeats(isRelevant: isRelevant, isBursty: isBursty) {
            let free = Double(rule.slots - repeats.query - repeats.other) * rest
            guard repeats.other > 0 else { return placed(repeats, known, other: nil) - free }
            let logarithms = candidates.filter { $0 != query && rule.law.probability($0) > 0 }.sorted().map {
                log(rule.law.probability($0)) + placed(repeats, known, other: $0)
            }
            return logarithmOfSum(logarithms) - rest - free
        }
        guard isRelevant else {
            return placed(.init(query: 0, other: 0), known, other: nil) - Double(rule.slots) * rest
        }
        return withFirstMatch(query)
    }

    private func excluding(_ pair: Pair, _ query: Int?) -> Double {
        var sum = 0.0
        if pair.classes.0 != query { sum += rule.law.probability(pair.classes.0) * pair.likelihoods.0 }
        if pair.classes.1 != query { sum += rule.law.probability(pair.classes.1) * pair.likelihoods.1 }
        return sum
    }

    private func withFirstMatch(_ query: Int) -> Double {
        var product = ScaledRow([1, 0])
        for pair in pairs {
            let (without, with) = (product.values[0], product.values[1])
            product.values[1] = with * excluding(pair, nil) + without * pair.likelihood(query)
            product.values[0] = without * excluding(pair, query)
            product.rescale()
        }
        let missing = 1 - rule.law.probability(query)
        return product.logarithm(1) - log(ContextRule.reach(missing, slots: rule.slots))
    }

    /// The mean over all arrangements of the product over slots, free slots counting b_i(query).
    ///
    /// Entry (m, o) of the row: m slots of the query's class and o of the other have been placed so far.
    private func placed(_ repeats: ContextRule.Repeats, _ query: Int?, other: Int?) -> Double {
        let columns = repeats.other + 1
        var row = ScaledRow([Double](repeating: 0, count: (repeats.query + 1) * columns))
        row.values[0] = 1
        for (slot, pair) in pairs.enumerated() {
            let open = Double(pairs.count - slot)
            let free = excluding(pair, query)
            let (asQuery, asOther) = (pair.likelihood(query), pair.likelihood(other))
            // From the last entry on, since an entry takes from those before it.
            for m in stride(from: repeats.query, through: 0, by: -1) {
                for o in stride(from: repeats.other, through: 0, by: -1) {
                    let here = m * columns + o
                    let left = (repeats.query - m, repeats.other - o)
                    var sum = row.values[here] * free * max(0, open - Double(left.0 + left.1)) / open
                    if m > 0 { sum += row.values[here - columns] * asQuery * Double(left.0 + 1) / open }
                    if o > 0 { sum += row.values[here - 1] * asOther * Double(left.1 + 1) / open }
                    row.values[here] = sum
                }
            }
            row.rescale()
        }
        return row.logarithm(row.values.count - 1)
    }
}

/// Non-negative numbers with a common power of two, so that long products do not vanish.
private struct ScaledRow {
    var values: [Double]
    private var exponent = 0.0

    init(_ values: [Double]) { self.values = values }

    mutating func rescale() {
        let greatest = values.max() ?? 0
        guard greatest > 0, greatest < 0x1p-64 else { return }
        let power = greatest.exponent
        for place in values.indices { values[place] = scalbn(values[place], -Int(power)) }
        exponent += Double(power)
    }

    func logarithm(_ place: Int) -> Double { log(values[place]) + exponent * M_LN2 }
}

/// ln of the sum of what these are logarithms of.
func logarithmOfSum(_ logarithms: [Double]) -> Double {
    guard let greatest = logarithms.max(), greatest > -.infinity else { return -.infinity }
    return greatest + log(logarithms.reduce(0) { $0 + exp($1 - greatest) })
}
