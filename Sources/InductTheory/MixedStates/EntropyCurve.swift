// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Entropies by position from some initial beliefs, exact as far as the work allows.
struct EntropyCurve {
    /// Weighted sums of the observables, `[levels, observables]`.
    private(set) var sums: [Double]
    private(set) var levels: Int
    let width: Int
    /// Bound on the error of the exact entropies.
    private(set) var error: Double
    let presentation: FinitePresentation?
    /// The beliefs from which the words were enumerated last, and at which depth they lie; nil when nothing is missing.
    let frontier: (level: BeliefLevel, depth: Int)?
    /// `[levels, observables]`; empty when all values are exact or bounded.
    private(set) var standardErrors: [Double] = []
    /// Bounds on the error of the entropies from some position on, by position; empty when all are exact.
    private(set) var settledErrors: [Double] = []

    /// Explores, then enumerates words, until `length` positions are known or the work is spent.
    ///
    /// - Parameters:
    ///   - model: the source
    ///   - observer: what is averaged
    ///   - initial: beliefs and weights at depth 0
    ///   - length: how many positions are wanted; fewer come back when the work does not suffice
    ///   - knownRate: see `MixedStateExplorer.run`
    ///   - completeOnly: see `ExplorationBudget`
    ///   - work: in nanoseconds, roughly
    /// - Throws: `TheoryError.invalidModel` when a word has a negative probability.
    init(
        model: HiddenMarkovModel, observer: BeliefObserver, initial: BeliefLevel, length: Int, knownRate: Double? = nil,
        completeOnly: Bool = false, work: Double = HiddenMarkovAnalysis.work
    ) throws(TheoryError) {
        let nodes = Int(work / HiddenMarkovAnalysis.cost(model, observer))
        let budget = ExplorationBudget(
            states: max(
                1000, min(completeOnly ? 32_000 : 250_000, 8_000_000 / (model.states + model.tokens + observer.count))),
            edges: 16 * nodes, lookahead: max(200, min(20_000, 2_000_000 / model.states)) / (completeOnly ? 8 : 1),
            completeOnly: completeOnly)
        var explorer = MixedStateExplorer(model: model, observer: observer, budget: budget)
        let exploration = try explorer.run(from: initial, length: length, knownRate: knownRate)
        sums = exploration.sums
        levels = exploration.levels
        width = observer.count
        error = exploration.error
        presentation = exploration.presentation
        frontier = exploration.frontier.map { ($0, exploration.levels) }
        guard let start = exploration.frontier else { return }
        let depths = min(
            length - levels,
            WordEnumeration.affordableDepths(frontier: start.count, growth: exploration.growth, nodes: nodes))
        let words = WordEnumeration(model: model, observer: observer).run(from: start, depths: depths)
        sums += words.sums
        levels += depths
        error += words.lost * log(Double(max(2, model.tokens)))
    }

    /// The entropies, `[levels]`.
    var entropy: [Double] { (0..<levels).map { sums[$0 * width] } }

    func entropy(at level: Int) -> Double { sums[level * width] }

    /// Keeps the first `length` positions.
    mutating func truncate(to length: Int) {
        guard length < levels else { return }
        sums.removeLast((levels - length) * width)
        if !standardErrors.isEmpty { standardErrors.removeLast((levels - length) * width) }
        if !settledErrors.isEmpty { settledErrors.removeLast(levels - length) }
        levels = length
    }

    /// Continues a curve of entropies alone with values that are wrong by `errors` at most.
    mutating func settle(_ values: [Double], errors: [Double]) {
        precondition(width == 1 && values.count == errors.count, "one bound for each entropy")
        settledErrors = Array(repeating: error, count: levels) + errors
        sums += values
        levels += values.count
        error = max(error, errors.max() ?? 0)
    }

    /// Continues with estimates and their standard errors, each `[count, width]`.
    mutating func append(estimates: [Double], standardErrors: [Double]) {
        self.standardErrors = Array(repeating: 0, count: levels * width) + standardErrors
        sums += estimates
        levels += estimates.count / width
    }

    /// The standard errors of the entropies; nil when all are exact or bounded.
    var entropyStandardErrors: [Double]? {
        standardErrors.isEmpty ? nil : (0..<levels).map { standardErrors[$0 * width] }
    }

    /// The curves by component; `weights` are Q(c).
    func components(weights: [Double]) -> [ComponentTheory] {
        let count = weights.count
        guard width == 1 + 2 * count else { return [] }
        return weights.enumerated().map { c, weight in
            func curve(_ values: [Double], _ k: Int) -> [Double]? {
                values.isEmpty ? nil : (0..<levels).map { weight > 0 ? values[$0 * width + k] / weight : .nan }
            }
            let entropy = curve(sums, 1 + c) ?? []
            return ComponentTheory(
                weight: weight, entropy: entropy,
                crossEntropy: zip(entropy, curve(sums, 1 + count + c) ?? []).map { $0 + $1 },
                entropyStandardError: curve(standardErrors, 1 + c),
                excessStandardError: curve(standardErrors, 1 + count + c))
        }
    }
}
