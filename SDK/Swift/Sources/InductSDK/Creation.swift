// SPDX-License-Identifier: Apache-2.0

import CInduct

/// What a part is made from.
public struct Creation {
    /// The name under which it was asked for.
    public let name: String
    /// The user's parameters, complete and checked against `parameters`.
    public let configuration: Configuration
    /// The parts it is composed of, positional ones first, in order.
    public let children: [Child]
    /// The services of the host; may be kept.
    public let host: Host
    /// What the source delivers, `length` bound to a constant; nil for sources.
    public let schema: Schema?
    /// Items of the longest input, for architectures, gates and evaluators.
    public let length: Int
    /// For gates: the number of experts K, else 0.
    public let expertCount: Int

    /// Children given by position.
    public var positionalChildren: [Child] { children.filter { $0.key.isEmpty } }

    /// The child given by this key, if there is one.
    public func child(_ key: String) -> Child? { children.first { $0.key == key } }
}

extension Creation {
    /// Reads the ABI's call struct.
    init(_ pointer: UnsafePointer<induct_create>?) throws(InductError) {
        guard let pointer else { throw InductError(.internal, "the host called create without a call struct") }
        let call = readGrowable(pointer)
        guard let name = text(call.name) else {
            throw InductError(.internal, "the host called create without a name")
        }
        self.name = name
        configuration = try Configuration(parsing: text(call.config) ?? "{}")
        host = Host(call.host)
        var children: [Child] = []
        for index in 0..<Int(call.child_count) {
            guard let child = call.children?[index] else {
                throw InductError(.internal, "the host gave '\(name)' no child number \(index)")
            }
            children.append(try Child(readGrowable(child)))
        }
        self.children = children
        if let pointer = call.schema { schema = try Schema(pointer) } else { schema = nil }
        length = Int(call.length)
        expertCount = Int(clamping: call.expert_count)
    }

    /// Makes the part that the call names, which must be of the given kind.
    static func part(
        _ kind: PluginKind, _ pointer: UnsafePointer<induct_create>?
    ) throws -> any PluginPart {
        let creation = try Creation(pointer)
        let part = try PluginRegistry.part(kind, creation.name)
        try creation.configuration.check(against: part.parameters)
        return try part.init(creation)
    }
}
