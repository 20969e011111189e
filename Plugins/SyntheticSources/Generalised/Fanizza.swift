// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// A process with four generalised states that no finite hidden Markov model generates: token 0 is a renewal, and the time
/// since the last one turns a plane by the angle alpha.
///
/// d = 1 - 2 l cos A + l^2, a = (1 - l cos A + l sin A) / d, b = (1 - l cos A - l sin A) / d;
/// pi0 = (1 - (2 / (1 - l) - a - b) / 4, 1 / (2 (1 - l)), -a / 4, -b / 4);
/// w = (1, 1 - l, 1 + l (sin A - cos A), 1 - l (sin A + cos A)); T_0 = w pi0,
/// T_1 = l blockdiag(0, 1, [[cos A, -sin A], [sin A, cos A]]).
/// Source: Fanizza, Lumbreras, Winter, "Quantum theory in finite dimension cannot explain every general process with finite
/// memory", 2024; Riechers, Bigelow, Alt, Shai 2025.
struct Fanizza: HiddenMarkovProcess {
    static let name = "fanizza"
    static let summary = "a renewal process that needs generalised states, four of them"
    static let parameters: [Parameter] = [
        .number("alpha", default: 2000, in: -1_000_000...1_000_000, "angle A in radians"),
        .number("lambda", default: 0.49, above: 0, below: 1, "decay l of the time since the last renewal"),
    ]
    static let examples = ["fanizza(alpha=2000, lambda=0.49)"]

    let engine: HiddenMarkovEngine

    static func model(_ configuration: Configuration) throws(InductError) -> HiddenMarkovModel {
        let l = try configuration.number("lambda")
        let (cosine, sine) = ReproducibleFunctions.cosineAndSine(try configuration.number("alpha"))
        let d = 1 - 2 * l * cosine + l * l
        let a = (1 - l * cosine + l * sine) / d
        let b = (1 - l * cosine - l * sine) / d
        let renewal = [1 - (2 / (1 - l) - a - b) / 4, 1 / (2 * (1 - l)), -a / 4, -b / 4]
        let w = [1, 1 - l, 1 + l * (sine - cosine), 1 - l * (sine + cosine)]
        let matrix0 = w.flatMap { weight in renewal.map { weight * $0 } }
        let matrix1 = [
            0, 0, 0, 0,
            0, l, 0, 0,
            0, 0, l * cosine, -l * sine,
            0, 0, l * sine, l * cosine,
        ]
        guard renewal[0] >= 0 else {
            throw .invalid(
                "alpha and lambda = \(l) make the probability of the first state \(renewal[0]); choose lambda smaller (at "
                    + "most 1/2 is always possible)")
        }
        return try HiddenMarkovModel(states: 4, matrices: [matrix0, matrix1])
    }
}
