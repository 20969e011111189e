// SPDX-License-Identifier: Apache-2.0

import InductCore

/// A call of a foreign function: its signature, where each argument comes from, and what its result says.
struct ForeignCall: Equatable, Sendable {
    var signature: ForeignSignature
    /// One for each parameter.
    var arguments: [Argument]
    var verdict: Verdict
    /// A function that puts a status into words: `const char *name(int status)`.
    var message: ForeignSignature?

    enum Argument: Equatable, Sendable {
        case scalar(Value)
        /// The length of the array at this index, which the host knows.
        case size(of: Int)
        case array(Content)
        case text(Value)
        /// A handle of the part, by the name of its type.
        case handle(String)
        /// Memory of the part, zeroed before each sample.
        case buffer(String)
        /// The pointer that a variable of the library holds.
        case variable(String)
        /// The address of a function or variable of the library.
        case symbol(String)
        case null
        case callback(Callback)
    }

    /// Where a number or a text comes from.
    enum Value: Equatable, Sendable {
        /// So many random bits, from the sample's stream.
        case seed(bits: Int)
        case config(String)
        case constant(JSON)
        /// Of the sequence.
        case length
        /// A fold's value so far, that of a later part, and how many bytes that part was folded over.
        case accumulated
        case other
        case otherSize
    }

    /// What an array holds when the function is called.
    enum Content: Equatable, Sendable {
        case nothing
        /// Random words, from the sample's stream.
        case seed
        case config(String)
        case constant(JSON)
        /// What an evaluator sees of one sample, as numbers of the array's type.
        case values(Item)
        /// The same, as its bytes.
        case bytes(Item)
    }

    /// What an evaluator sees of a sample.
    enum Item: Equatable, Sendable {
        case losses
        case predictions
        /// A tensor of the source.
        case tensor(String)

        init(_ name: String) {
            switch name {
            case "losses": self = .losses
            case "predictions": self = .predictions
            default: self = .tensor(name)
            }
        }
    }

    /// What the host does when the library calls it.
    enum Callback: String, CaseIterable, Sendable {
        /// Gives the next random number of the sample's stream: uniform in [0, 1), or the bits of an integer.
        case uniform
        /// Takes a value of the sample.
        case output
        /// Compares two elements, as qsort wants it.
        case ascending
        case descending
    }

    /// Which results are failures.
    enum Verdict: Equatable, Sendable {
        case ignored
        case success([Int64])
        case failure([Int64])
        /// A pointer that must not be NULL.
        case notNull
    }

    /// The arguments that it takes from the sample's stream of random words: seeds, states, generators.
    var seeds: [Int] {
        arguments.indices.filter {
            switch arguments[$0] {
            case .scalar(.seed), .array(.seed), .callback(.uniform): true
            default: false
            }
        }
    }

    /// Names that the library must export: functions, then variables.
    var symbols: (functions: [String], variables: [String], any: [String]) {
        var variables: [String] = []
        var any: [String] = []
        for argument in arguments {
            switch argument {
            case .variable(let name): variables.append(name)
            case .symbol(let name): any.append(name)
            default: break
            }
        }
        return ([signature.name] + [message?.name].compactMap { $0 }, variables, any)
    }
}
