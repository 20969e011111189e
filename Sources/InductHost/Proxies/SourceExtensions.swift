// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// What a source offers beyond samples, each part checked; see the extensions in source.h.
struct SourceExtensions {
    var oracle: PluginOracle?
    var theory: PluginTheory?
    var hmm: SourceHMM?
    var labelledExamples: LabelledExamplesLaw?

    init(instance: SourceInstance, schema: Schema) throws(TableDefect) {
        if let pointer = instance.getExtension(INDUCT_SOURCE_ORACLE) {
            oracle = try PluginOracle(
                pointer.assumingMemoryBound(to: induct_source_oracle.self), instance: instance, schema: schema)
        }
        if let pointer = instance.getExtension(INDUCT_SOURCE_THEORY) {
            theory = try PluginTheory(
                pointer.assumingMemoryBound(to: induct_source_theory.self), instance: instance, schema: schema)
        }
        if let pointer = instance.getExtension(INDUCT_SOURCE_HMM) {
            hmm = try Self.hmm(pointer.assumingMemoryBound(to: induct_source_hmm.self), schema: schema)
        }
        if let pointer = instance.getExtension(INDUCT_SOURCE_LABELLED_EXAMPLES) {
            labelledExamples = try LabelledExamplesReading.law(
                pointer.assumingMemoryBound(to: induct_source_labelled_examples.self), schema: schema)
        }
    }

    /// Most numbers in the transition tensors: 2 GiB of them.
    private static let mostNumbers = 1 << 28
    /// How far sums of probabilities may be from what they should be.
    private static let tolerance = 1e-9

    private static func hmm(
        _ pointer: UnsafePointer<induct_source_hmm>, schema: Schema
    ) throws(TableDefect) -> SourceHMM {
        let table = try Negotiation.read(pointer, "induct_source_hmm", minimum: 32)
        let states = Int(table.states)
        let tokens = Int(table.tokens)
        guard schema.task == .nextToken, tokens == schema.classes else {
            throw TableDefect("its hidden Markov model has \(tokens) tokens, its schema \(schema.classes)")
        }
        guard states > 0, states <= 1 << 20, states * states <= mostNumbers / tokens else {
            throw TableDefect("its hidden Markov model has \(states) states of \(tokens) tokens; that is not usable")
        }
        guard let transition = table.transition, let start = table.start else {
            throw TableDefect("the transition or start of its hidden Markov model is NULL")
        }
        let components = max(1, Int(table.component_count))
        var componentOfState: [Int]?
        guard components <= states else {
            throw TableDefect("its hidden Markov model has \(components) components of \(states) states")
        }
        if components > 1 {
            guard let list = table.component_of_state else {
                throw TableDefect("its hidden Markov model has \(components) components but no component_of_state")
            }
            let values = (0..<states).map { Int(list[$0]) }
            guard values.allSatisfy({ $0 < components }) else {
                throw TableDefect("a component_of_state of its hidden Markov model is not below \(components)")
            }
            componentOfState = values
        }
        let model = SourceHMM(
            states: states, tokens: tokens,
            transition: Array(UnsafeBufferPointer(start: transition, count: tokens * states * states)),
            start: Array(UnsafeBufferPointer(start: start, count: states)),
            right: table.right.map { Array(UnsafeBufferPointer(start: $0, count: states)) },
            componentCount: components, componentOfState: componentOfState)
        try checkSums(model)
        return model
    }

    /// Checks that start right = 1 and that sum_x T_x right = right; an HMM's numbers are probabilities besides.
    private static func checkSums(_ model: SourceHMM) throws(TableDefect) {
        let states = model.states
        let isHMM = model.right == nil
        let right = model.right ?? [Double](repeating: 1, count: states)
        func fits(_ value: Double) -> Bool { value.isFinite && !(isHMM && value < 0) }
        guard model.transition.allSatisfy(fits), model.start.allSatisfy(fits), right.allSatisfy(\.isFinite) else {
            throw TableDefect("its hidden Markov model holds a number that is not a probability")
        }
        var total = 0.0
        for i in 0..<states { total += model.start[i] * right[i] }
        guard abs(total - 1) <= tolerance else {
            throw TableDefect("the start of its hidden Markov model sums to \(total), not to 1")
        }
        for i in 0..<states {
            var sum = 0.0
            for x in 0..<model.tokens {
                let row = (x * states + i) * states
                for j in 0..<states { sum += model.transition[row + j] * right[j] }
            }
            guard abs(sum - right[i]) <= tolerance * max(1, abs(right[i])) else {
                throw TableDefect("state \(i) of its hidden Markov model is left with probability \(sum / right[i])")
            }
        }
    }
}
