// SPDX-License-Identifier: Apache-2.0

import InductCore
import Logging

/// All plugins that the search path holds: found, described by a child process, compared with their manifests and with
/// each other.
struct PluginCatalogue: Sendable {
    /// A plugin that can be loaded.
    struct Entry: Sendable {
        var listing: PluginListing
        var isNamed: Bool
        /// The library's file and what it said; nil when the candidate was refused before it could say anything.
        var library: String?
        var description: PluginDescription?
        /// The manifest that makes a plugin of the library; nil when the library is one.
        var foreign: Candidate.Foreign?
    }

    private(set) var entries: [Entry] = []

    init(_ options: HostOptions) {
        let cache = DescriptionCache(directory: options.cacheDirectory)
        let process = DescriberProcess(options)
        for candidate in CandidateSearch(options).candidates {
            entries.append(Self.examine(candidate, cache, process))
        }
        refuseDuplicates()
        for entry in entries {
            guard let reason = entry.listing.reason else { continue }
            options.log.debug("refused \(entry.listing.path): \(reason)")
        }
    }

    private static func examine(
        _ candidate: Candidate, _ cache: DescriptionCache, _ process: DescriberProcess
    ) -> Entry {
        var listing = PluginListing(path: candidate.path, provides: [])
        var entry = Entry(listing: listing, isNamed: candidate.isNamed)
        do throws(TableDefect) {
            let content = try candidate.content.get()
            if let foreign = content.foreign {
                return try examine(foreign, library: content.library, candidate, cache)
            }
            listing.runtime = content.runtime
            listing.id = content.manifest?.description.id
            listing.version = content.manifest?.description.version
            let digest = try cache.sha256(ofFile: content.library)
            listing.sha256 = digest
            if let expected = content.sha256, expected != digest {
                throw TableDefect(
                    "\(FilePaths.name(of: content.library)) has the SHA-256 \(digest), its plugin.json says \(expected); "
                        + "the file was changed or damaged")
            }
            let description = try describe(content, digest, cache, process)
            try content.manifest?.check(description)
            listing.describe(description)
            entry.library = content.library
            entry.description = description
        } catch {
            listing.reason = error.message
        }
        entry.listing = listing
        return entry
    }

    /// A foreign manifest says all there is to say; its library is not asked.
    private static func examine(
        _ foreign: Candidate.Foreign, library: String, _ candidate: Candidate, _ cache: DescriptionCache
    ) throws(TableDefect) -> Entry {
        var listing = PluginListing(path: candidate.path, provides: [])
        let description = foreign.manifest.description
        listing.sha256 = try cache.sha256(ofManifest: foreign.path, library: library)
        listing.describe(description)
        return Entry(
            listing: listing, isNamed: candidate.isNamed, library: library, description: description, foreign: foreign)
    }

    private static func describe(
        _ content: Candidate.Content, _ digest: String, _ cache: DescriptionCache, _ process: DescriberProcess
    ) throws(TableDefect) -> PluginDescription {
        let key = process.cacheKey(ofFile: digest, runtime: content.runtime)
        let known = cache.outcome(forDigest: key)
        let outcome = known ?? process.describe(content.library, runtime: content.runtime)
        if known == nil { cache.remember(outcome, forDigest: key) }
        switch outcome {
        case .described(let description): return description
        case .refused(let reason), .tooSlow(let reason), .failed(let reason): throw TableDefect(reason)
        }
    }

    /// Of two plugins with one id neither can be used, for which one was meant is anybody's guess.
    private mutating func refuseDuplicates() {
        var byID: [String: [Int]] = [:]
        for (i, entry) in entries.enumerated() {
            if let id = entry.description?.id { byID[id, default: []].append(i) }
        }
        for (id, places) in byID where places.count > 1 {
            let paths = places.map { entries[$0].listing.path }
            for i in places {
                entries[i].listing.reason =
                    "the id \(id) is used by more than one plugin: \(paths.joined(separator: " and ")); remove all but one"
                entries[i].library = nil
            }
        }
    }
}
