// SPDX-License-Identifier: Apache-2.0

// Goals, in order: exact to rounding for any number of samples, a cost that stays small for all of them.

internal import Glibc

/// The in-weight learner whose risk is known exactly: counts of a class's labels, with the estimator of Krichevsky and
/// Trofimov.
///
/// After n samples of a class, n_y of them with label y of C, it predicts P(y) = (n_y + 1/2) / (n + C/2). Its loss does not
/// depend on which labels there are, so that it stands for any learner with C - 1 free parameters a class: excess losses are
/// (C - 1) / (2 n) to leading order. All values in nats.
/// Source: Krichevsky, Trofimov 1981, The performance of universal encoding; Xie, Barron 2000, section II (the bound).
package struct KTLearner: Equatable, Sendable {
    /// C, at least 2.
    package let labels: Int
    /// Probability, in [0, 1], that a sample shows another label than its class's own, always the same other one.
    package let labelNoise: Double

    package init(labels: Int, labelNoise: Double = 0) {
        precondition(labels >= 2 && (0...1).contains(labelNoise), "two labels or more, and a probability")
        self.labels = labels
        self.labelNoise = labelNoise
    }

    /// The loss that no predictor from the class alone goes below: -p ln p - (1 - p) ln(1 - p).
    package var entropy: Double { Self.term(labelNoise) + Self.term(1 - labelNoise) }

    private static func term(_ p: Double) -> Double { p > 0 ? -p * log(p) : 0 }

    /// Expected loss of the sample after `samples` others, over its entropy.
    ///
    /// Without noise ln((n + C/2) / (n + 1/2)), for any n >= 0; with noise the mean over the binomial number of samples that
    /// showed the other label, for which n is rounded down. Where that number varies by more than 2^11, (C - 1) / (2 n) is
    /// left, to within the rounding of the mean.
    package func excess(after samples: Double) -> Double {
        let half = Double(labels) / 2
        guard labelNoise > 0, labelNoise < 1 else { return log1p((half - 0.5) / (samples + 0.5)) }
        let count = samples.rounded(.down)
        guard count * labelNoise * (1 - labelNoise) <= 0x1p22 else { return (half - 0.5) / count }
        let hits = Binomial(trials: Int(count), probability: 1 - labelNoise)
        let own = hits.mean { log($0 + 0.5) }
        let other = hits.mean { log(count - $0 + 0.5) }
        return log(count + half) - (1 - labelNoise) * own - labelNoise * other - entropy
    }

    /// Mean excess over the first n samples of a class without noise, n >= 1.
    ///
    ///     [lnGamma(n + C/2) - lnGamma(C/2) - lnGamma(n + 1/2) + lnGamma(1/2)] / n
    package func averageExcess(over samples: Double) -> Double {
        let half = Double(labels) / 2
        let rise = logGamma(samples + half) - logGamma(half)
        return (rise - logGamma(samples + 0.5) + logGamma(0.5)) / samples
    }

    /// What the average excess is at most, for any labels: ((C - 1)/2 ln n + ln C) / n.
    package func averageExcessBound(over samples: Double) -> Double {
        (expansion(over: samples) * samples + log(Double(labels))) / samples
    }

    /// The leading term of the average excess: (C - 1)/2 ln(n) / n; what is left out is of order 1/n.
    package func expansion(over samples: Double) -> Double {
        Double(labels - 1) / 2 * log(samples) / samples
    }

    /// The fewest samples of a class after which the excess is below `level`; nil for a level of 0 or less, which it never
    /// reaches.
    ///
    /// - Complexity: O(log n) evaluations of the excess, which falls in n.
    package func samples(forExcessBelow level: Double) -> Int? {
        level > 0 ? fewest { excess(after: $0) < level } : nil
    }

    /// The least n at which `holds`, which is false before and true from there on; nil beyond 2^52.
    private func fewest(_ holds: (Double) -> Bool) -> Int? {
        guard !holds(0) else { return 0 }
        var (below, above) = (0, 1)
        while !holds(Double(above)) {
            guard above < 1 << 52 else { return nil }
            (below, above) = (above, 2 * above)
        }
        while above - below > 1 {
            let middle = below + (above - below) / 2
            if holds(Double(middle)) { above = middle } else { below = middle }
        }
        return above
    }
}

/// ln Gamma(x) for x > 0.
func logGamma(_ x: Double) -> Double {
    var sign: Int32 = 0
    return lgamma_r(x, &sign)
}
