// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// A process with three generalised states that no quantum model of finite dimension generates.
///
/// T_0 = (1, 1, 0) outer (1, -1, -1); T_1 and T_2 = [[v, 0, 0], [0, 1, 0], [0, ln v, 1]] for v = alpha and v = beta; all
/// divided by the largest |eigenvalue| of their sum; alpha > 1 > beta > 0. The number of mixed states grows as l (l + 1) / 2.
/// Source: Riechers, Elliott, Shai 2025; Riechers, Bigelow, Alt, Shai 2025.
struct PostQuantum: HiddenMarkovProcess {
    static let name = "post-quantum"
    static let summary = "a process beyond quantum models, three generalised states and three tokens"
    static let parameters: [Parameter] = [
        .number("log_alpha", default: 1, in: 0...100, "ln alpha, above 0"),
        .number("beta", default: 0.5, above: 0, below: 1, "beta"),
    ]
    static let examples = ["post-quantum(log_alpha=1, beta=0.5)"]

    let engine: HiddenMarkovEngine

    static func model(_ configuration: Configuration) throws(InductError) -> HiddenMarkovModel {
        let logAlpha = try configuration.number("log_alpha")
        let beta = try configuration.number("beta")
        guard logAlpha > 0, beta.isNormal else {
            throw .invalid("log_alpha = \(logAlpha), beta = \(beta): alpha > 1 > beta > 0 is needed")
        }
        let alpha = ReproducibleFunctions.exponential(logAlpha)
        let logBeta = ReproducibleFunctions.logarithm(beta)
        let scale = 1 / leadingEigenvalue(trace: 4 + alpha + beta, alpha + beta, logAlpha + logBeta)
        func matrix(_ value: Double, _ logarithm: Double) -> [Double] { [value, 0, 0, 0, 1, 0, 0, logarithm, 1] }
        let matrices = [[1, -1, -1, 1, -1, -1, 0, 0, 0], matrix(alpha, logAlpha), matrix(beta, logBeta)]
        return try HiddenMarkovModel(states: 3, matrices: matrices.map { $0.map { $0 * scale } })
    }

    /// The largest eigenvalue of the sum [[1 + s, -1, -1], [1, 1, -1], [0, t, 2]], s = alpha + beta, t = ln(alpha beta).
    ///
    /// Newton's method on the characteristic polynomial from above all of its roots, where it is convex.
    private static func leadingEigenvalue(trace: Double, _ s: Double, _ t: Double) -> Double {
        // The trace, the sum of principal minors, and the determinant.
        let minors = (1 + s) + 1 + 2 * (1 + s) + (2 + t)
        let determinant = (1 + s) * (2 + t) + 2 - t
        var root = 4 + s + abs(t)
        for _ in 0..<200 {
            let value = ((root - trace) * root + minors) * root - determinant
            let slope = (3 * root - 2 * trace) * root + minors
            let next = root - value / slope
            if !(next < root) { break }
            root = next
        }
        return root
    }
}
