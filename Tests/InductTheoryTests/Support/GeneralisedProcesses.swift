// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore

extension Processes {
    static func fanizza(alpha: Double, lambda: Double) -> SourceHMM {
        let (c, s) = (cos(alpha), sin(alpha))
        let d = 1 - 2 * lambda * c + lambda * lambda
        let a = (1 - lambda * c + lambda * s) / d
        let b = (1 - lambda * c - lambda * s) / d
        let start = [1 - (2 / (1 - lambda) - a - b) / 4, 1 / (2 * (1 - lambda)), -a / 4, -b / 4]
        let right = [1, 1 - lambda, 1 + lambda * (s - c), 1 - lambda * (s + c)]
        var transition: [Double] = []
        for i in 0..<4 { for j in 0..<4 { transition.append(right[i] * start[j]) } }
        transition += [0, 0, 0, 0, 0, lambda, 0, 0, 0, 0, lambda * c, -lambda * s, 0, 0, lambda * s, lambda * c]
        return scaled(states: 4, tokens: 2, transition)
    }

    static func tomQuantum(alpha: Double, beta: Double) -> SourceHMM {
        let g = 1 / (4 * (alpha * alpha + beta * beta))
        let m = (alpha * alpha - beta * beta) * g
        let o = 2 * alpha * beta * g
        var transition: [Double] = []
        for sign in [1.0, -1] { transition += [0.25, 0, sign * o, 0, m, 0, sign * o, 0, 0.25] }
        for sign in [1.0, -1] { transition += [0.25, sign * o, 0, sign * o, 0.25, 0, 0, 0, m] }
        return scaled(states: 3, tokens: 4, transition)
    }

    static func postQuantum(logAlpha: Double, beta: Double) -> SourceHMM {
        var transition: [Double] = [1, -1, -1, 1, -1, -1, 0, 0, 0]
        for v in [exp(logAlpha), beta] { transition += [v, 0, 0, 0, 1, 0, 0, log(v), 1] }
        return scaled(states: 3, tokens: 3, transition)
    }

    /// Divides by the leading eigenvalue, and finds both eigenvectors by power iteration: w sums to the number of states.
    private static func scaled(states: Int, tokens: Int, _ transition: [Double]) -> SourceHMM {
        var matrix = [Double](repeating: 0, count: states * states)
        for index in transition.indices { matrix[index % (states * states)] += transition[index] }
        var right = [Double](repeating: 1, count: states)
        var left = right.map { $0 + 0.1 }
        var value = 1.0
        for _ in 0..<20_000 {
            var nextRight = [Double](repeating: 0, count: states)
            var nextLeft = nextRight
            for i in 0..<states {
                for j in 0..<states {
                    nextRight[i] += matrix[i * states + j] * right[j]
                    nextLeft[j] += left[i] * matrix[i * states + j]
                }
            }
            let scale = nextRight.map(abs).max() ?? 1
            let at = nextRight.firstIndex { abs($0) == scale } ?? 0
            value = nextRight[at] / right[at]
            let norm = nextLeft.map(abs).max() ?? 1
            right = nextRight.map { $0 / scale }
            left = nextLeft.map { $0 / norm }
        }
        let sum = right.reduce(0, +)
        right = right.map { $0 * Double(states) / sum }
        let mass = zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
        return SourceHMM(
            states: states, tokens: tokens, transition: transition.map { $0 / value }, start: left.map { $0 / mass },
            right: right)
    }
}
