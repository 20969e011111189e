// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Measurements of a quantum bit: three generalised states, four tokens.
///
/// g = 1 / (4 (alpha^2 + beta^2)), m = (alpha^2 - beta^2) g, o = 2 alpha beta g;
/// T_0 = [[1/4, 0, o], [0, m, 0], [o, 0, 1/4]], T_1 the same with -o; T_2 = [[1/4, o, 0], [o, 1/4, 0], [0, 0, m]], T_3 with
/// -o. The number of mixed states grows exponentially with the length.
/// Source: Riechers, Elliott, Shai 2025; Riechers, Bigelow, Alt, Shai 2025.
struct TomQuantum: HiddenMarkovProcess {
    static let name = "tom-quantum"
    static let summary = "measurements of a quantum bit, three generalised states and four tokens"
    static let parameters: [Parameter] = [
        .number("alpha", default: 1, "strength of one part of the measurement"),
        .number("beta", default: 7.14, "strength of the other part; not 0"),
    ]
    static let examples = ["tom-quantum(alpha=1, beta=7.14)"]

    let engine: HiddenMarkovEngine

    static func model(_ configuration: Configuration) throws(InductError) -> HiddenMarkovModel {
        let alpha = try configuration.number("alpha")
        let beta = try configuration.number("beta")
        guard (alpha * alpha + beta * beta).isFinite, beta != 0 else {
            throw .invalid(
                "beta = \(beta), alpha = \(alpha): beta must not be 0, and the squares of both must be finite")
        }
        let g = 1 / (4 * (alpha * alpha + beta * beta))
        let m = (alpha * alpha - beta * beta) * g
        let o = 2 * alpha * beta * g
        func first(_ o: Double) -> [Double] { [0.25, 0, o, 0, m, 0, o, 0, 0.25] }
        func second(_ o: Double) -> [Double] { [0.25, o, 0, o, 0.25, 0, 0, 0, m] }
        return try HiddenMarkovModel(states: 3, matrices: [first(o), first(-o), second(o), second(-o)])
    }
}
