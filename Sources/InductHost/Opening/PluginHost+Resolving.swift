// SPDX-License-Identifier: Apache-2.0

import InductCore

extension PluginHost {
    /// The plugin's part that a spec names.
    struct Resolved {
        var library: String
        var runtime: PluginRuntime
        var description: PluginDescription
        var part: PluginDescription.Part
        /// The manifest that makes a plugin of the library; nil when the library is one.
        var foreign: Candidate.Foreign?
    }

    /// Finds the part by its name, or by "plugin/name".
    ///
    /// - Throws: `SpecError` for a name that no plugin has, or more than one; `HostError` when the plugin that the user
    ///   named was refused, for then that is the reason.
    func resolve(_ spec: PluginSpec, kind: PluginKind) throws -> Resolved {
        let entries = entries()
        // Whoever names a plugin means to use it: what another one would do in its place is not what was asked for.
        if let refused = entries.first(where: { !$0.listing.isReady && options.plugins.contains($0.listing.path) })?
            .listing,
            let reason = refused.reason
        {
            throw HostError.refusedPlugin(path: refused.path, reason: reason)
        }
        let slash = spec.name.lastIndex(of: "/")
        let plugin = slash.map { spec.name[..<$0] }
        let name = slash.map { spec.name[spec.name.index(after: $0)...] } ?? spec.name[...]
        func providers(_ test: (PluginDescription.Part) -> Bool) -> [(PluginCatalogue.Entry, PluginDescription.Part)] {
            entries.flatMap { entry in
                (entry.description?.parts ?? []).filter(test).map { (entry, $0) }
            }
            .filter { plugin == nil || $0.0.description?.id == plugin.map(String.init) }
        }
        let found = providers { $0.kind == kind && $0.name == name }
        if let refused = found.first(where: { !$0.0.listing.isReady })?.0.listing, let reason = refused.reason {
            throw HostError.refusedPlugin(path: refused.path, reason: reason)
        }
        let resolved = found.compactMap { entry, part in
            entry.library.flatMap { library in
                entry.description.map {
                    Resolved(
                        library: library, runtime: entry.listing.runtime, description: $0, part: part,
                        foreign: entry.foreign)
                }
            }
        }
        if resolved.count > 1 {
            let names = resolved.map { "\($0.description.id)/\(name)" }
            throw SpecError(
                "more than one plugin provides the \(kind.name) '\(name)'; say which: "
                    + names.joined(separator: " or "), position: spec.position)
        }
        if let only = resolved.first { return only }
        if let refused = entries.first(where: { $0.isNamed && !$0.listing.isReady })?.listing,
            let reason = refused.reason
        {
            throw HostError.refusedPlugin(path: refused.path, reason: reason)
        }
        if let other = providers({ $0.name == name }).first?.1.kind {
            throw SpecError(
                "'\(spec.name)' is of kind \(other.name), here a part of kind \(kind.name) is needed",
                position: spec.position)
        }
        throw unknown(spec, kind: kind, entries: entries)
    }

    private func unknown(_ spec: PluginSpec, kind: PluginKind, entries: [PluginCatalogue.Entry]) -> SpecError {
        var names: [String] = []
        for entry in entries where entry.listing.isReady {
            for part in entry.description?.parts ?? [] where part.kind == kind {
                names.append(part.name)
                if let id = entry.description?.id { names.append("\(id)/\(part.name)") }
            }
        }
        let refused = entries.count { !$0.listing.isReady }
        var message = "no plugin provides the \(kind.name) '\(spec.name.prefix(80))'"
        message += suggestion(for: spec.name, among: names)
        if refused > 0 { message += " (\(refused) refused: see 'induct plugins list')" }
        return SpecError(message, position: spec.position)
    }
}
