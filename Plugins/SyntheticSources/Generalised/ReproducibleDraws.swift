// SPDX-License-Identifier: Apache-2.0
//
// Goals, in order: the same bits on every machine, exact laws, simplicity.
// Source: Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (2000).

import InductSDK

/// Draws of continuous laws for what belongs to a task.
enum ReproducibleDraws {
    /// A law over `size` values from the symmetric Dirichlet law.
    static func dirichlet(alpha: Double, size: Int, _ stream: inout RandomStream) -> [Double] {
        let logarithms = (0..<size).map { _ in logarithmOfGamma(shape: alpha, &stream) }
        let greatest = logarithms.max() ?? 0
        // What is e^-700 times smaller than the greatest counts as 0.
        let weights = logarithms.map { $0 - greatest < -700 ? 0 : ReproducibleFunctions.exponential($0 - greatest) }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }

    /// ln of a gamma variable: small shapes give values that have no other representation.
    private static func logarithmOfGamma(shape: Double, _ stream: inout RandomStream) -> Double {
        if shape < 1 {
            let boost = ReproducibleFunctions.logarithm(positiveUniform(&stream)) / shape
            return logarithmOfGamma(shape: shape + 1, &stream) + boost
        }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal(&stream)
            let root = 1 + c * x
            guard root > 0 else { continue }
            let v = root * root * root
            let u = ReproducibleFunctions.logarithm(positiveUniform(&stream))
            let logarithm = ReproducibleFunctions.logarithm(v)
            if u < 0.5 * x * x + d - d * v + d * logarithm {
                return ReproducibleFunctions.logarithm(d) + logarithm
            }
        }
    }

    /// A standard normal variable by Marsaglia's polar method; the second of each pair is not used.
    private static func normal(_ stream: inout RandomStream) -> Double {
        while true {
            let x = 2 * stream.uniformDouble() - 1
            let y = 2 * stream.uniformDouble() - 1
            let s = x * x + y * y
            if s > 0, s < 1 { return x * (-2 * ReproducibleFunctions.logarithm(s) / s).squareRoot() }
        }
    }

    /// In (0, 1).
    private static func positiveUniform(_ stream: inout RandomStream) -> Double {
        stream.uniformDouble() + 0x1p-54
    }
}
