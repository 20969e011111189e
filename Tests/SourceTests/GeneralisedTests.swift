// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductTheory
import Testing

/// The generalised sources are the processes of their definitions, which are written here once more.
@Suite struct GeneralisedTests {
    /// The law of words by plain products of matrices.
    ///
    /// P(word) = pi T_{x1} ... T_{xn} w / (pi w), where pi is the left and w the right eigenvector of sum_x T_x for its leading
    /// eigenvalue, found by iteration.
    private struct Definition {
        var matrices: [[[Double]]]
        var left: [Double]
        var right: [Double]

        init(_ matrices: [[[Double]]]) {
            let size = matrices[0].count
            var sum = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
            for matrix in matrices { for i in 0..<size { for j in 0..<size { sum[i][j] += matrix[i][j] } } }
            var left = [Double](repeating: 1, count: size)
            var right = left
            var scale = 1.0
            for _ in 0..<20_000 {
                left = (0..<size).map { j in (0..<size).reduce(0) { $0 + left[$1] * sum[$1][j] } }
                right = (0..<size).map { i in (0..<size).reduce(0) { $0 + sum[i][$1] * right[$1] } }
                scale = right.map { abs($0) }.max() ?? 1
                left = left.map { $0 / (left.map { abs($0) }.max() ?? 1) }
                right = right.map { $0 / scale }
            }
            self.matrices = matrices.map { $0.map { $0.map { $0 / scale } } }
            self.left = left
            self.right = right
        }

        func probability(_ word: [Int]) -> Double {
            var row = left
            for token in word {
                row = row.indices.map { j in row.indices.reduce(0) { $0 + row[$1] * matrices[token][$1][j] } }
            }
            return dot(row) / dot(left)
        }

