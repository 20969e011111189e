// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The law of `gaussian-classes`, from its definition: every query and context is enumerated.
struct ExampleLaw {
    var frequent = 2
    var rare = 2
    var high = 0.7
    var zipf = 0.0
    var slots = 3
    var relevance = 0.8
    var matches = 0
    var burstiness = 0.0
    var labelNoise = 0.0
    var sigma = 0.2
    var dimension = 3

    var classes: Int { frequent + rare }

    var spec: String {
        "gaussian-classes(frequent=\(frequent), rare=\(rare), p_high=\(high), zipf=\(zipf), contexts=\(slots), "
            + "p_relevant=\(relevance), relevant_contexts=\(matches), burstiness=\(burstiness), "
            + "label_noise=\(labelNoise), sigma=\(sigma), dimension=\(dimension))"
    }

    var probabilities: [Double] {
        guard zipf == 0 else {
            let weights = (1...classes).map { pow(Double($0), -zipf) }
            return weights.map { $0 / weights.reduce(0, +) }
        }
        return (0..<classes).map { $0 < frequent ? high / Double(frequent) : (1 - high) / Double(rare) }
    }

    /// P(context, query), keyed by the classes of all slots and then the query's.
    var joint: [[Int]: Double] {
        var law: [[Int]: Double] = [:]
        for word in Words.all(classes, length: slots + 1) {
            law[word] = probabilities[word[slots]] * probability(Array(word.prefix(slots)), query: word[slots])
        }
        return law
    }

    /// The probability of a context, given the query's class.
    private func probability(_ context: [Int], query: Int) -> Double {
        relevance * ((1 - burstiness) * relevant(context, query) + burstiness * repeated(context, query, true))
            + (1 - relevance)
            * ((1 - burstiness) * others(context, query) + burstiness * repeated(context, query, false))
    }

    private func others(_ context: [Int], _ query: Int) -> Double {
        context.reduce(1) { $1 == query ? 0 : $0 * probabilities[$1] / (1 - probabilities[query]) }
    }

    private func relevant(_ context: [Int], _ query: Int) -> Double {
        let rest = context.filter { $0 != query }
        if matches == 0 {
            return rest.count == slots
                ? 0 : context.reduce(1) { $0 * probabilities[$1] } / (1 - pow(1 - probabilities[query], Double(slots)))
        }
        return slots - rest.count == matches ? others(rest, query) / choose(slots, matches) : 0
    }

    private func repeated(_ context: [Int], _ query: Int, _ isRelevant: Bool) -> Double {
        let most = matches > 0 ? matches : max(1, 3 * slots / 8)
        let (m, d) = isRelevant ? (most, min(most, slots - most)) : (0, min(most, slots))
        let rest = context.filter { $0 != query }
        guard slots - rest.count == m else { return 0 }
        guard d > 0 else { return others(rest, query) / choose(slots, m) }
        return (0..<classes).filter { $0 != query }.reduce(0) { sum, other in
            let shown = rest.filter { $0 == other }.count
            guard shown >= d else { return sum }
            let conditional = probabilities[other] / (1 - probabilities[query])
            return sum + conditional * choose(shown, d) * others(rest, query) / pow(conditional, Double(d))
                / (choose(slots, m) * choose(slots - m, d))
        }
    }

    private func choose(_ n: Int, _ k: Int) -> Double {
        (0..<k).reduce(1) { $0 * Double(n - $1) / Double($1 + 1) }
    }

    /// The probability of a label, given the class.
    func likelihood(_ label: Int, of shown: Int) -> Double {
        (label == shown ? 1 - labelNoise : 0) + (label == (shown + 1) % classes ? labelNoise : 0)
    }

    /// ln of the normal density of an input around a centre.
    func logarithm(_ input: [Float], around centre: [Float]) -> Double {
        // Inputs are made in floats.
        let deviation = Double(Float(sigma))
        let square = zip(input, centre).reduce(0.0) { sum, pair in
            let difference = Double(pair.0) - Double(pair.1)
            return sum + difference * difference
        }
        let constant = Double(input.count) * log(deviation * (2 * Double.pi).squareRoot())
        return -square / (2 * deviation * deviation) - constant
    }
}
