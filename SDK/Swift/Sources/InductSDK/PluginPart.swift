// SPDX-License-Identifier: Apache-2.0

import CInduct

/// The four kinds of parts that a plugin may offer.
public enum PluginKind: UInt32, Sendable {
    /// Delivers samples.
    case source = 1
    /// A model.
    case architecture
    /// Weights the experts of a mixture.
    case gate
    /// Measures.
    case evaluator

    /// As in specs and schemas: "source".
    public var name: String {
        switch self {
        case .source: "source"
        case .architecture: "architecture"
        case .gate: "gate"
        case .evaluator: "evaluator"
        }
    }
}

/// How calls of one instance may overlap.
public enum Concurrency: UInt32, Sendable {
    /// Any threads at once, each with its own slot.
    case parallel = 0
    /// One call at a time per instance; instances run side by side.
    case serialInstance
    /// One call at a time in the whole library.
    case serialLibrary
}

/// One thing that a plugin offers under a name.
///
/// Conform to `Source`, `Architecture`, `Gate` or `Evaluator`, which refine it.
///
///     struct Coin: Source {
///         static let name = "coin"
///         static let summary = "independent tosses"
///         static let parameters = [Parameter.number("p", default: 0.5, in: 0...1, "P(token 0)")]
///         init(_ creation: Creation) throws { p = try creation.configuration.number("p") }
///         ...
///     }
public protocol PluginPart {
    /// kebab-case, unique within plugin and kind: "golden-mean".
    static var name: String { get }
    /// One line.
    static var summary: String { get }
    /// What `Creation.configuration` will hold.
    static var parameters: [Parameter] { get }
    /// The positional children it takes; nil for none.
    static var children: ChildrenRule? { get }
    /// Specs that work: "golden-mean(p=0.5)".
    static var examples: [String] { get }
    /// How calls of one instance may overlap.
    static var concurrency: Concurrency { get }
    /// How its kind crosses the border; given by `Source`, `Architecture`, `Gate` and `Evaluator`.
    static var border: PartBorder { get }

    /// Makes an instance. What is wrong with the configuration is thrown as `InductError.invalid`.
    init(_ creation: Creation) throws
}

extension PluginPart {
    /// No parameters.
    public static var parameters: [Parameter] { [] }
    /// No children.
    public static var children: ChildrenRule? { nil }
    /// No examples.
    public static var examples: [String] { [] }
    /// Calls may overlap.
    public static var concurrency: Concurrency { .parallel }

    /// The config_schema of induct_descriptor.
    static var configSchema: String {
        var members = [
            "\"parameters\":{" + parameters.map { "\(quoted($0.name)):\($0.json)" }.joined(separator: ",") + "}"
        ]
        if let children { members.append("\"children\":\(children.json)") }
        if !examples.isEmpty { members.append("\"examples\":[" + examples.map(quoted).joined(separator: ",") + "]") }
        return "{" + members.joined(separator: ",") + "}"
    }
}

/// How one kind of part crosses the border: its factory's id and the table behind it.
public struct PartBorder: Sendable {
    let kind: PluginKind
    let factoryID: String
    /// Makes the factory's table around the descriptors; the memory lives as long as the process.
    let factory: @Sendable (UInt32, UnsafePointer<UnsafePointer<induct_descriptor>?>, CMemory) -> UnsafeRawPointer
}
