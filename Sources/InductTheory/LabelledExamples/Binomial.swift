// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The law of the number of successes among independent trials.
struct Binomial {
    let trials: Int
    /// In [0, 1].
    let probability: Double

    /// Where the law is not 0.
    var support: ClosedRange<Int> {
        guard probability > 0, probability < 1 else {
            return probability > 0 ? trials...trials : 0...0
        }
        return 0...trials
    }

    /// P(k successes).
    func probability(of k: Int) -> Double {
        guard k >= 0, k <= trials else { return 0 }
        guard probability > 0, probability < 1 else { return k == (probability > 0 ? trials : 0) ? 1 : 0 }
        let (n, successes) = (Double(trials), Double(k))
        let choices = logGamma(n + 1) - logGamma(successes + 1) - logGamma(n - successes + 1)
        return exp(choices + successes * log(probability) + (n - successes) * log1p(-probability))
    }

    /// The mean of a function of the number of successes.
    ///
    /// Beyond 12 standard deviations and 40 successes around the mean less than 1e-15 of the law is left; there the
    /// function is not asked. Ratios of neighbours run from the mode outwards, and the sum is divided by that of the law.
    ///
    /// - Complexity: O(sqrt(trials)).
    func mean(_ value: (Double) -> Double) -> Double {
        guard probability > 0, probability < 1, trials > 0 else { return value(probability > 0 ? Double(trials) : 0) }
        let n = Double(trials)
        let centre = n * probability
        let reach = 12 * (centre * (1 - probability)).squareRoot() + 40
        let mode = min(trials, Int((n + 1) * probability))
        let odds = probability / (1 - probability)
        var (sum, weights) = (value(Double(mode)), 1.0)
        var weight = 1.0
        for k in stride(from: mode, to: min(trials, Int(centre + reach)), by: 1) {
            weight *= Double(trials - k) / Double(k + 1) * odds
            sum += weight * value(Double(k + 1))
            weights += weight
        }
        weight = 1
        for k in stride(from: mode, to: max(0, Int((centre - reach).rounded(.down))), by: -1) {
            weight *= Double(k) / Double(trials - k + 1) / odds
            sum += weight * value(Double(k - 1))
            weights += weight
        }
        return sum / weights
    }
}
