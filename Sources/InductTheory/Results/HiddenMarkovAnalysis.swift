// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Works out the theory of a hidden Markov model.
///
/// In order: a finite mixed-state presentation gives everything exactly; a presentation that grows polynomially gives
/// every entropy exactly, and rate and excess entropy from the model's ergodic parts; where it grows exponentially, words
/// are enumerated while that is affordable, the bracket H[X_l | past, S_0] <= h_mu <= h_l settles the rest when it is
/// narrow, and what remains is estimated by sampling beliefs.
struct HiddenMarkovAnalysis {
    let model: HiddenMarkovModel
    let request: TheoryRequest

    /// A bracket of h_mu narrower than this settles all later positions.
    static let settling = 1e-8
    /// Work in nanoseconds, roughly, that an exploration may take; enumeration gets as much again.
    static let work = 5e8

    /// Nanoseconds that one belief costs, roughly.
    static func cost(_ model: HiddenMarkovModel, _ observer: BeliefObserver) -> Double {
        let entries = Double(model.transition.count) / Double(model.tokens)
        return 40 + 2 * entries + Double(model.states * (1 + model.tokens)) + 8 * Double(model.tokens * observer.count)
    }

    func run() throws(TheoryError) -> Theory {
        try request.check()
        let wantsComponents = request.components && model.componentCount > 1
        let observer = BeliefObserver(model: model, hasComponents: wantsComponents)
        let parts = model.ergodicParts()
        let composition = ErgodicComposition(model: model, parts: parts, theories: try theories(of: parts))

        let isWhole = parts.count == 1 && model.isStationary
        let wanted = !isWhole ? request.length : max(request.length, 64)
        var curve = try EntropyCurve(
            model: model, observer: observer, initial: BeliefLevel(start: model.start), length: wanted,
            knownRate: composition.rate, completeOnly: composition.isExact)
        var theory = Theory(vocabulary: model.tokens, entropy: [], method: .exact, components: [], error: 0, notes: [])
        let finite = curve.presentation.flatMap { $0.isComplete ? $0 : nil }
        theory.mixedStates = finite?.count
        if let presentation = curve.presentation, !composition.isExact {
            describe(presentation, curve, &theory)
        } else if isWhole {
            try RateBracket(model: model, request: request).describe(&curve, &theory)
        } else {
            composition.describe(&theory)
        }
        complete(&curve, observer, composition, &theory)
        curve.truncate(to: request.length)
        theory.entropy = curve.entropy
        theory.error = curve.error
        if curve.standardErrors.contains(where: { $0 > 0 }) {
            theory.method = .monteCarlo
            theory.entropyStandardError = curve.standardErrors
        }
        if request.spectrum, let finite { theory.spectrum = Spectrum(finite, entropy: theory.entropy) }
        if wantsComponents { theory.components = curve.components(weights: model.componentWeights) }
        return theory
    }

    /// The theories of the parts; none where the model is its only part.
    private func theories(of parts: [ErgodicPart]) throws(TheoryError) -> [Theory] {
        guard parts.count > 1 || !model.isStationary else { return [] }
        var theories: [Theory] = []
        for (index, part) in parts.enumerated() {
            var own = request
            own.components = false
            own.spectrum = false
            own.seed = request.seed &+ UInt64(index) &+ 1
            theories.append(try HiddenMarkovAnalysis(model: part.model, request: own).run())
        }
        return theories
    }

    private func describe(_ presentation: FinitePresentation, _ curve: EntropyCurve, _ theory: inout Theory) {
        theory.entropyRate = presentation.limits.rates[0]
        if !model.isStationary, presentation.period > 1 {
            let tail = curve.entropy.suffix(presentation.period)
            if let low = tail.min(), let high = tail.max(), high - low > 1e-9 || tail.count < presentation.period {
                theory.excessEntropyReason =
                    "the source is not stationary and h_l repeats every \(presentation.period) positions instead of converging"
                return
            }
        }
        theory.excessEntropy = presentation.limits.excess[0]
    }

    /// Extends the curve to the wanted length: by the bracket, where it has settled, else by sampling.
    private func complete(
        _ curve: inout EntropyCurve, _ observer: BeliefObserver, _ composition: ErgodicComposition,
        _ theory: inout Theory
    ) {
        guard curve.levels < request.length else { return }
        let last = curve.entropy(at: curve.levels - 1)
        if model.isStationary, let rate = theory.entropyRate, let bounds = theory.entropyRateBounds {
            let width = max(last - bounds.lowerBound, 0)
            if width <= max(Self.settling, request.precision / 4) {
                let value = min(max(rate, bounds.lowerBound), last)
                theory.notes.append(
                    "From position \(curve.levels + 1) on h_l lies within \(width) nats of the value given: the bracket settles it."
                )
                curve.settle(at: value, to: request.length, error: width)
                return
            }
        }
        BeliefSampling(model: model, observer: observer, request: request).extend(&curve, composition)
        theory.notes.append("Entropies with a standard error are estimates: exact entropies of sampled beliefs.")
    }
}
