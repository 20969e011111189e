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
    ///
    /// - Returns: the coarse bracket, where the exact one was too wide.
    func describe(_ curve: inout EntropyCurve, _ theory: inout Theory) throws(TheoryError) -> CoarseBracket? {
        guard let last = curve.entropy.last else { return nil }
        guard !model.isGeneralised else {
            describeGeneralised(curve, last, &theory)
            return nil
        }
        let lower = try lowerCurve()
        if let presentation = lower.presentation {
            let rate = presentation.limits.rates[0]
            theory.entropyRate = rate
            if curve.frontier == nil, last - rate > 1e-13 {
                let longer = try EntropyCurve(
                    model: model, observer: BeliefObserver(model: model, hasComponents: false),
                    initial: BeliefLevel(start: model.start), length: max(curve.levels, Self.longDepth),
                    knownRate: rate,
                    work: HiddenMarkovAnalysis.work / 8)
                if longer.levels > curve.levels { curve = longer }
            }
            describeExcess(curve.entropy, &theory)
            return nil
        }
        var low = max(0, (lower.entropy.last ?? 0) - lower.error - Self.rounding)
        var high = max(low, last + curve.error + Self.rounding)
        var guess = Self.extrapolated(curve.entropy)
        let found = coarseBracket(high - low)
        if let (coarse, coarser) = found {
            // Where the coarse bounds are the narrower ones, their error falls fourfold with every halving of the cells.
            if coarse.rate.upperBound - coarse.rate.lowerBound < high - low {
                let (fine, rough) = (coarse.rate.upperBound, coarser?.rate.upperBound ?? coarse.rate.upperBound)
                guess = fine - (rough - fine) / 3
            }
            low = max(low, coarse.rate.lowerBound - Self.rounding)
            high = max(low, min(high, coarse.rate.upperBound + Self.rounding))
            theory.notes.append(
                "Bounds follow from beliefs merged into \(coarse.cells) cells, with what the merging loses counted.")
        }
        theory.entropyRateBounds = low...high
        theory.entropyRate = Self.best(guess, within: low...high)
        describeExcess(curve.entropy, &theory)
        if let (coarse, _) = found { describeExcess(coarse, curve.entropy, &theory) }
        return found?.bracket
    }

    /// Rounding errors of an entropy that was summed over millions of beliefs.
    private static let rounding = 1e-12
    /// Nanoseconds, roughly, that coarse curves may take at the default precision.
    private static let coarseWork = 6e8
    /// The same where a wide bracket would mean that entropies are sampled, which takes longer still.
    private static let savingWork = 3e9

    /// The coarse bracket, where the exact one is too wide to settle anything.
    private func coarseBracket(_ width: Double) -> (bracket: CoarseBracket, coarser: CoarseBracket?)? {
        guard width > HiddenMarkovAnalysis.settling else { return nil }
        let entries = Double(model.transition.count)
        let cost = 30 + 4 * entries + Double(model.tokens * model.states) * 25
        return CoarseBracket.best(
            model: model, target: HiddenMarkovAnalysis.settling / 2, goal: width,
            work: (width > request.precision / 4 ? Self.savingWork : Self.coarseWork) * request.effort / cost)
    }

    /// E from the coarse bounds, where it is not known better.
    ///
    /// The exact entropies bound it from below as well: every partial sum of h_l - h_mu does.
    private func describeExcess(_ coarse: CoarseBracket, _ entropy: [Double], _ theory: inout Theory) {
        let high = theory.entropyRateBounds?.upperBound ?? coarse.rate.upperBound
        let partial = entropy.reduce(0) { $0 + ($1 - high) } - Double(entropy.count) * Self.rounding
        let low = max(coarse.excess.lowerBound, partial)
        let bounds = low...max(low, coarse.excess.upperBound)
        theory.excessEntropyBounds = bounds
        let width = bounds.upperBound - bounds.lowerBound
        if let excess = theory.excessEntropy, bounds.contains(excess) { return }
        guard width <= max(1e-4, request.precision) else {
            theory.excessEntropy = nil
            theory.excessEntropyReason =
                "the mixed states are infinitely many; E lies between \(bounds.lowerBound) and \(bounds.upperBound); a smaller precision narrows this"
            return
        }
        theory.excessEntropy = (bounds.lowerBound + bounds.upperBound) / 2
        theory.excessEntropyReason = nil
        theory.notes.append("E is the middle of bounds \(width) nats apart.")
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
        try EntropyCurve(
            model: model, observer: BeliefObserver(model: model, hasComponents: false),
            initial: .states(of: model), length: Self.depth)
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
            "E is summed over \(entropy.count) positions; it is uncertain by about \(uncertainty) nats.")
    }
}
