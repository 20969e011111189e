// SPDX-License-Identifier: Apache-2.0

import CInduct

/// A part that this part is composed of: the host's proxy, which outlives its parent.
public struct Child: @unchecked Sendable {
    /// What it is.
    public let kind: PluginKind
    /// Empty for positional children.
    public let key: String
    /// How the user wrote it, for messages.
    public let spec: String
    /// `const induct_source *` and so on, by kind.
    public let handle: UnsafeRawPointer

    init(_ record: induct_child) throws(InductError) {
        guard let kind = PluginKind(rawValue: record.kind), let handle = record.handle else {
            throw InductError(.internal, "the host gave a child without a kind that is known, or without a handle")
        }
        self.kind = kind
        key = text(record.key) ?? ""
        spec = text(record.spec) ?? ""
        self.handle = handle
    }

    /// The child as a source.
    public func source() throws(InductError) -> ChildSource {
        guard kind == .source else {
            throw InductError.invalid("'\(spec)' is a \(kind.name) where a source is needed")
        }
        return try ChildSource(handle.assumingMemoryBound(to: induct_source.self), spec: spec)
    }
}
