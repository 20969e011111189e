// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// A source that states a hidden Markov model and no oracle, together with the oracle that follows from the model.
package final class SourceWithOracle: Source {
    private let source: any Source
    private let derived: HiddenMarkovOracle

    private init(_ source: any Source, _ derived: HiddenMarkovOracle) {
        self.source = source
        self.derived = derived
    }

    /// The source itself where it has an oracle or states no model, else the source with the derived one.
    ///
    /// - Throws: `TheoryError.invalidModel` when the stated model is wrong.
    package static func deriving(from source: any Source) throws(TheoryError) -> any Source {
        guard source.oracle == nil, let stated = source.hmm, source.schema.task == .nextToken else { return source }
        let model = try HiddenMarkovModel(stated, name: source.spec)
        return SourceWithOracle(source, try HiddenMarkovOracle(model, schema: source.schema, name: source.spec))
    }

    package var spec: String { source.spec }
    package var schema: Schema { source.schema }
    package var views: [SourceView] { source.views }
    package var oracle: (any SourceOracle)? { derived }
    package var theory: (any SourceTheory)? { source.theory }
    package var hmm: SourceHMM? { source.hmm }

    package func fill(
        _ batch: Batch, rows: Range<Int>, view: Int, seed: UInt64, first: UInt64
    ) throws(PluginFailure) {
        try source.fill(batch, rows: rows, view: view, seed: seed, first: first)
    }
}
