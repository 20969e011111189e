// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductTheory
import Testing

@Suite("The regret of Hedge")
struct OnlineRegretTests {
    /// Loss of Hedge over the best expert's.
    private func regret(_ losses: [[Double]], rate: Double) -> Double {
        var weights = [Double](repeating: 1, count: losses[0].count)
        var total = 0.0
        for round in losses {
            total += zip(weights, round).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
            for k in weights.indices { weights[k] *= exp(-rate * round[k]) }
        }
        return total - (weights.indices.map { k in losses.reduce(0) { $0 + $1[k] } }.min() ?? 0)
    }

    @Test("it is below the bound on adversarial and stochastic losses", arguments: [1, 2, 3, 4], [10, 300])
    func boundHolds(kind: Int, rounds: Int) {
        let largest = 1.7
        var random = RandomModels(kind)
        var ahead = 0.0
        let losses = (0..<rounds).map { t -> [Double] in
            switch kind {
            case 1: return [t % 2 == 0 ? largest : 0, t % 2 == 0 ? 0 : largest]
            case 2: return [largest * random.uniform(), largest * random.uniform()]
            case 3:
                // Always against the expert that is ahead.
                let pair = ahead <= 0 ? [largest, 0] : [0, largest]
                ahead += pair[0] - pair[1]
                return pair
            default: return [t < rounds / 2 ? 0 : largest, largest / 2]
            }
        }
        let rate = OnlineRegret.rate(rounds: Double(rounds), largestDifference: largest)
        let bound = OnlineRegret.bound(rounds: Double(rounds), largestDifference: largest)
        #expect(regret(losses, rate: rate) <= bound)
        #expect(abs(bound - largest * (Double(rounds) * log(2) / 2).squareRoot()) < 1e-9)
    }

    @Test("keys add up to no more than if all had the same number of rounds")
    func keysAddUp() {
        let whole = OnlineRegret.bound(rounds: 100, largestDifference: 2)
        let even = OnlineRegret.bound(roundsByKey: [25, 25, 25, 25], largestDifference: 2)
        #expect(abs(even - 2 * whole) < 1e-9)
        #expect(OnlineRegret.bound(roundsByKey: [97, 1, 1, 1], largestDifference: 2) < even)
    }
}
