// SPDX-License-Identifier: Apache-2.0

package import InductCore

extension HiddenMarkovModel {
    /// How far a sum of probabilities may be from 1 before a model is refused.
    private static var tolerance: Double { 1e-9 }

    /// Checks what a source states about itself.
    ///
    /// Rows of an HMM sum to 1 within 1e-9 and are then divided by their sum; for a GHMM T w = w within the same tolerance.
    ///
    /// - Parameters:
    ///   - source: the tensors as stated
    ///   - name: the source in the user's words, for messages
    /// - Throws: `TheoryError.invalidModel` naming the first fault.
    package init(_ source: SourceHMM, name: String = "the source") throws(TheoryError) {
        let states = source.states
        let tokens = source.tokens
        func refuse(_ fault: String) -> TheoryError { .invalidModel("\(name): the hidden Markov model \(fault)") }

        guard states > 0, tokens > 0 else {
            throw refuse("has \(states) states and \(tokens) tokens; both are at least 1")
        }
        let (square, overflow) = states.multipliedReportingOverflow(by: states)
        guard !overflow, source.transition.count == tokens &* square, source.transition.count / tokens == square else {
            throw refuse(
                "has \(source.transition.count) transition entries where \(tokens) x \(states) x \(states) are needed")
        }
        guard source.start.count == states else {
            throw refuse("has \(source.start.count) start entries for \(states) states")
        }
        if let index = source.transition.firstIndex(where: { !$0.isFinite }) {
            throw refuse("has a transition entry that is not finite, for \(Self.place(index, states))")
        }
        if let index = source.start.firstIndex(where: { !$0.isFinite }) {
            throw refuse("starts in state \(index) with a probability that is not finite")
        }
        if let right = source.right {
            guard right.count == states, right.allSatisfy(\.isFinite) else {
                throw refuse("needs a right vector of \(states) finite entries")
            }
        }
        try Self.checkComponents(source, refuse)

        var transition = source.transition
        var start = source.start
        let isPlain = source.right.map { $0.allSatisfy { $0 == 1 } } ?? true
        let isGeneralised = !isPlain || (source.right != nil && transition.contains { $0 < 0 })
        if !isGeneralised {
            if let index = transition.firstIndex(where: { $0 < 0 }) {
                throw refuse("has the negative probability \(transition[index]) for \(Self.place(index, states))")
            }
            if let index = start.firstIndex(where: { $0 < 0 }) {
                throw refuse("starts in state \(index) with the negative probability \(start[index])")
            }
        }
        let right = source.right ?? Array(repeating: 1, count: states)
        let rightScale = max(1, right.lazy.map(abs).max() ?? 1)
        for i in 0..<states {
            var sum = 0.0
            for token in 0..<tokens {
                for j in 0..<states { sum += transition[(token * states + i) * states + j] * right[j] }
            }
            guard abs(sum - right[i]) <= Self.tolerance * rightScale else {
                throw refuse(
                    "has in state \(i) probabilities that sum to \(sum) where \(right[i]) is needed; make every row sum to it"
                )
            }
            guard !isGeneralised, sum != 1 else { continue }
            for token in 0..<tokens {
                for j in 0..<states { transition[(token * states + i) * states + j] /= sum }
            }
        }
        let mass = zip(start, right).reduce(0) { $0 + $1.0 * $1.1 }
        guard abs(mass - 1) <= Self.tolerance else {
            throw refuse("has a start vector that sums to \(mass), not to 1")
        }
        for i in start.indices { start[i] /= mass }
        self.init(
            states: states, tokens: tokens, transition: transition, start: start, right: source.right,
            componentCount: source.componentCount, componentOfState: source.componentOfState)
    }

    private static func place(_ index: Int, _ states: Int) -> String {
        let token = index / (states * states)
        return "token \(token), state \(index / states % states) to state \(index % states)"
    }

    private static func checkComponents(_ source: SourceHMM, _ refuse: (String) -> TheoryError) throws(TheoryError) {
        guard let component = source.componentOfState else {
            guard source.componentCount <= 1 else {
                throw refuse("has \(source.componentCount) components but does not say which state belongs to which")
            }
            return
        }
        guard component.count == source.states else {
            throw refuse("names the components of \(component.count) states of \(source.states)")
        }
        if let state = component.firstIndex(where: { $0 < 0 || $0 >= max(1, source.componentCount) }) {
            throw refuse(
                "puts state \(state) in component \(component[state]); components are 0 to \(max(1, source.componentCount) - 1)"
            )
        }
    }
}
