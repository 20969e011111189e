// SPDX-License-Identifier: Apache-2.0

/// Something in the search path that may be a plugin: a library, or a bundle with its library.
struct Candidate: Sendable {
    /// As it is shown: the library's file, or the bundle's directory.
    var path: String
    /// Whether the user named this very file or bundle.
    var isNamed: Bool
    var content: Result<Content, TableDefect>

    struct Content: Sendable {
        /// Absolute, without symbolic links.
        var library: String
        var runtime = PluginRuntime.native
        var manifest: Manifest?
        /// What the manifest says the library's digest is.
        var sha256: String?
        /// A manifest whose library is no plugin; `library` is then that library.
        var foreign: Foreign?
    }

    /// A manifest that makes a plugin of a library's functions.
    struct Foreign: Sendable {
        /// Of the manifest, absolute, without symbolic links.
        var path: String
        var manifest: ForeignManifest
    }
}

/// Walks the search path, and opens no library.
struct CandidateSearch {
    private let trust: FileTrust
    private(set) var candidates: [Candidate] = []
    private var seen: Set<String> = []

    /// All candidates of the places that the options name, in their order; one that is found twice counts once.
    init(_ options: HostOptions) {
        trust = FileTrust(executable: options.describer)
        for path in options.plugins { look(at: path, isNamed: true) }
        for path in options.searchPath { look(at: path, isNamed: false) }
        if let directory = options.userDirectory, FilePaths.isDirectory(directory) {
            look(at: directory, isNamed: false)
        }
        look(beside: options.executableDirectory)
    }

    /// A file, a bundle, or a directory that holds either.
    private mutating func look(at path: String, isNamed: Bool) {
        if !FilePaths.isDirectory(path) {
            if path.hasSuffix(".json") {
                add(foreign: path, isNamed: isNamed)
            } else {
                add(library: path, isNamed: isNamed)
            }
        } else if FilePaths.isFile(path + "/" + Manifest.fileName) {
            add(bundle: path, isNamed: isNamed)
        } else {
            look(inside: path)
        }
    }

    private mutating func look(inside directory: String) {
        do throws(TableDefect) {
            try trust.check(try FilePaths.resolved(directory))
        } catch {
            refuse(directory, error, isNamed: true)
            return
        }
        guard let names = FilePaths.entries(of: directory) else {
            refuse(directory, TableDefect("the directory cannot be read"), isNamed: true)
            return
        }
        for name in names {
            let path = directory + "/" + name
            if FilePaths.isDirectory(path) {
                if FilePaths.isFile(path + "/" + Manifest.fileName) { add(bundle: path, isNamed: false) }
            } else if name.hasSuffix(".so") || name.hasSuffix(".py") {
                add(library: path, isNamed: false, orPass: true)
            } else if name.hasSuffix(ForeignManifest.ending) {
                add(foreign: path, isNamed: false)
            }
        }
    }

    /// Beside the executable lie libraries of all sorts: only those with the entry are looked at.
    private mutating func look(beside directory: String) {
        for name in FilePaths.entries(of: directory) ?? [] where name.hasSuffix(".so") {
            let path = directory + "/" + name
            let hasEntry = try? ELFFile(path: path).exports(entrySymbol)
            if hasEntry == true { add(library: path, isNamed: false, orPass: true) }
        }
    }

    /// Takes a library or a Python file; with `orPass`, what is no plugin is passed over, for it belongs to something else.
    private mutating func add(library path: String, isNamed: Bool, orPass: Bool = false) {
        do throws(TableDefect) {
            let resolved = try FilePaths.resolved(path)
            guard !seen.contains(resolved) else { return }
            let runtime = PluginRuntime(ofFile: path)
            let isPlugin = try runtime.recognises(resolved)
            guard isPlugin || !orPass else { return }
            seen.insert(resolved)
            guard isPlugin else { throw TableDefect(runtime.missingMark) }
            try check(resolved, shownAs: path)
            candidates.append(
                Candidate(
                    path: path, isNamed: isNamed, content: .success(.init(library: resolved, runtime: runtime))))
        } catch {
            refuse(path, error, isNamed: isNamed)
        }
    }

    private mutating func add(bundle path: String, isNamed: Bool) {
        do throws(TableDefect) {
            let resolved = try FilePaths.resolved(path)
            guard seen.insert(resolved).inserted else { return }
            try check(resolved, shownAs: path)
            let file = try FilePaths.resolved(resolved + "/" + Manifest.fileName)
            try trust.check(file)
            if let foreign = try Manifest.foreign(bundle: resolved) {
                let library = try ForeignLibraryPath.inBundle(resolved, foreign.library)
                try take(foreign, at: file, library: library, shownAs: path, isNamed: isNamed)
                return
            }
            let manifest = try Manifest(bundle: resolved)
            let chosen = try manifest.chosenFile()
            let library = try manifest.resolved(chosen)
            try trust.check(library)
            guard try manifest.runtime.recognises(library) else {
                throw TableDefect("its file '\(chosen.path)': \(manifest.runtime.missingMark)")
            }
            candidates.append(
                Candidate(
                    path: path, isNamed: isNamed,
                    content: .success(
                        .init(library: library, runtime: manifest.runtime, manifest: manifest, sha256: chosen.sha256))))
        } catch {
            refuse(path, error, isNamed: isNamed)
        }
    }

    /// Takes a manifest that lies alone.
    private mutating func add(foreign path: String, isNamed: Bool) {
        do throws(TableDefect) {
            let resolved = try FilePaths.resolved(path)
            guard seen.insert(resolved).inserted else { return }
            try check(resolved, shownAs: path)
            let manifest = try ForeignManifest(file: resolved)
            let library = try ForeignLibraryPath.beside(resolved, manifest.library)
            try take(manifest, at: resolved, library: library, shownAs: path, isNamed: isNamed)
        } catch {
            refuse(path, error, isNamed: isNamed)
        }
    }

    private mutating func take(
        _ manifest: ForeignManifest, at path: String, library: String, shownAs shown: String, isNamed: Bool
    ) throws(TableDefect) {
        do throws(TableDefect) {
            try trust.check(library)
        } catch {
            throw TableDefect("its library \(library): \(error.message)")
        }
        try manifest.check(library: library)
        candidates.append(
            Candidate(
                path: shown, isNamed: isNamed,
                content: .success(
                    .init(library: library, foreign: Candidate.Foreign(path: path, manifest: manifest)))))
    }

    /// A link is as trusted as where it points to and where it lies.
    private func check(_ resolved: String, shownAs path: String) throws(TableDefect) {
        try trust.check(resolved)
        try trust.check(holderOf: path)
    }

    private mutating func refuse(_ path: String, _ defect: TableDefect, isNamed: Bool) {
        candidates.append(Candidate(path: path, isNamed: isNamed, content: .failure(defect)))
    }
}

/// The symbol that makes a library a plugin; INDUCT_PLUGIN_ENTRY of abi.h.
let entrySymbol = "induct_plugin_entry_v1"
