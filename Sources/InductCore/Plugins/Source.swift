// SPDX-License-Identifier: Apache-2.0

/// A named stream of samples; views 0 and 1 are "train" and "test".
package struct SourceView: Equatable, Sendable {
    package var name: String
    /// nil: endless.
    package var count: UInt64?

    package init(name: String, count: UInt64?) {
        self.name = name
        self.count = count
    }
}

/// A data source, as the rest of the host sees it: source.h in Swift.
package protocol Source: AnyObject, Sendable {
    /// How the user would write it, with its resolved parameters.
    var spec: String { get }
    var schema: Schema { get }
    var views: [SourceView] { get }

    /// Writes the samples `[first, first + rows.count)` of a view into the rows `rows` of `batch`.
    ///
    /// Sample i is a pure function of (configuration, seed, view, i). May be called by several threads at once.
    func fill(_ batch: Batch, rows: Range<Int>, view: Int, seed: UInt64, first: UInt64) throws(PluginFailure)

    /// The Bayes-optimal predictor, if the source knows it.
    var oracle: (any SourceOracle)? { get }
    /// Closed forms, if the source states them.
    var theory: (any SourceTheory)? { get }
    /// The source as a hidden Markov model, if it is one.
    var hmm: SourceHMM? { get }
    /// How it draws labelled examples, if it states that.
    var labelledExamples: LabelledExamplesLaw? { get }
}

extension Source {
    /// It does not say.
    package var labelledExamples: LabelledExamplesLaw? { nil }
}

/// The Bayes-optimal predictor of a source; see induct.source.oracle/1.
package protocol SourceOracle: Sendable {
    /// 0: no belief to show.
    var beliefSize: Int { get }
    /// 0: no components.
    var componentCount: Int { get }

    /// Evaluates the samples of `batch` into `results`, whose tensors have `prefixes` rows a sample: `batch.length + 1`
    /// for next-token sources, the empty prefix first, else the predicted positions.
    func evaluate(_ batch: Batch, view: Int, seed: UInt64, into results: OracleResults) throws(PluginFailure)
}

/// Where an oracle writes; float64, nil where it is not wanted.
package struct OracleResults: Sendable {
    /// `[count, prefixes, classes]`.
    package var predictive: Tensor?
    /// `[count, prefixes, beliefSize]`.
    package var belief: Tensor?
    /// `[count, prefixes, componentCount]`.
    package var posterior: Tensor?
    /// `[count, prefixes]`, ln P(prefix) in nats.
    package var logProbability: Tensor?

    package init(
        predictive: Tensor? = nil, belief: Tensor? = nil, posterior: Tensor? = nil, logProbability: Tensor? = nil
    ) {
        self.predictive = predictive
        self.belief = belief
        self.posterior = posterior
        self.logProbability = logProbability
    }
}

/// A quantity that a closed form may state, leave open, or know to be infinite.
package enum TheoryValue: Equatable, Sendable {
    case finite(Double)
    case unknown
    case diverges
}

/// Closed forms of a source; see induct.source.theory/1.
package protocol SourceTheory: Sendable {
    /// h_1 ... h_length in nats, the entropy rate and the excess entropy.
    func entropy(length: Int) throws(PluginFailure) -> (
        entropy: [Double], entropyRate: TheoryValue, excessEntropy: TheoryValue
    )
}

/// A (generalised) hidden Markov model in Mealy form, row-vector convention; see induct.source.hmm/1.
package struct SourceHMM: Equatable, Sendable {
    package var states: Int
    package var tokens: Int
    /// `[tokens, states, states]`: P(emit x, go to j | i).
    package var transition: [Double]
    /// `[states]`.
    package var start: [Double]
    /// `[states]`; nil for an HMM: all ones.
    package var right: [Double]?
    package var componentCount: Int
    /// `[states]`; nil when there is one component.
    package var componentOfState: [Int]?

    package init(
        states: Int, tokens: Int, transition: [Double], start: [Double], right: [Double]? = nil,
        componentCount: Int = 1,
        componentOfState: [Int]? = nil
    ) {
        self.states = states
        self.tokens = tokens
        self.transition = transition
        self.start = start
        self.right = right
        self.componentCount = componentCount
        self.componentOfState = componentOfState
    }
}
