// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Bounds on the entropy rate of one stationary ergodic process: H[X_l | past, S_0] <= h_mu <= h_l.
///
/// The lower bound holds for HMMs only; a GHMM has no state to condition on.
/// Source: Birch 1962; Cover and Thomas 2006, theorem 4.5.1.
struct RateBracket {
    let model: HiddenMarkovModel
    let request: TheoryRequest
    /// Depths to which the lower bound is followed where that is affordable.
    static let depth = 64
    /// Positions over which a curve with a known rate is summed.
    static let longDepth = 4096

    /// States rate, bounds and excess entropy as far as the curve of h_l and the lower bound allow.
    ///
    /// Where the lower bound gives the rate itself, and words need not be enumerated one by one, the curve is followed
    /// until it reaches the rate, so that the excess entropy is its sum.
    func describe(_ curve: inout EntropyCurve, _ theory: inout Theory) throws(TheoryError) {
        guard let last = curve.entropy.last else { return }
        guard !model.isGeneralised else {
            describeGeneralised(curve, last, &theory)
            return
        }
        let lower = try lowerCurve()
        if let presentation = lower.presentation {
            let rate = presentation.limits.rates[0]
            theory.entropyRate = rate
            if curve.frontier == nil, last - rate > 1e-13 {
                curve = try EntropyCurve(
                    model: model, observer: BeliefObserver(model: model, hasComponents: false),
                    initial: BeliefLevel(start: model.start), length: max(curve.levels, Self.longDepth), knownRate: rate
                )
            }
        } else {
            let low = max(0, lower.entropy.last ?? 0)
            let bounds = low...max(low, last)
            theory.entropyRateBounds = bounds
            theory.entropyRate = Self.best(Self.extrapolated(curve.entropy), within: bounds)
        }
        describeExcess(curve.entropy, &theory)
    }

    /// The rate as the mean entropy of sampled beliefs far beyond the start: a GHMM has no bound from below.
    private func describeGeneralised(_ curve: EntropyCurve, _ last: Double, _ theory: inout Theory) {
        theory.excessEntropyReason =
            "this generalised model has infinitely many mixed states, and its entropy rate has no bound from below"
        guard let frontier = curve.frontier?.level else { return }
        let observer = BeliefObserver(model: model, hasComponents: false)
        let estimate = BeliefSampling(model: model, observer: observer, request: request).longRunMean(from: frontier)
        theory.entropyRate = min(estimate.mean, last)
        theory.entropyRateStandardError = estimate.standardError
        theory.notes.append(
            "The entropy rate is an estimate with standard error \(estimate.standardError); h_\(curve.levels) = \(last) bounds it from above."
        )
    }

    /// The entropies given the past and the first state, which never fall with l.
    ///
    /// One belief for every state, weighted by the stationary law.
    private func lowerCurve() throws(TheoryError) -> EntropyCurve {
        var beliefs = [Double](repeating: 0, count: model.states * model.states)
        for state in 0..<model.states { beliefs[state * model.states + state] = 1 }
        return try EntropyCurve(
            model: model, observer: BeliefObserver(model: model, hasComponents: false),
            initial: BeliefLevel(beliefs: beliefs, weights: model.start), length: Self.depth)
    }

    /// The limit of a curve that falls geometrically, from its last three values; nil for a curve that does not.
    ///
    /// Source: Aitken 1926.
    static func extrapolated(_ entropy: [Double]) -> Double? {
        guard entropy.count >= 3 else { return nil }
        let tail = Array(entropy.suffix(3))
        let (first, second) = (tail[0] - tail[1], tail[1] - tail[2])
        guard first > second, second > 0 else { return nil }
        return tail[2] - second * second / (first - second)
    }

    /// An extrapolated rate where the bounds allow it, else their middle.
    private static func best(_ rate: Double?, within bounds: ClosedRange<Double>) -> Double {
        if let rate, bounds.contains(rate) { return rate }
        return (bounds.lowerBound + bounds.upperBound) / 2
    }

    /// E as the partial sum of h_l - h_mu and a geometric tail; only where what is uncertain about it is small.
    private func describeExcess(_ entropy: [Double], _ theory: inout Theory) {
        guard let rate = theory.entropyRate, let last = entropy.last, entropy.count > 3 else { return }
        let width = theory.entropyRateBounds.map { $0.upperBound - $0.lowerBound } ?? 0
        let (previous, before) = (entropy[entropy.count - 2], entropy[entropy.count - 3])
        let hasArrived = width == 0 && last - rate <= 1e-13
        let ratio = before > previous && !hasArrived ? (previous - last) / (before - previous) : 0
        let tail = ratio > 0 && ratio < 1 ? (last - rate) * ratio / (1 - ratio) : 0
        let uncertainty = Double(entropy.count) * max(width, 1e-16) + max(tail, last - rate)
        let excess = entropy.reduce(0) { $0 + ($1 - rate) } + tail
        guard ratio < 0.99, uncertainty <= 1e-6 else {
            theory.excessEntropyReason =
                "the mixed states are infinitely many and h_\(entropy.count) has not come close enough to the entropy rate; E is \(excess) to about \(uncertainty)"
            return
        }
        theory.excessEntropy = excess
        theory.notes.append(
            "E is summed over \(entropy.count) positions; it is uncertain by \(uncertainty) nats at most.")
    }
}
