// SPDX-License-Identifier: Apache-2.0

import CInduct

/// A (generalised) hidden Markov model in Mealy form, row vectors on the left.
///
/// `transition[x][i][j]` = P(emit x, go to j | state i), stored `[tokens, states, states]`. P(word) =
/// start T_{x1} ... T_{xn} right.
public struct HiddenMarkovModel: Equatable, Sendable {
    /// Number of hidden states.
    public let states: Int
    /// Number of tokens.
    public let tokens: Int
    /// P(emit x, go to j | state i), `[tokens, states, states]`.
    public let transition: [Double]
    /// The law of the first state, `[states]`.
    public let start: [Double]
    /// The right eigenvector, `[states]`; nil for an ordinary model: all ones.
    public let right: [Double]?
    /// Number of components of a mixture; 1 otherwise.
    public let componentCount: Int
    /// Which component each state belongs to, `[states]`; nil when there is one component.
    public let componentOfState: [Int]?

    /// Puts a model together; the sizes of the arrays must fit.
    public init(
        states: Int, tokens: Int, transition: [Double], start: [Double], right: [Double]? = nil,
        componentCount: Int = 1, componentOfState: [Int]? = nil
    ) {
        precondition(transition.count == tokens * states * states, "transition is [tokens, states, states]")
        precondition(start.count == states, "start is [states]")
        precondition(right.map { $0.count == states } ?? true, "right is [states]")
        precondition(componentOfState.map { $0.count == states } ?? true, "componentOfState is [states]")
        self.states = states
        self.tokens = tokens
        self.transition = transition
        self.start = start
        self.right = right
        self.componentCount = componentCount
        self.componentOfState = componentOfState
    }

    /// P(emit `token`, go to `to` | state `from`).
    public subscript(token: Int, from: Int, to: Int) -> Double {
        transition[(token * states + from) * states + to]
    }
}

extension HiddenMarkovModel {
    /// Reads what a child's `induct.source.hmm/1` gives.
    init(_ pointer: UnsafePointer<induct_source_hmm>) throws(InductError) {
        let record = readGrowable(pointer)
        let states = Int(record.states)
        let tokens = Int(record.tokens)
        guard states > 0, tokens > 0, let transition = record.transition, let start = record.start else {
            throw InductError(.internal, "a child's induct.source.hmm/1 is incomplete")
        }
        let components = max(1, Int(record.component_count))
        self.init(
            states: states, tokens: tokens,
            transition: Array(UnsafeBufferPointer(start: transition, count: tokens * states * states)),
            start: Array(UnsafeBufferPointer(start: start, count: states)),
            right: record.right.map { Array(UnsafeBufferPointer(start: $0, count: states)) },
            componentCount: components,
            componentOfState: components == 1
                ? nil : record.component_of_state.map { UnsafeBufferPointer(start: $0, count: states).map { Int($0) } })
    }

    /// The ABI's table in `memory`.
    func record(in memory: CMemory) -> UnsafePointer<induct_source_hmm> {
        UnsafePointer(
            memory.store(
                induct_source_hmm(
                    struct_size: structSize(induct_source_hmm.self), states: UInt32(states), tokens: UInt32(tokens),
                    component_count: UInt32(componentCount),
                    transition: UnsafePointer(memory.store(array: transition)),
                    start: UnsafePointer(memory.store(array: start)),
                    right: right.map { UnsafePointer(memory.store(array: $0)) },
                    component_of_state: componentOfState.map {
                        UnsafePointer(memory.store(array: $0.map { UInt32($0) }))
                    })))
    }
}
