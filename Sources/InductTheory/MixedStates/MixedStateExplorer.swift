// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// How much work an exploration may do.
struct ExplorationBudget {
    /// States that the table may hold before its past is dropped.
    var states: Int
    /// Edges that may be followed for the first time.
    var edges: Int
    /// States up to which a closing presentation is looked for beyond the wanted length.
    var lookahead: Int
    /// Whether a presentation that only cuts off an infinite family of beliefs is of no use.
    var completeOnly = false
}

/// Beliefs at one depth with their weights; the weights of all words of that length, merged.
struct BeliefLevel {
    var beliefs: [Double]
    var weights: [Double]

    var count: Int { weights.count }

    /// The start of a model: one belief of weight 1.
    init(start: [Double]) {
        beliefs = start
        weights = [1]
    }

    init(beliefs: [Double], weights: [Double]) {
        self.beliefs = beliefs
        self.weights = weights
    }
}

/// What an exploration found.
struct Exploration {
    /// `[levels, observables]`, the weighted sums of the observables by depth.
    var sums: [Double] = []
    var levels = 0
    /// Bound on the error of any entropy among `sums`, from merging and pruning, in nats.
    var error = 0.0
    /// Set when the mixed states are finitely many (up to beliefs of negligible weight).
    var presentation: FinitePresentation?
    /// The beliefs at depth `levels`, where exploration had to stop; nil when it reached the wanted length.
    var frontier: BeliefLevel?
    /// The last growth factor of the number of beliefs from one depth to the next.
    var growth = 1.0
}

/// Follows all words at once, breadth first, merging those that lead to the same belief.
///
/// Goals, in order: every entropy exact up to a stated error; cost by distinct beliefs, not by words; finite presentations
/// recognised, so that rate and excess entropy follow from linear systems. Words whose weight falls below `pruning` are
/// dropped and their weight is counted in the error.
struct MixedStateExplorer {
    /// Weight below which a path is dropped.
    static let pruning = 1e-20
    /// Rounding errors of a word's probability.
    static let rounding = 1e-12

    let model: HiddenMarkovModel
    let observer: BeliefObserver
    let budget: ExplorationBudget

    private var table: MixedStateTable
    private var weights: [Double] = []
    /// All zeros between two calls of `advance`.
    private var nextWeights: [Double] = []
    private var active: [Int32] = []
    private var level = 0
    private var edges = 0
    private var lost = 0.0
    private var mergeError = 0.0
    /// Of a token after a prefix, at most 0.
    private var mostNegative = 0.0
    private var result = Exploration()
    private let entropyCeiling: Double

    init(model: HiddenMarkovModel, observer: BeliefObserver, budget: ExplorationBudget) {
        self.model = model
        self.observer = observer
        self.budget = budget
        table = MixedStateTable(model: model, observer: observer)
        entropyCeiling = log(Double(max(2, model.tokens)))
    }