        private func dot(_ row: [Double]) -> Double { zip(row, right).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    private static func fanizza(_ angle: Double, _ l: Double) -> [[[Double]]] {
        let (c, s) = (cos(angle), sin(angle))
        let d = 1 - 2 * l * c + l * l
        let a = (1 - l * c + l * s) / d
        let b = (1 - l * c - l * s) / d
        let pi0 = [1 - (2 / (1 - l) - a - b) / 4, 1 / (2 * (1 - l)), -a / 4, -b / 4]
        let w = [1, 1 - l, 1 + l * (s - c), 1 - l * (s + c)]
        return [
            w.map { weight in pi0.map { weight * $0 } },
            [[0, 0, 0, 0], [0, l, 0, 0], [0, 0, l * c, -l * s], [0, 0, l * s, l * c]],
        ]
    }

    private static func tomQuantum(_ alpha: Double, _ beta: Double) -> [[[Double]]] {
        let g = 1 / (4 * (alpha * alpha + beta * beta))
        let m = (alpha * alpha - beta * beta) * g
        let o = 2 * alpha * beta * g
        return [
            [[0.25, 0, o], [0, m, 0], [o, 0, 0.25]], [[0.25, 0, -o], [0, m, 0], [-o, 0, 0.25]],
            [[0.25, o, 0], [o, 0.25, 0], [0, 0, m]], [[0.25, -o, 0], [-o, 0.25, 0], [0, 0, m]],
        ]
    }

    private static func postQuantum(_ alpha: Double, _ beta: Double) -> [[[Double]]] {
        [[[1, -1, -1], [1, -1, -1], [0, 0, 0]]]
            + [alpha, beta].map { [[$0, 0, 0], [0, 1, 0], [0, log($0), 1]] }
    }

    static let definitions: [(spec: String, matrices: [[[Double]]])] = [
        ("fanizza(alpha=2000, lambda=0.49)", fanizza(2000, 0.49)),
        ("fanizza(alpha=1, lambda=0.5)", fanizza(1, 0.5)),
        ("fanizza(alpha=-3.1, lambda=0.2)", fanizza(-3.1, 0.2)),
        ("tom-quantum(alpha=1, beta=7.14)", tomQuantum(1, 7.14)),
        ("tom-quantum(alpha=-0.4, beta=0.3)", tomQuantum(-0.4, 0.3)),
        ("post-quantum(log_alpha=1, beta=0.5)", postQuantum(exp(1), 0.5)),
        ("post-quantum(log_alpha=0.3, beta=0.1)", postQuantum(exp(0.3), 0.1)),
    ]

    @Test(arguments: definitions.indices)
    func wordsHaveTheProbabilitiesOfTheDefinition(_ index: Int) throws {
        let (spec, matrices) = Self.definitions[index]
        let definition = Definition(matrices)
        let length = matrices.count > 2 ? 5 : 9
        let words = Words.all(matrices.count, length: length)
        let source = try Sources().open(spec)
        let results = try source.predictions(words)
        var total = 0.0
        for (number, word) in words.enumerated() {
            let probability = definition.probability(word)
            total += probability
            #expect(probability > -1e-12, "\(spec): \(word) has the probability \(probability)")
            #expect(abs(exp(results.logProbability[number][length]) - probability) < 1e-10)
        }
        #expect(abs(total - 1) < 1e-10)
    }

    /// Fanizza's process is one of renewals, n ones between two zeros with the probability l^n sin^2(n A / 2), n >= 1, from
    /// which every word's follows without cancellation, however small A is.
    @Test(arguments: [(2000, 0.49), (0.01, 0.5), (1e-4, 0.3), (355, 0.5), (1e-6, 0.6)])
    func theoryOfRareTurnsIsThatOfRenewals(_ angle: Double, _ l: Double) throws {
        let most = 2000
        var gaps = (0..<most).map { pow(l, Double($0)) * pow(sin(Double($0) * angle / 2), 2) }
        // By n: n ones at least before the next zero; the same from a random place on, times the mean distance of zeros.
        var lasts = [Double](repeating: 0, count: most + 1)
        for n in stride(from: most - 1, through: 1, by: -1) { lasts[n] = lasts[n + 1] + gaps[n] }
        gaps[0] = 1 - lasts[1]
        lasts[0] = 1
        let mean = lasts.reduce(0, +)
        func probability(_ word: [Int]) -> Double {
            let runs = word.split(separator: 0, omittingEmptySubsequences: false).map(\.count)
            guard runs.count > 1 else { return lasts[word.count...].reduce(0, +) / mean }
            return runs.dropFirst().dropLast().reduce(lasts[runs[0]] / mean) { $0 * gaps[$1] } * lasts[runs.last ?? 0]
        }
        let blocks = (0...8).map { length in
            Words.all(2, length: length).map(probability).reduce(0) { sum, p in
                sum - (p > 0 ? p * log(p) : 0)
            }
        }
        let source = try Sources().open("fanizza(alpha=\(angle), lambda=\(l))")
        let theory = try Theory.of(source, request: TheoryRequest(length: 8))
        for l in 0..<8 { #expect(abs(theory.entropy[l] - (blocks[l + 1] - blocks[l])) < 1e-13, "h_\(l + 1)") }
    }

    @Test(arguments: [
        "post-quantum(log_alpha=0.05, beta=0.01)", "post-quantum(log_alpha=50, beta=0.999)",
        "post-quantum(log_alpha=100, beta=1e-300)", "tom-quantum(alpha=1e-9, beta=3)",
        "tom-quantum(alpha=5, beta=1e-9)", "fanizza(alpha=0, lambda=0.4)", "fanizza(alpha=3.14159, lambda=0.5)",
        "fanizza(alpha=1000000, lambda=0.3)",
    ])
    func extremeParametersAreAProcessOrRefused(_ spec: String) throws {
        let source: any Source
        do {
            source = try Sources().open(spec)
        } catch is SpecError {
            return
        }
        let length = source.schema.classes == 2 ? 8 : 4
        let words = Words.all(source.schema.classes, length: length)
        let results = try source.predictions(words)
        for (word, laws) in results.law.enumerated() {
            // What follows a word that is all but impossible is known to few digits.
            for (prefix, law) in laws.enumerated() where results.logProbability[word][prefix] > -16 {
                #expect(law.allSatisfy { $0 >= 0 && $0 <= 1 + 1e-9 }, "\(spec): \(law)")
                #expect(abs(law.reduce(0, +) - 1) < 1e-7, "\(spec): \(law)")
            }
        }
        let total = results.logProbability.reduce(0) { $0 + exp($1[length]) }
        #expect(abs(total - 1) < 1e-7)
    }
}
