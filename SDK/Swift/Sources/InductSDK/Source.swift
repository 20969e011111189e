// SPDX-License-Identifier: Apache-2.0

import CInduct

/// A named stream of samples.
public struct View: Equatable, Sendable {
    /// In kebab-case.
    public var name: String
    /// Number of samples; nil: endless.
    public var count: UInt64?

    /// Names a stream.
    public init(_ name: String, count: UInt64? = nil) {
        self.name = name
        self.count = count
    }

    /// The two that every source has, without end.
    public static let trainAndTest = [View("train"), View("test")]
}

/// A data source.
///
/// Sample i of a view is a pure function of (configuration, seed, view, i): order, batch, thread and history never
/// change it, and a shorter length gives a prefix. What belongs to the task itself depends on (configuration, seed) only,
/// so that training and evaluation share it. `RandomStream` has what it takes.
public protocol Source: PluginPart, Sendable {
    /// What it delivers; the same at every call.
    var schema: Schema { get }
    /// Its streams; "train" and "test" come first.
    var views: [View] { get }
    /// Writes every element of every wanted tensor.
    func fill(_ request: FillRequest) throws

    /// The Bayes-optimal predictor, if the source knows it.
    var oracle: (any SourceOracle)? { get }
    /// Closed forms, if the source states them.
    var theory: (any SourceTheory)? { get }
    /// The source as a hidden Markov model, if it is one: the host derives its theory from it.
    var hiddenMarkovModel: HiddenMarkovModel? { get }
    /// How labelled examples are drawn, if that is what it delivers and the law is known: the host derives its theory from it.
    var labelledExamples: LabelledExamplesLaw? { get }
}

extension Source {
    /// "train" and "test", without end.
    public var views: [View] { View.trainAndTest }
    /// It does not know it.
    public var oracle: (any SourceOracle)? { nil }
    /// It states none.
    public var theory: (any SourceTheory)? { nil }
    /// It is none.
    public var hiddenMarkovModel: HiddenMarkovModel? { nil }
    /// It does not say.
    public var labelledExamples: LabelledExamplesLaw? { nil }
    /// Crosses the border as `induct.source/1`.
    public static var border: PartBorder { .source }
}

/// The Bayes-optimal predictor of a source.
public protocol SourceOracle: Sendable {
    /// 0: no belief to show.
    var beliefSize: Int { get }
    /// 0: no components.
    var componentCount: Int { get }
    /// Writes the wanted results for every sample of the request.
    func evaluate(_ request: OracleRequest) throws
}

extension SourceOracle {
    /// No belief to show.
    public var beliefSize: Int { 0 }
    /// No components.
    public var componentCount: Int { 0 }
}

/// A quantity that a closed form may state, leave open, or know to be infinite.
public enum TheoryValue: Equatable, Sendable {
    /// The value, in nats.
    case finite(Double)
    /// No closed form.
    case unknown
    /// Known to be infinite.
    case diverges
}

/// Closed forms of a source.
public protocol SourceTheory: Sendable {
    /// Writes h_1 ... h_n in nats, exact to rounding, n being the size of `entropy`.
    ///
    /// - Parameter entropy: where they go.
    /// - Returns: the entropy rate and the excess entropy.
    /// - Throws: when it cannot serve that many.
    func entropy(
        into entropy: UnsafeMutableBufferPointer<Double>
    ) throws -> (entropyRate: TheoryValue, excessEntropy: TheoryValue)
}