    /// Explores from `initial` until `length` depths are summed, the budget is spent, or growth is exponential.
    ///
    /// - Parameters:
    ///   - initial: where the walk begins
    ///   - length: how many depths are wanted
    ///   - knownRate: the entropy rate of a stationary source, where it is known: entropies that have reached it stay
    /// - Returns: the sums by depth and what became of the exploration.
    /// - Throws: `TheoryError.invalidModel` when a probability is negative.
    /// - Complexity: O(edges of the presentation + active states x length).
    mutating func run(
        from initial: BeliefLevel, length: Int, knownRate: Double? = nil
    ) throws(TheoryError) -> Exploration {
        enter(initial)
        var initialStates = active.map { (id: Int($0), weight: weights[Int($0)]) }
        var isClosed = false
        var quietLevels = 0
        var sizes = [active.count]
        var convergence = ConvergenceCheck()
        while true {
            noteNegatives()
            if level < length {
                record()
                result.error = 2 * mergeError + lost * entropyCeiling
            }
            if !isClosed, !initialStates.isEmpty, quietLevels > 0, hasClosed(quietLevels) {
                isClosed = true
                result.presentation = FinitePresentation(table: table, initial: initialStates)
            }
            if level + 1 >= length {
                let mayLookAhead = table.count <= budget.lookahead && edges <= budget.edges && level < length + 20_000
                if isClosed || !mayLookAhead { break }
            } else if let knownRate, level > 0, result.sums[level * observer.count] - knownRate <= 1e-14 {
                fill(to: length, period: 1)
                break
            } else if let presentation = result.presentation {
                if convergence.hasSettled(presentation, weights, result.sums, observer.count, level) {
                    fill(to: length, period: presentation.period)
                    break
                }
            } else if edges > budget.edges || isExponential(sizes) || isOverflowing(sizes) {
                advance()
                result.frontier = frontier
                break
            } else if table.count > budget.states {
                initialStates = []
                forget()
            }
            let known = edges
            advance()
            quietLevels = edges == known ? quietLevels + 1 : 0
            sizes.append(active.count)
        }
        if sizes.count > 1 { result.growth = Double(sizes[sizes.count - 1]) / Double(max(1, sizes[sizes.count - 2])) }
        if mostNegative < -1e-9 {
            throw .invalidModel(
                "the model gives a word the negative probability \(mostNegative) (relative to its prefix); it is not a generalised hidden Markov model"
            )
        }
        return result
    }

    /// Keeps the active states alone, so that memory stays bounded where presentations grow without end.
    private mutating func forget() {
        let kept = frontier
        for id in active { weights[Int(id)] = 0 }
        active = []
        table.reset()
        enter(kept)
    }

    private mutating func enter(_ initial: BeliefLevel) {
        let states = model.states
        var beliefs = initial.beliefs
        beliefs.withUnsafeMutableBufferPointer { beliefs in
            guard let base = beliefs.baseAddress else { return }
            for i in 0..<initial.count where initial.weights[i] > 0 {
                let (id, _) = table.insert(base + i * states)
                add(initial.weights[i], to: id, &weights, &active)
            }
        }
    }

    /// Whether every edge that carries weight leads to a known state.
    ///
    /// Presentations that were only cut off (at negligible weights, or where beliefs converge) count where `budget` says so.
    private func hasClosed(_ quietLevels: Int) -> Bool {
        if table.openEdges == 0 { return !budget.completeOnly || !table.hasNearMisses }
        return !budget.completeOnly && quietLevels >= max(64, min(2000, table.count))
    }

    /// Whether merging does not help: thousands of beliefs that multiply by half or more at each of the last four depths.
    private func isExponential(_ sizes: [Int]) -> Bool {
        guard sizes.count > 5, sizes[sizes.count - 1] > 8000 else { return false }
        return (sizes.count - 4..<sizes.count).allSatisfy { Double(sizes[$0]) >= 1.5 * Double(sizes[$0 - 1]) }
    }

    /// Whether the depth after the next would hold several times as many beliefs as the table may.
    private func isOverflowing(_ sizes: [Int]) -> Bool {
        guard sizes.count > 1 else { return false }
        let (last, previous) = (Double(sizes[sizes.count - 1]), Double(max(1, sizes[sizes.count - 2])))
        let growth = last / previous
        return growth >= 1.5 && last * growth * growth > 2 * Double(budget.states)
    }

    /// Looks for negative probabilities that rounding does not explain.
    ///
    /// After a word that is all but impossible the entries of a belief nearly cancel, and a law is known to few digits; what
    /// that takes from the probability of the whole word is no more than elsewhere.
    private mutating func noteNegatives() {
        guard !table.negatives.isEmpty else { return }
        for id in active {
            guard let value = table.negatives[Int(id)], value * weights[Int(id)] < -Self.rounding else { continue }
            mostNegative = min(mostNegative, value)
        }
    }

    private mutating func record() {
        let width = observer.count
        let base = result.sums.count
        result.sums.append(contentsOf: repeatElement(0, count: width))
        let observables = table.observables
        result.sums.withUnsafeMutableBufferPointer { sums in
            for id in active {
                let weight = weights[Int(id)]
                let observed = observables + Int(id) * width
                for k in 0..<width { sums[base + k] += weight * observed[k] }
            }
        }
        result.levels += 1
    }

