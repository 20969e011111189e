// SPDX-License-Identifier: Apache-2.0

import InductCore
import Testing

/// A process under a name, for tests that hold for many.
struct Process: Sendable, CustomTestStringConvertible {
    var name: String
    var model: SourceHMM
    /// Whether its mixed states are finitely many.
    var isFinite: Bool

    var testDescription: String { name }
}

/// Every process of the literature, with parameters away from the symmetric points.
let catalogue: [Process] = [
    Process(name: "coin", model: Processes.coin(0.3), isFinite: true),
    Process(name: "golden-mean", model: Processes.goldenMean(0.3), isFinite: true),
    Process(name: "golden-mean-5-3", model: Processes.goldenMean53(0.4), isFinite: true),
    Process(name: "even", model: Processes.even(0.3), isFinite: true),
    Process(name: "sns", model: Processes.simpleNonunifilar(0.5, 0.5), isFinite: false),
    Process(name: "zero-one-random", model: Processes.zeroOneRandom(0.4), isFinite: true),
    Process(name: "rrxor", model: Processes.rrxor(0.3, 0.6), isFinite: false),
    Process(name: "rrxor, fair bits", model: Processes.rrxor(0.5, 0.5), isFinite: true),
    Process(name: "mess3", model: Processes.mess3(0.15, 0.6), isFinite: false),
    Process(name: "dursley-wonka", model: Processes.dursleyWonka(0.4, 0.25), isFinite: true),
    Process(name: "teddy-bear", model: Processes.teddyBear(0.3, 0.25), isFinite: true),
    Process(name: "matching-parens", model: Processes.matchingParens([1, 0.6, 0.3, 0]), isFinite: false),
    Process(name: "copy-back(2)", model: Processes.copyBack(2, 0.75), isFinite: true),
    Process(name: "copy-back(3)", model: Processes.copyBack(3, 0.9), isFinite: true),
    Process(
        name: "two coins", model: Processes.mixture([Processes.coin(0.2), Processes.coin(0.7)]), isFinite: false),
    Process(
        name: "golden-mean or even", model: Processes.mixture([Processes.goldenMean(0.5), Processes.even(0.5)]),
        isFinite: true),
    Process(
        name: "uneven mixture",
        model: Processes.mixture([Processes.zeroOneRandom(0.5), Processes.copyBack(2, 0.8)], weights: [0.3, 0.7]),
        isFinite: false),
    Process(name: "fanizza", model: Processes.fanizza(alpha: 2000, lambda: 0.49), isFinite: false),
    Process(name: "tom-quantum", model: Processes.tomQuantum(alpha: 1, beta: 7.141_428_428_5), isFinite: false),
    Process(name: "post-quantum", model: Processes.postQuantum(logAlpha: 1, beta: 0.5), isFinite: false),
]
