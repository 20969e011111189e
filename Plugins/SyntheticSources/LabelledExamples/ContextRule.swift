// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Which classes the pairs of a context show, given the query's class c.
///
/// - Irrelevant: every slot independently by the law of classes, given that it is not c.
/// - Relevant, `matches` = 0: all slots independently by the law, given that at least one is c, as if redrawn until so. The
///   first match stands in slot j with probability proportional to (1 - p_c)^j; slots before it are not c, slots behind it
///   follow the law.
/// - Relevant, `matches` = k: exactly k slots at random places show c, the others are as in an irrelevant context.
/// - Bursty: a few classes, each several times. With m = k, or max(1, floor(3 L / 8)) where k is not given, m slots show c
///   and min(m, L - m) slots one and the same other class; in an irrelevant context m slots show one class other than c. The
///   others are as in an irrelevant context. At L = 8 a relevant one holds the query's class and another three times each.
///
/// Source: Chan, Chen, György, Schuurmans 2025, appendix on data; Chan, Santoro, Lampinen, Wang, Singh, Richemond,
/// McClelland, Hill, "Data distributional properties drive emergent in-context learning in transformers", NeurIPS 2022,
/// section 2, for burstiness.
struct ContextRule: Sendable {
    let law: ClassLaw
    /// Pairs L.
    let slots: Int
    /// Slots that show the query's class in a relevant context; 0: at least one.
    let matches: Int

    /// How often something stands in a context, at random places.
    struct Repeats: Equatable {
        /// Slots that show the query's class.
        var query: Int
        /// Slots that show one and the same other class.
        var other: Int
    }

    /// nil: slots are drawn one by one.
    func repeats(isRelevant: Bool, isBursty: Bool) -> Repeats? {
        guard isBursty else { return isRelevant && matches > 0 ? Repeats(query: matches, other: 0) : nil }
        let most = matches > 0 ? matches : max(1, 3 * slots / 8)
        return isRelevant
            ? Repeats(query: most, other: min(most, slots - most)) : Repeats(query: 0, other: min(most, slots))
    }

    /// Writes the classes of all slots.
    func draw(
        _ query: Int, isRelevant: Bool, isBursty: Bool, _ stream: inout RandomStream,
        into classes: UnsafeMutablePointer<Int32>
    ) {
        if let repeats = repeats(isRelevant: isRelevant, isBursty: isBursty) {
            place(repeats, query, &stream, into: classes)
        } else if isRelevant {
            let first = firstMatch(query, stream.next())
            for slot in 0..<slots {
                if slot == first {
                    classes[slot] = Int32(query)
                } else {
                    let word = stream.next()
                    classes[slot] = Int32(slot < first ? law.draw(word, otherThan: query) : law.draw(word))
                }
            }
        } else {
            for slot in 0..<slots { classes[slot] = Int32(law.draw(stream.next(), otherThan: query)) }
        }
    }

    /// Every arrangement alike: each slot takes what it holds from what is left to be placed.
    ///
    /// Source: Knuth, "The art of computer programming", volume 2, algorithm 3.4.2 S.
    private func place(
        _ repeats: Repeats, _ query: Int, _ stream: inout RandomStream, into classes: UnsafeMutablePointer<Int32>
    ) {
        var left = repeats
        let other = left.other > 0 ? law.draw(stream.next(), otherThan: query) : query
        for slot in 0..<slots {
            let place = randomIndex(stream.next(), below: slots - slot)
            if place < left.query {
                classes[slot] = Int32(query)
                left.query -= 1
            } else if place < left.query + left.other {
                classes[slot] = Int32(other)
                left.other -= 1
            } else {
                classes[slot] = Int32(law.draw(stream.next(), otherThan: query))
            }
        }
    }

    /// The slot of the first match, given that there is one.
    private func firstMatch(_ query: Int, _ word: UInt32) -> Int {
        guard slots > 1 else { return 0 }
        let missing = 1 - law.probability(query)
        var rest = Double(word) * 0x1p-32 * ContextRule.reach(missing, slots: slots)
        var weight = 1.0
        for slot in 0..<slots - 1 {
            if rest < weight { return slot }
            rest -= weight
            weight *= missing
        }
        return slots - 1
    }

    /// sum_{j < slots} missing^j, which times 1 - missing is the probability of at least one match.
    static func reach(_ missing: Double, slots: Int) -> Double {
        var sum = 0.0
        for _ in 0..<slots { sum = 1 + missing * sum }
        return sum
    }
}