    private mutating func fill(to length: Int, period: Int) {
        let width = observer.count
        result.sums.reserveCapacity(length * width)
        while result.levels < length {
            let from = (result.levels - period) * width
            for k in 0..<width { result.sums.append(result.sums[from + k]) }
            result.levels += 1
        }
    }

    /// One depth further: every active state passes its weight along its edges.
    private mutating func advance() {
        let tokens = model.tokens
        let states = model.states
        var nextActive: [Int32] = []
        nextActive.reserveCapacity(active.count)
        let threshold = model.isGeneralised ? 1e-13 : 0
        withUnsafeTemporaryAllocation(of: Double.self, capacity: states) { scratch in
            guard let child = scratch.baseAddress else { return }
            for id in active {
                let here = Int(id)
                let weight = weights[here]
                weights[here] = 0
                for token in 0..<tokens {
                    let probability = table.laws[here * tokens + token]
                    guard probability > 0 else { continue }
                    let passed = weight * probability
                    guard passed >= Self.pruning, probability > threshold else {
                        lost += passed
                        continue
                    }
                    var successor = Int(table.successors[here * tokens + token])
                    if successor < 0 {
                        successor = follow(here, token, child)
                        edges += 1
                    }
                    mergeError += passed * Double(table.mergeErrors[here * tokens + token])
                    add(passed, to: successor, &nextWeights, &nextActive)
                }
            }
        }
        swap(&weights, &nextWeights)
        active = nextActive
        level += 1
    }

    private func follow(_ id: Int, _ token: Int, _ child: UnsafeMutablePointer<Double>) -> Int {
        let states = model.states
        model.transition.advance(table.beliefs + id * states, by: token, into: child)
        var mass = 0.0
        for i in 0..<states { mass += child[i] * model.right[i] }
        for i in 0..<states { child[i] /= mass }
        let (successor, distance) = table.insert(child)
        let error = BeliefObserver.continuity(distance: distance * Double(states), outcomes: model.tokens)
        table.follow(id, token, to: successor, error: Float(error))
        return successor
    }

    private func add(_ weight: Double, to id: Int, _ weights: inout [Double], _ active: inout [Int32]) {
        if id >= weights.count {
            weights.append(contentsOf: repeatElement(0, count: max(64, max(id + 1, 2 * weights.count) - weights.count)))
        }
        if weights[id] == 0 { active.append(Int32(id)) }
        weights[id] += weight
    }

    private var frontier: BeliefLevel {
        let states = model.states
        var beliefs: [Double] = []
        beliefs.reserveCapacity(active.count * states)
        for id in active {
            beliefs.append(
                contentsOf: UnsafeBufferPointer(start: table.beliefs + Int(id) * states, count: states))
        }
        return BeliefLevel(beliefs: beliefs, weights: active.map { weights[Int($0)] })
    }
}

/// Recognises that the weights of a finite presentation repeat with its period, so that later depths need no work.
private struct ConvergenceCheck {
    private var snapshot: [Double] = []
    private var nextLevel = 0

    /// True when the weights repeat within rounding and the mean entropy over a period equals the rate.
    mutating func hasSettled(
        _ presentation: FinitePresentation, _ weights: [Double], _ sums: [Double], _ width: Int, _ level: Int
    ) -> Bool {
        guard presentation.period <= 4096, level >= nextLevel else { return false }
        let step = (32 + presentation.period - 1) / presentation.period * presentation.period
        let old = snapshot
        snapshot = weights
        nextLevel = level + step
        guard old.count == weights.count else { return false }
        var difference = 0.0
        for (before, now) in zip(old, weights) { difference += abs(before - now) }
        guard difference <= 1e-13 else { return false }
        let last = sums.count / width
        guard last >= presentation.period else { return false }
        var mean = 0.0
        for k in (last - presentation.period)..<last { mean += sums[k * width] }
        mean /= Double(presentation.period)
        return abs(mean - presentation.limits.rates[0]) <= 1e-13
    }
}
