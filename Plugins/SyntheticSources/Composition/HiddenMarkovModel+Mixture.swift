// SPDX-License-Identifier: Apache-2.0

import InductSDK

extension HiddenMarkovModel {
    /// One of several models, drawn once per sequence.
    ///
    /// Block diagonal; the start is (w_1 start_1, w_2 start_2, ...), so that P(word) = sum_k w_k P_k(word).
    ///
    /// - Parameters:
    ///   - models: the components, in order.
    ///   - weights: their probabilities; sum to 1.
    ///   - maps: for every component, which token of the mixture each of its tokens is.
    ///   - tokens: tokens of the mixture.
    /// - Returns: a model whose states are those of the components, one after the other.
    static func mixture(
        of models: [HiddenMarkovModel], weights: [Double], maps: [[Int]], tokens: Int
    ) -> HiddenMarkovModel {
        let states = models.reduce(0) { $0 + $1.states }
        var transition = [Double](repeating: 0, count: tokens * states * states)
        var start: [Double] = []
        var right: [Double] = []
        var owner: [Int] = []
        for (component, model) in models.enumerated() {
            let offset = start.count
            for token in 0..<model.tokens {
                let row = (maps[component][token] * states + offset) * states + offset
                for from in 0..<model.states {
                    for to in 0..<model.states { transition[row + from * states + to] = model[token, from, to] }
                }
            }
            start += model.start.map { weights[component] * $0 }
            right += model.right ?? [Double](repeating: 1, count: model.states)
            owner += [Int](repeating: component, count: model.states)
        }
        return HiddenMarkovModel(
            states: states, tokens: tokens, transition: transition, start: start,
            right: models.contains { $0.right != nil } ? right : nil, componentCount: models.count,
            componentOfState: models.count > 1 ? owner : nil)
    }

    /// The model with a token put before every sequence, whose number is that of the tokens so far.
    ///
    /// New states, one for every component so that each keeps its weight, emit it and lead to the component's start; they
    /// follow the old states.
    func withBeginToken() -> HiddenMarkovModel {
        let owner = componentOfState ?? [Int](repeating: 0, count: states)
        let ones = right ?? [Double](repeating: 1, count: states)
        let size = states + componentCount
        var transition = [Double](repeating: 0, count: (tokens + 1) * size * size)
        for token in 0..<tokens {
            for from in 0..<states {
                for to in 0..<states { transition[(token * size + from) * size + to] = self[token, from, to] }
            }
        }
        var weights = [Double](repeating: 0, count: componentCount)
        for state in 0..<states { weights[owner[state]] += start[state] * ones[state] }
        for state in 0..<states where weights[owner[state]] != 0 {
            let row = (tokens * size + states + owner[state]) * size
            transition[row + state] = start[state] / weights[owner[state]]
        }
        for component in 0..<componentCount where weights[component] == 0 {
            // A component that is never drawn; its rows still have to be a law.
            if let state = owner.firstIndex(of: component) {
                transition[(tokens * size + states + component) * size + state] = 1 / ones[state]
            }
        }
        return HiddenMarkovModel(
            states: size, tokens: tokens + 1, transition: transition,
            start: [Double](repeating: 0, count: states) + weights,
            right: right.map { $0 + [Double](repeating: 1, count: componentCount) }, componentCount: componentCount,
            componentOfState: componentCount > 1 ? owner + Array(0..<componentCount) : nil)
    }
}
