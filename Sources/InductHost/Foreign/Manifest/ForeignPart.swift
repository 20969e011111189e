// SPDX-License-Identifier: Apache-2.0

import InductCore

/// A source or an evaluator that a foreign manifest makes of a library's functions.
struct ForeignPart: Equatable, Sendable {
    var kind: PluginKind { if case .source = body { .source } else { .evaluator } }
    var name: String
    var summary: String
    var concurrency: Concurrency
    /// As the manifest has it; null: no parameters.
    var configSchema: JSON
    /// The same, read.
    var config: ConfigSchema
    var buffers: [Buffer]
    /// In the order in which they are made.
    var handles: [Handle]
    var body: Body

    enum Body: Equatable, Sendable {
        case source(ForeignSourcePlan)
        case evaluator(ForeignEvaluatorPlan)
    }

    /// Memory of the part for a library's own structs, zeroed before each sample.
    struct Buffer: Equatable, Sendable {
        var name: String
        var bytes: Int
    }

    /// Something that the library makes and frees.
    struct Handle: Equatable, Sendable {
        /// The type that its pointers point to.
        var type: String
        var create: ForeignCall
        var destroy: ForeignCall
    }

    /// Every call of the part.
    var calls: [ForeignCall] {
        let own: [ForeignCall] =
            switch body {
            case .source(let plan): plan.beforeSample + [plan.call]
            case .evaluator(let plan): [plan.call] + [plan.combine].compactMap { $0 }
            }
        return handles.flatMap { [$0.create, $0.destroy] } + own
    }
}

/// How a source's samples come about.
struct ForeignSourcePlan: Equatable, Sendable {
    var beforeSample: [ForeignCall]
    var call: ForeignCall
    var task: Task
    /// Tokens or classes; a regression has none.
    var classes: Size
    /// Regression: floats for each position.
    var width: Int
    var positions: Int
    var maximumLength: Int?
    var outputs: [Output]

    /// A number, or the parameter that holds it.
    enum Size: Equatable, Sendable {
        case constant(Int)
        case config(String)
    }

    /// A tensor, and which of the function's results goes there.
    struct Output: Equatable, Sendable {
        var tensor: String
        var role: TensorRole
        var type: ElementType
        /// Without the batch.
        var shape: [Dimension]
        var origin: Origin
        var map: Map
    }

    enum Origin: Equatable, Sendable {
        case result
        case argument(Int)
        /// What the function hands to its callback `output`.
        case callback
    }

    /// How a number becomes a token, a class or a value.
    enum Map: Equatable, Sendable {
        /// It is one already.
        case identity
        /// floor((x - low) / (high - low) * V) for x in [low, high)
        case floor(low: Double, high: Double)
        /// It is one already, up to V - 1, and all above are V - 1.
        case clamp
        /// The remainder of an integer by V, in [0, V).
        case modulo
        /// How many of the edges are at most x; they ascend.
        case edges([Double])
    }
}

/// How an evaluator's number comes about: the function is called once for each sample.
struct ForeignEvaluatorPlan: Equatable, Sendable {
    var call: ForeignCall
    var result: Result
    var merge: Merge
    /// What a fold begins with.
    var start: JSON
    /// A fold: joins the values of two parts of the samples.
    var combine: ForeignCall?
    var metric: String
    var unit: String?

    enum Result: Equatable, Sendable {
        case value
        /// An entry of an array that the function writes.
        case element(argument: Int, Place)
    }

    enum Place: String, CaseIterable, Sendable {
        case first
        case middle
        case last
    }

    /// How the numbers of samples become one, whatever the parts they are seen in.
    enum Merge: String, CaseIterable, Sendable {
        case sum
        case mean
        case minimum
        case maximum
        /// Each call takes the value so far; needs a function that joins two parts.
        case fold
    }
}
