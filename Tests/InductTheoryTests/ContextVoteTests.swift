// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductTheory
import Testing

@Suite("The similarity vote")
struct ContextVoteTests {
    @Test("its bounds have the published values")
    func namedValues() {
        let vote = ContextVote(contexts: 8, labels: 10, floor: 1e-3, gap: 2)
        for (wrong, lower, upper) in [
            (1, 0.0277772438, 0.1424279931), (7, 0.4906160249, 2.0814435444), (8, -log(1e-3), -log(1e-3)),
        ] {
            let bounds = vote.bounds(wrong: wrong)
            #expect(abs(bounds.lower - lower) < 1e-9 && abs(bounds.upper - upper) < 1e-9, "\(wrong)")
        }
    }

    @Test("softmax shares and the floor")
    func softmax() {
        let vote = ContextVote(contexts: 3, labels: 4, floor: 0.01, gap: 10)
        // Weights 1, 1/3 and 1/3 of a nearest and two farther contexts, one of which shows the nearest's label.
        let law = vote.law(distances: [2, 2 + 5 * log(3), 2 + 5 * log(3)], labels: [1, 1, 3], temperature: 5)
        for (value, expected) in zip(law, [0.01, 0.96 * 0.8 + 0.01, 0.01, 0.96 * 0.2 + 0.01]) {
            #expect(abs(value - expected) < 1e-12)
        }
        #expect(abs(vote.loss(share: 0.8) + log(law[1])) < 1e-12)
        // Far from everything the vote is still one.
        let far = vote.law(distances: [1e6, 1e6 + 1, 2e6], labels: [0, 1, 2], temperature: 1)
        #expect(abs(far.reduce(0, +) - 1) < 1e-12 && far[0] > far[1])
    }

    @Test("bounds are in order and rise with the number of wrong contexts", arguments: [0, 1.5, 40], [0, 1e-6, 0.05])
    func boundsAreInOrder(gap: Double, floor: Double) {
        let vote = ContextVote(contexts: 6, labels: 10, floor: floor, gap: gap)
        let bounds = (0...6).map { vote.bounds(wrong: $0) }
        for bound in bounds { #expect(bound.lower <= bound.upper) }
        for (less, more) in zip(bounds, bounds.dropFirst()) {
            #expect(less.lower <= more.lower && less.upper <= more.upper)
        }
    }

    /// Inputs of norm at most 1, relevant ones equal to the query.
    @Test("no vote leaves the bounds", arguments: [true, false])
    func votesStayWithin(isSquared: Bool) {
        var random = RandomModels(isSquared ? 3 : 4)
        let (labels, floor) = (5, 1e-3)
        for _ in 0..<2000 {
            let contexts = 1 + random.below(6)
            let wrong = random.below(contexts + 1)
            let temperature = isSquared ? 0.2 + 3 * random.uniform() : 1
            func point() -> [Double] {
                let point = (0..<3).map { _ in 2 * random.uniform() - 1 }
                let norm = point.reduce(0) { $0 + $1 * $1 }.squareRoot()
                return point.map { $0 / max(norm, 1e-3) }
            }
            let query = point()
            let others = (0..<wrong).map { _ in random.below(4) == 0 ? query.map { -$0 } : point() }
            let distances = (others + [[Double]](repeating: query, count: contexts - wrong)).map { other in
                let square = zip(query, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                return isSquared ? square : square.squareRoot()
            }
            let vote = ContextVote(
                contexts: contexts, labels: labels, floor: floor,
                gap: isSquared
                    ? ContextVote.gap(squaredDistanceOfSquaredNorm: 1, temperature: temperature)
                    : ContextVote.gap(distanceOfSquaredNorm: 1))
            let shown = (0..<contexts).map { $0 < wrong ? 1 + random.below(labels - 1) : 0 }
            let loss = -log(vote.law(distances: distances, labels: shown, temperature: temperature)[0])
            let bounds = vote.bounds(wrong: wrong)
            #expect(bounds.lower <= loss + 1e-12 && loss <= bounds.upper + 1e-12)
        }
    }

    @Test("with squared distances antipodal inputs go below the bound for plain ones")
    func antipodalInputsNeedTheirGap() {
        func bounds(_ gap: Double) -> (lower: Double, upper: Double) {
            ContextVote(contexts: 2, labels: 10, floor: 1e-3, gap: gap).bounds(wrong: 1)
        }
        // A context equal to the query and one opposite to it, on the unit sphere, at temperature 1.
        let vote = ContextVote(contexts: 2, labels: 10, floor: 1e-3, gap: 0)
        let loss = -log(vote.law(distances: [0, 4], labels: [0, 1], temperature: 1)[0])
        #expect(loss < bounds(ContextVote.gap(distanceOfSquaredNorm: 1)).lower)
        #expect(loss >= bounds(ContextVote.gap(squaredDistanceOfSquaredNorm: 1, temperature: 1)).lower)
    }
}
