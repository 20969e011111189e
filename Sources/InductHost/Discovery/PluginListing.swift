// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// A line of `induct plugins list`: a plugin that can be used, or a candidate and why it was refused.
package struct PluginListing: Equatable, Sendable {
    /// Something the plugin provides.
    package struct Part: Equatable, Sendable {
        package var kind: PluginKind
        package var name: String
        package var summary: String
        /// Its config_schema; null = no parameters, no children.
        package var configSchema: JSON
    }

    /// The library's file, or the bundle's directory.
    package var path: String
    /// nil when it could not be learned.
    package var id: String?
    package var version: String?
    package var summary: String?
    package var sha256: String?
    package var runtime = PluginRuntime.native
    package var provides: [Part]
    /// Why it was refused; nil: it is ready.
    package var reason: String?

    package var isReady: Bool { reason == nil }
    /// The kinds of what it provides, each once.
    package var kinds: [PluginKind] { PluginKind.allCases.filter { kind in provides.contains { $0.kind == kind } } }

    /// Takes over what the plugin says about itself.
    mutating func describe(_ description: PluginDescription) {
        id = description.id
        version = description.version
        summary = description.summary
        provides = description.parts.map {
            .init(kind: $0.kind, name: $0.name, summary: $0.summary, configSchema: $0.configSchema)
        }
    }

    /// An entry of `plugins list --format json`.
    package var json: JSON {
        [
            "id": .optional(id), "version": .optional(version), "path": .string(path),
            "kinds": .array(kinds.map { .string($0.name) }),
            "provides": .array(
                provides.map {
                    ["kind": .string($0.kind.name), "name": .string($0.name), "summary": .string($0.summary)]
                }),
            "status": .string(isReady ? "ready" : "refused"), "reason": .optional(reason),
        ]
    }
}
