// SPDX-License-Identifier: Apache-2.0

import CInduct

/// A plugin: an id, a version and the parts that it offers.
///
/// The whole of a plugin's entry:
///
///     public import CInduct
///     import InductSDK
///
///     @c @implementation
///     public func induct_plugin_entry_v1(
///         _ host: UnsafePointer<induct_host>!, _ error: UnsafeMutablePointer<induct_error>!
///     ) -> UnsafePointer<induct_plugin>! {
///         Plugin(id: "org.example.my-sources", version: "1.0.0", summary: "my sources", parts: [Coin.self])
///             .export(host, error)
///     }
public struct Plugin {
    /// Reverse domain name, unique: "org.example.my-sources".
    public var id: String
    /// A semantic version: "1.0.0".
    public var version: String
    /// One line.
    public var summary: String
    /// Types that conform to `Source`, `Architecture`, `Gate` or `Evaluator`.
    public var parts: [any PluginPart.Type]

    /// Describes a plugin.
    public init(id: String, version: String, summary: String, parts: [any PluginPart.Type]) {
        self.id = id
        self.version = version
        self.summary = summary
        self.parts = parts
    }

    /// What the entry returns: the plugin's table, made at the first call and the same ever after, or nil with `error`
    /// filled in.
    ///
    /// - Parameters:
    ///   - host: what the entry was given.
    ///   - error: what the entry was given; may be nil.
    /// - Returns: a table that lives as long as the process.
    public func export(
        _ host: UnsafePointer<induct_host>?, _ error: UnsafeMutablePointer<induct_error>?
    ) -> UnsafePointer<induct_plugin>? {
        if let table = PluginRegistry.table { return table }
        var names: Set<String> = []
        for part in parts where !names.insert("\(part.border.kind.name) \(part.name)").inserted {
            let message = "plugin '\(id)' offers two \(part.border.kind.name)s named '\(part.name)'; rename one of them"
            write(InductError(.internal, message), to: error)
            return nil
        }
        return PluginRegistry.publish(self)
    }
}
