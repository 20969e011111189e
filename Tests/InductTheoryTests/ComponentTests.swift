// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductTheory
import Testing

@Suite struct ComponentTests {
    static let mixtures: [Process] = [
        Process(
            name: "coins", model: Processes.mixture((1...4).map { Processes.coin(Double($0) / 5) }), isFinite: false),
        Process(
            name: "unequal",
            model: Processes.mixture(
                [Processes.even(0.4), Processes.simpleNonunifilar(0.3, 0.6)], weights: [0.2, 0.8]),
            isFinite: false),
        Process(name: "dursley-wonka", model: Processes.dursleyWonka(0.4, 0.25), isFinite: true),
    ]

    @Test(arguments: mixtures) func curvesByComponentEqualThoseOfEnumeratedWords(_ process: Process) throws {
        let length = process.model.tokens > 2 ? 5 : 8
        let theory = try Theory.of(HiddenMarkovModel(process.model), request: TheoryRequest(length: length))
        #expect(theory.components.count == process.model.componentCount)
        for (c, component) in theory.components.enumerated() {
            var alone = process.model
            for state in 0..<alone.states where alone.componentOfState?[state] != c { alone.start[state] = 0 }
            let weight = alone.start.reduce(0, +)
            alone.start = alone.start.map { $0 / weight }
            #expect(abs(component.weight - weight) < 1e-14)
            let own = BruteForce.entropies(alone, length: length)
            // sum over words of P_c(word) ln P(word), whose differences are the cross-entropies by position.
            let blocks = (0...length).map { l in
                BruteForce.words(alone.tokens, l).reduce(0.0) { sum, word in
                    let p = BruteForce.probability(alone, word)
                    return p > 1e-300 ? sum - p * log(BruteForce.probability(process.model, word)) : sum
                }
            }
            for l in 0..<length {
                #expect(abs(component.entropy[l] - own[l]) < 1e-10)
                #expect(abs(component.crossEntropy[l] - (blocks[l + 1] - blocks[l])) < 1e-10)
            }
        }
    }

    @Test(arguments: mixtures) func lossOnAComponentIsBoundedByItsRarity(_ process: Process) throws {
        let theory = try Theory.of(HiddenMarkovModel(process.model), request: TheoryRequest(length: 100))
        for component in theory.components {
            let loss = component.crossEntropy.reduce(0, +)
            let own = component.entropy.reduce(0, +)
            #expect(loss >= own - 1e-9)
            #expect(loss <= own + log(1 / component.weight) + 1e-9)
        }
        for l in 0..<100 {
            let mean = theory.components.reduce(0) { $0 + $1.weight * $1.crossEntropy[l] }
            #expect(abs(mean - theory.entropy[l]) < 1e-10)
        }
    }
}
