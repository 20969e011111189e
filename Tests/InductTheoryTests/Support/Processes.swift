// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductTheory

/// The processes of the literature, built here from their definitions, independently of the plugins.
enum Processes {
    /// A model from its moves (from, token, to, probability); the start is the stationary law unless given.
    static func moves(
        states: Int, tokens: Int, _ moves: [(Int, Int, Int, Double)], start: [Double]? = nil
    ) -> SourceHMM {
        var transition = [Double](repeating: 0, count: tokens * states * states)
        for (from, token, to, probability) in moves {
            transition[(token * states + from) * states + to] += probability
        }
        return SourceHMM(
            states: states, tokens: tokens, transition: transition,
            start: start ?? stationary(transition, states: states, tokens: tokens))
    }

    /// pi = pi T by repeated averaging of T's powers (which converges for periodic chains too).
    static func stationary(_ transition: [Double], states: Int, tokens: Int) -> [Double] {
        var matrix = [Double](repeating: 0, count: states * states)
        for index in transition.indices { matrix[index % (states * states)] += transition[index] }
        for i in 0..<states { matrix[i * states + i] += 1 }
        for i in matrix.indices { matrix[i] /= 2 }
        for _ in 0..<60 {
            var square = [Double](repeating: 0, count: states * states)
            for i in 0..<states {
                for k in 0..<states {
                    for j in 0..<states { square[i * states + j] += matrix[i * states + k] * matrix[k * states + j] }
                }
                let sum = square[(i * states)..<((i + 1) * states)].reduce(0, +)
                for j in 0..<states { square[i * states + j] /= sum }
            }
            matrix = square
        }
        return Array(matrix[0..<states])
    }

    static func coin(_ p: Double) -> SourceHMM { moves(states: 1, tokens: 2, [(0, 0, 0, p), (0, 1, 0, 1 - p)]) }

    static func goldenMean(_ p: Double) -> SourceHMM {
        moves(states: 2, tokens: 2, [(0, 0, 0, 1 - p), (0, 1, 1, p), (1, 0, 0, 1)])
    }

    static func goldenMean53(_ p: Double) -> SourceHMM {
        let chain = (1..<8).map { ($0, $0 < 5 ? 1 : 0, ($0 + 1) % 8, 1.0) }
        return moves(states: 8, tokens: 2, [(0, 0, 0, 1 - p), (0, 1, 1, p)] + chain)
    }

    static func even(_ p: Double) -> SourceHMM {
        moves(states: 2, tokens: 2, [(0, 0, 0, 1 - p), (0, 1, 1, p), (1, 1, 0, 1)])
    }

    static func simpleNonunifilar(_ p: Double, _ q: Double) -> SourceHMM {
        moves(states: 2, tokens: 2, [(0, 0, 0, 1 - p), (0, 0, 1, p), (1, 0, 1, 1 - q), (1, 1, 0, q)])
    }

    static func zeroOneRandom(_ p: Double) -> SourceHMM {
        moves(states: 3, tokens: 2, [(0, 0, 1, 1), (1, 1, 2, 1), (2, 0, 0, 1 - p), (2, 1, 0, p)])
    }

    static func rrxor(_ p1: Double, _ p2: Double) -> SourceHMM {
        moves(
            states: 5, tokens: 2,
            [
                (0, 0, 1, p1), (0, 1, 2, 1 - p1), (1, 0, 4, p2), (1, 1, 3, 1 - p2), (2, 0, 3, p2), (2, 1, 4, 1 - p2),
                (3, 1, 0, 1), (4, 0, 0, 1),
            ])
    }

    static func mess3(_ x: Double, _ a: Double) -> SourceHMM {
        let b = (1 - a) / 2
        let y = 1 - 2 * x
        var list: [(Int, Int, Int, Double)] = []
        for k in 0..<3 {
            for i in 0..<3 { for j in 0..<3 { list.append((i, k, j, (j == k ? a : b) * (i == j ? y : x))) } }
        }
        return moves(states: 3, tokens: 3, list)
    }

