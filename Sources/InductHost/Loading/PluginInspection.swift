// SPDX-License-Identifier: Apache-2.0

package import InductCore
import Logging

/// What a plugin's file is.
package enum PluginForm: Sendable {
    /// A library with an entry.
    case library
    /// A Python file, whose parts have tables of the host's own before a process of theirs.
    case python
    /// A manifest, whose parts have tables of the host's own before a library's functions.
    case foreign
}

/// A plugin's file, looked at and loaded for its own sake.
package struct PluginInspection: Sendable {
    /// The library's file.
    package let library: String
    package let form: PluginForm
    private let manifest: Manifest?
    private let described: PluginDescription

    /// What a listing of this host stands for; nil when it was refused.
    package init?(_ listing: PluginListing, of host: PluginHost) {
        let entry = host.entries().first { $0.listing == listing }
        guard let library = entry?.library, let description = entry?.description else { return nil }
        self.library = library
        form = entry?.foreign != nil ? .foreign : listing.runtime == .python ? .python : .library
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
