// SPDX-License-Identifier: Apache-2.0

import CHostThread
import CInduct
package import InductCore
import Logging
import Synchronization

/// A plugin whose library is in this process.
package struct LoadedPlugin: Equatable, Sendable {
    package var id: String
    package var version: String
    package var path: String
    package var sha256: String
}

/// Finds plugins, loads those that are asked for, and hands out their parts as the core's protocols.
///
/// Nothing is searched, and no library loaded, before it is needed.
package final class PluginHost: PluginOpener, Sendable {
    private struct State {
        var catalogue: PluginCatalogue?
        /// By the library's file, with the digest it had when it was loaded.
        var libraries: [String: (library: PluginLibrary, sha256: String)] = [:]
        /// In the order of loading.
        var loaded: [LoadedPlugin] = []
        var isolated: [String] = []
    }

    let options: HostOptions
    /// The one lock of all parts that want one call at a time in their whole library; see `CallGate`.
    let libraryLock = RecursiveLock()
    private let kernelLibrary: KernelLibrary
    private let state = Mutex(State())

    /// Opens the kernels.
    ///
    /// - Throws: when the kernels that the options name do not exist, do not run here, or are damaged.
    package init(_ options: HostOptions) throws(HostError) {
        self.options = options
        kernelLibrary = try KernelLibrary(directory: options.executableDirectory, variant: options.kernels)
        if options.catchesFaults { CrashReport.install() }
        // Checks want to see where a plugin goes.
        if options.interposer == nil { host_directory_keep() }
    }

    package var kernels: any TrainingKernels { kernelLibrary }

    /// What the search path holds, ready or refused, in the order of the search.
    package func catalogue() -> [PluginListing] { entries().map(\.listing) }

    /// The plugins whose libraries were loaded so far.
    package var loaded: [LoadedPlugin] { state.withLock { $0.loaded } }

    /// Notes what a worker has loaded.
    func note(_ plugins: [LoadedPlugin], isolated plugin: String) {
        state.withLock { state in
            for plugin in plugins where !state.loaded.contains(plugin) { state.loaded.append(plugin) }
            if !state.isolated.contains(plugin) { state.isolated.append(plugin) }
        }
    }

    /// The ids of the plugins that had parts in processes of their own so far.
    package var isolated: [String] { state.withLock { $0.isolated } }

    func entries() -> [PluginCatalogue.Entry] {
        state.withLock { state in
            if let catalogue = state.catalogue { return catalogue.entries }
            let catalogue = PluginCatalogue(options)
            state.catalogue = catalogue
            return catalogue.entries
        }
    }

    /// The library of a plugin, loaded at its first use.
    func library(of resolved: Resolved) throws(HostError) -> PluginLibrary {
        let path = resolved.foreign?.path ?? resolved.library
        let result: Result<PluginLibrary, TableDefect> = state.withLock { state in
            if let known = state.libraries[path] { return .success(known.library) }
            return Result { () throws(TableDefect) in
                let (library, digest) = try load(resolved)
                guard try PluginDescription(library) == resolved.description else {
                    throw TableDefect("it says something else now than when it was described")
                }
                state.libraries[path] = (library, digest)
                state.loaded.append(
                    LoadedPlugin(id: library.id, version: library.version, path: path, sha256: digest))
                return library
            }
        }
        do throws(TableDefect) {
            return try result.get()
        } catch {
            throw .refusedPlugin(path: path, reason: error.message)
        }
    }

    private func load(_ resolved: Resolved) throws(TableDefect) -> (PluginLibrary, sha256: String) {
        let cache = DescriptionCache(directory: options.cacheDirectory)
        func services(_ foreign: ForeignLibrary?) -> HostServices {
            HostServices(
                label: resolved.description.id, log: options.log, kernels: { [kernelLibrary] in kernelLibrary.table },
                isCancelled: options.isCancelled, progress: options.progress, foreign: foreign)
        }
        guard let foreign = resolved.foreign else {
            let digest = try cache.sha256(ofFile: resolved.library)
            return (try PluginLibrary(path: resolved.library, services: services(nil)), digest)
        }
        let digest = try cache.sha256(ofManifest: foreign.path, library: resolved.library)
        let gate = CallGate(plugin: resolved.description.id, lock: nil)
        let library = try gate.enter("dlopen") {
            Result { () throws(TableDefect) in try ForeignLibrary(foreign.manifest, path: resolved.library) }
        }.get()
        return (PluginLibrary(manifest: foreign.path, of: library, services: services(library)), digest)
    }
}