    static func mrName(_ p: Double, _ q: Double) -> SourceHMM {
        moves(
            states: 4, tokens: 4,
            [
                (0, 3, 3, 1), (3, 1, 1, 0.5), (3, 2, 2, 0.5), (1, 0, 0, q), (1, 1, 1, 1 - p - q), (1, 2, 2, p),
                (2, 0, 0, q), (2, 1, 1, p), (2, 2, 2, 1 - p - q),
            ])
    }

    static func dursleyWonka(_ p: Double, _ q: Double) -> SourceHMM {
        mixture([mrName(p, q), mrName(p, q)], tokens: 5, maps: [[0, 1, 2, 3], [0, 1, 2, 4]])
    }

    static func teddyBear(_ p: Double, _ q: Double) -> SourceHMM {
        moves(
            states: 7, tokens: 3,
            [
                (0, 0, 0, 1 - p - q), (0, 1, 1, p), (1, 1, 2, 1), (2, 1, 0, 1), (0, 2, 3, q), (3, 2, 4, 1),
                (4, 2, 5, 1), (5, 0, 6, 1), (6, 0, 0, 1),
            ])
    }

    static func matchingParens(_ open: [Double]) -> SourceHMM {
        var list: [(Int, Int, Int, Double)] = []
        for (depth, probability) in open.enumerated() {
            if probability > 0 { list.append((depth, 0, depth + 1, probability)) }
            if probability < 1 { list.append((depth, 1, depth - 1, 1 - probability)) }
        }
        return moves(states: open.count, tokens: 2, list)
    }

    /// States are the last n tokens, the oldest in the highest bit.
    static func copyBack(_ n: Int, _ a: Double) -> SourceHMM {
        let states = 1 << n
        var list: [(Int, Int, Int, Double)] = []
        for state in 0..<states {
            let oldest = state >> (n - 1)
            for token in 0..<2 {
                list.append((state, token, (state << 1 | token) & (states - 1), token == oldest ? a : 1 - a))
            }
        }
        return moves(states: states, tokens: 2, list)
    }

    /// The unknown block of m fair bits, repeated: a non-stationary start, 2 m states for every block.
    static func begin(_ child: SourceHMM) -> SourceHMM {
        let states = child.states + 1
        var list: [(Int, Int, Int, Double)] = []
        for (state, probability) in child.start.enumerated() {
            list.append((child.states, child.tokens, state, probability))
        }
        for token in 0..<child.tokens {
            for i in 0..<child.states {
                for j in 0..<child.states {
                    list.append((i, token, j, child.transition[(token * child.states + i) * child.states + j]))
                }
            }
        }
        var model = moves(
            states: states, tokens: child.tokens + 1, list, start: Array(repeating: 0, count: child.states) + [1])
        model.componentCount = child.componentCount
        model.componentOfState = child.componentOfState.map { $0 + [0] }
        return model
    }

    static func mixture(
        _ children: [SourceHMM], weights: [Double]? = nil, tokens: Int? = nil, maps: [[Int]]? = nil
    ) -> SourceHMM {
        let states = children.reduce(0) { $0 + $1.states }
        let tokens = tokens ?? children.map(\.tokens).max() ?? 1
        var transition = [Double](repeating: 0, count: tokens * states * states)
        var start: [Double] = []
        var right: [Double] = []
        var component: [Int] = []
        for (c, child) in children.enumerated() {
            let offset = start.count
            let weight = weights?[c] ?? 1 / Double(children.count)
            for token in 0..<child.tokens {
                let mapped = maps?[c][token] ?? token
                for i in 0..<child.states {
                    for j in 0..<child.states {
                        transition[(mapped * states + offset + i) * states + offset + j] +=
                            child.transition[(token * child.states + i) * child.states + j]
                    }
                }
            }
            start += child.start.map { $0 * weight }
            right += child.right ?? Array(repeating: 1, count: child.states)
            component += Array(repeating: c, count: child.states)
        }
        return SourceHMM(
            states: states, tokens: tokens, transition: transition, start: start,
            right: children.contains { $0.right != nil } ? right : nil, componentCount: children.count,
            componentOfState: component)
    }
}
