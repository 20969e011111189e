// SPDX-License-Identifier: Apache-2.0

package import InductCore
import Logging

/// A plugin's file, looked at and loaded for its own sake.
package struct PluginInspection: Sendable {
    /// The library's file.
    package let library: String
    /// Whether it has tables of its own: a Python file and a foreign manifest have the host's.
    package let hasTables: Bool
    private let manifest: Manifest?
    private let described: PluginDescription

    /// What a listing of this host stands for; nil when it was refused.
    package init?(_ listing: PluginListing, of host: PluginHost) {
        let entry = host.entries().first { $0.listing == listing }
        guard let library = entry?.library, let description = entry?.description else { return nil }
        self.library = library
        hasTables = listing.runtime == .native && entry?.foreign == nil
        described = description
        manifest = try? Manifest(bundle: listing.path)
    }

    /// Names that the library defines for others.
    package func exportedNames() throws(HostError) -> [String] {
        try named { () throws(TableDefect) in try ELFFile(path: library).exportedNames() }
    }

    /// Loads the library into this process and calls its entry.
    ///
    /// - Returns: what it says about itself, and whether it has a factory by an id.
    package func load() throws(HostError) -> (description: JSON, hasFactory: (String) -> Bool) {
        try named { () throws(TableDefect) in
            let services = HostServices(
                label: described.id, log: Logger(label: "induct", factory: { _ in SwiftLogNoOpLogHandler() }),
                kernels: { nil }, isCancelled: { false }, progress: { _, _ in })
            let loaded = try PluginLibrary(path: library, services: services)
            return (try PluginDescription(loaded).json, { loaded.hasFactory($0) })
        }
    }

    /// What the bundle's plugin.json says about the plugin; nil when it is no bundle.
    package var stated: JSON? { manifest?.description.json }

    /// What the library's note says, with the keys of `stated`; nil when it has none.
    package func note() throws(HostError) -> JSON? {
        try named { () throws(TableDefect) in try PluginNote(library: library)?.json }
    }

    private func named<Value>(_ body: () throws(TableDefect) -> Value) throws(HostError) -> Value {
        do throws(TableDefect) {
            return try body()
        } catch {
            throw .refusedPlugin(path: library, reason: error.message)
        }
    }
}
