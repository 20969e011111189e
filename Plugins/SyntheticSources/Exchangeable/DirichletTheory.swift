// SPDX-License-Identifier: Apache-2.0
//
// Goals, in order: exact to rounding, no subtraction of large numbers, simplicity.
// After n tokens the count k of one token follows the beta-binomial law, which Polya's urn carries from n to n + 1 with
// positive terms only:
//   B_{n+1}(k) = B_n(k) (n - k + (V - 1) alpha) / (n + V alpha) + B_n(k - 1) (k - 1 + alpha) / (n + V alpha)
// and h_{n+1} = ln S - (V / S) sum_k B_n(k) (k + alpha) ln(k + alpha), S = n + V alpha.

import Glibc
import InductSDK

/// Closed forms of a die drawn from a symmetric Dirichlet law.
struct DirichletTheory: SourceTheory {
    /// The longest curve, since its cost grows with the square of its length.
    private static let largestLength = 100_000

    let law: DirichletPredictive
    let host: Host

    /// - Complexity: the square of the length.
    func entropy(
        into entropy: UnsafeMutableBufferPointer<Double>
    ) throws -> (entropyRate: TheoryValue, excessEntropy: TheoryValue) {
        guard entropy.count <= Self.largestLength else {
            throw InductError(
                .outOfRange,
                "dirichlet-iid: h_l is computed up to l = \(Self.largestLength), not \(entropy.count); ask for fewer "
                    + "(h_l - h_mu is (V - 1) / (2 l) there)")
        }
        let size = Double(law.vocabulary)
        let others = (size - 1) * law.alpha
        let terms = entropy.indices.map { count in
            let weight = Double(count) + law.alpha
            return weight * log(weight)
        }
        var chance = [Double](repeating: 0, count: entropy.count + 1)
        chance[0] = 1
        for seen in entropy.indices {
            if host.isCancelled { throw InductError(.cancelled, "dirichlet-iid: the theory was cancelled") }
            let total = Double(seen) + size * law.alpha
            var sum = 0.0
            for count in 0...seen { sum += chance[count] * terms[count] }
            entropy[seen] = log(total) - size / total * sum
            for count in stride(from: seen + 1, through: 1, by: -1) {
                chance[count] =
                    (chance[count] * (Double(seen - count) + others) + chance[count - 1]
                        * (Double(count - 1) + law.alpha))
                    / total
            }
            chance[0] *= (Double(seen) + others) / total
        }
        // E H(die) = psi(V alpha + 1) - psi(alpha + 1)
        return (.finite(digamma(size * law.alpha + 1) - digamma(law.alpha + 1)), .diverges)
    }
}

/// The derivative of ln Gamma at `argument` > 0, to rounding.
///
/// Moves the argument above 12 by psi(x) = psi(x + 1) - 1 / x, then sums the asymptotic series.
/// Source: Abramowitz and Stegun 1964, 6.3.5 and 6.3.18.
func digamma(_ argument: Double) -> Double {
    var x = argument
    var shift = 0.0
    while x < 12 {
        shift -= 1 / x
        x += 1
    }
    let y = 1 / (x * x)
    // B_2k / 2k for k = 1, 2, ...
    let coefficients = [1.0 / 12, -1.0 / 120, 1.0 / 252, -1.0 / 240, 1.0 / 132, -691.0 / 32_760, 1.0 / 12]
    let series = coefficients.reversed().reduce(0) { ($0 + $1) * y }
    return shift + log(x) - 0.5 / x - series
}
