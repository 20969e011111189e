// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What the ergodic parts of a model say about the whole.
struct ErgodicComposition {
    let parts: [ErgodicPart]
    let theories: [Theory]
    /// Whether the model is the parts, each from its stationary law, and nothing else.
    let isStationary: Bool

    init(model: HiddenMarkovModel, parts: [ErgodicPart], theories: [Theory]) {
        self.parts = parts
        self.theories = theories
        isStationary = model.isStationary
    }

    /// h_mu = sum of the parts' rates by weight; nil for a model of one part, or when a part's rate is not exact.
    var rate: Double? {
        guard isStationary, !theories.isEmpty else { return nil }
        var sum = 0.0
        for (part, theory) in zip(parts, theories) {
            guard let rate = theory.entropyRate, theory.entropyRateStandardError == nil else { return nil }
            if let bounds = theory.entropyRateBounds, bounds.upperBound - bounds.lowerBound > 1e-12 { return nil }
            sum += part.weight * rate
        }
        return sum
    }

    /// Whether rate and excess entropy follow from the parts exactly.
    ///
    /// They are then preferred to those of a merged presentation, in which beliefs that differ by less than the tolerance
    /// are one: parts all but identified can then be confused again, which makes its linear systems ill-conditioned.
    var isExact: Bool { rate != nil && !theories.isEmpty && theories.allSatisfy { $0.excessEntropy != nil } }

    /// States rate, bounds and excess entropy of the whole.
    ///
    /// E = H(w) + sum_k w_k E_k over parts that are different processes: the infinite past tells them apart.
    func describe(_ theory: inout Theory) {
        var rate = 0.0
        var (low, high) = (0.0, 0.0)
        for (part, own) in zip(parts, theories) {
            guard let value = own.entropyRate else {
                theory.excessEntropyReason = "the entropy rate of a part is not known"
                return
            }
            rate += part.weight * value
            low += part.weight * (own.entropyRateBounds?.lowerBound ?? value)
            high += part.weight * (own.entropyRateBounds?.upperBound ?? value)
        }
        theory.entropyRate = rate
        if isStationary, theories.contains(where: { $0.entropyRateBounds != nil }) {
            theory.entropyRateBounds = low...max(low, high)
        }
        let variance = zip(parts, theories).reduce(0) { sum, each in
            let error = each.0.weight * (each.1.entropyRateStandardError ?? 0)
            return sum + error * error
        }
        if variance > 0 {
            theory.entropyRateStandardError = variance.squareRoot()
            theory.entropyRateBounds = nil
            theory.notes.append("The entropy rate is an estimate with standard error \(variance.squareRoot()).")
        }
        guard isStationary else {
            theory.excessEntropyReason =
                "the source is not stationary and its mixed states are not finitely many, so that E is not known"
            return
        }
        var excess = 0.0
        var (least, most) = (0.0, 0.0)
        for (part, own) in zip(parts, theories) {
            guard let value = own.excessEntropy else {
                theory.excessEntropyReason = own.excessEntropyReason ?? "the excess entropy of a part is not known"
                return
            }
            excess += part.weight * value
            least += part.weight * (own.excessEntropyBounds?.lowerBound ?? value)
            most += part.weight * (own.excessEntropyBounds?.upperBound ?? value)
        }
        var groups: [(model: HiddenMarkovModel, weight: Double)] = []
        for part in parts {
            if let same = groups.firstIndex(where: { $0.model.isSameProcess(as: part.model) }) {
                groups[same].weight += part.weight
            } else {
                groups.append((part.model, part.weight))
            }
        }
        let choice = groups.reduce(0) { $1.weight > 0 ? $0 - $1.weight * log($1.weight) : $0 }
        theory.excessEntropy = choice + excess
        if theories.contains(where: { $0.excessEntropyBounds != nil }) {
            theory.excessEntropyBounds = (choice + least)...(choice + max(least, most))
        }
        if groups.count > 1 {
            theory.notes.append(
                "E is the entropy of the choice among \(groups.count) processes plus the mean of theirs.")
        }
    }
}

extension ErgodicComposition {
    /// The part that is component `component` of `model`, and nothing else, with its theory.
    func theory(ofComponent component: Int, of model: HiddenMarkovModel) -> Theory? {
        guard isStationary else { return nil }
        let mine = zip(parts, theories).filter { part, _ in
            part.members.contains { model.componentOfState[$0] == component }
        }
        guard mine.count == 1, let (part, theory) = mine.first,
            part.members.allSatisfy({ model.componentOfState[$0] == component })
        else { return nil }
        return theory
    }

    /// sum_c w_c h_l(c), h_l of a predictor that is told the part; nil where a part's curve is not exact.
    func curve(length: Int) -> [Double]? {
        guard isStationary, theories.count > 1 else { return nil }
        var sum = [Double](repeating: 0, count: length)
        for (part, theory) in zip(parts, theories) {
            guard theory.entropyStandardError == nil, theory.entropy.count >= length else { return nil }
            for l in 0..<length { sum[l] += part.weight * theory.entropy[l] }
        }
        return sum
    }

    /// The model with its parts as components; nil where some states belong to no part.
    func partition(of model: HiddenMarkovModel) -> HiddenMarkovModel? {
        var part = [Int](repeating: -1, count: model.states)
        for (number, members) in parts.enumerated() { for state in members.members { part[state] = number } }
        for state in part.indices where part[state] < 0 {
            guard model.start[state] == 0 else { return nil }
            part[state] = 0
        }
        return HiddenMarkovModel(model, componentCount: parts.count, componentOfState: part)
    }
}
