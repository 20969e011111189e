// SPDX-License-Identifier: Apache-2.0

import Glibc
package import InductCore

/// Makes bundles out of libraries, and puts them where the host finds them.
///
/// A bundle appears whole or not at all: it is written under another name beside its place, and renamed.
package struct BundleWriter {
    private let options: HostOptions

    package init(_ options: HostOptions) { self.options = options }

    /// A library for the bundle, and the processors it is for.
    package struct Library: Equatable, Sendable {
        package var path: String
        /// "x86-64-v3", ...; nil = any.
        package var cpu: String?

        package init(path: String, cpu: String? = nil) {
            self.path = path
            self.cpu = cpu
        }
    }

    /// Writes a bundle of libraries that are one plugin, compiled for one or more kinds of processors.
    ///
    /// - Parameters:
    ///   - libraries: each is described in a process of its own; all must say the same
    ///   - directory: the bundle's; nil = named by the plugin's id, in the working directory
    /// - Returns: the bundle's directory.
    /// - Throws: `HostError` when a library is no plugin, they differ, or the bundle cannot be written or is there already.
    package func pack(_ libraries: [Library], to directory: String?) throws(HostError) -> String {
        let process = DescriberProcess(options)
        let runtime = PluginRuntime(ofFile: libraries.first?.path ?? "")
        var common: PluginDescription?
        var files: [JSON] = []
        var contents: [(name: String, bytes: [UInt8])] = []
        for library in libraries {
            let (description, bytes) = try examine(library, process)
            if let common, common != description {
                throw .refusedPlugin(
                    path: library.path,
                    reason:
                        "it is not the plugin that \(libraries[0].path) is; a bundle holds one plugin, compiled for "
                        + "one or more kinds of processors")
            }
            common = description
            let name = FilePaths.name(of: library.path)
            guard !contents.contains(where: { $0.name == name }) else {
                throw .refusedPlugin(path: library.path, reason: "two libraries of the bundle are named \(name)")
            }
            contents.append((name, bytes))
            files.append(["path": .string(name), "sha256": .string(Digest.of(bytes)), "cpu": .optional(library.cpu)])
        }
        guard let common else { throw .refusedPlugin(path: "the bundle", reason: "it has no libraries") }
        let manifest = Manifest.json(common, runtime: runtime, files: files).indented + "\n"
        contents.append((Manifest.fileName, Array(manifest.utf8)))
        let target = directory ?? common.id
        guard FilePaths.status(target) == nil else { throw .cannotWrite(path: target, reason: "it is there already") }
        try appear(at: target) { (temporary) throws(HostError) in
            for (name, bytes) in contents { try write(bytes, to: "\(temporary)/\(name)") }
        }
        return target
    }

    /// Copies a bundle, or the library of one made on the spot, into the user's directory, in place of the version that
    /// is there.
    ///
    /// - Parameter path: of a bundle or a library.
    /// - Returns: where it is now.
    /// - Throws: `HostError` when the host would refuse it, or it cannot be written.
    package func install(_ path: String) throws(HostError) -> String {
        guard let directory = options.userDirectory else {
            throw .cannotWrite(path: path, reason: "there is no user's directory: set HOME or XDG_DATA_HOME")
        }
        let alone = HostOptions(
            plugins: [path], executableDirectory: "/nonexistent", python: options.python,
            describer: options.describer, describeLimit: options.describeLimit, log: options.log)
        guard let entry = PluginCatalogue(alone).entries.first else {
            throw .refusedPlugin(path: path, reason: "it holds no plugin")
        }
        if let reason = entry.listing.reason { throw .refusedPlugin(path: path, reason: reason) }
        guard let id = entry.listing.id else { throw .refusedPlugin(path: path, reason: "it has no id") }
        let target = "\(directory)/\(id)"
        try Self.makeDirectories(directory)
        if let foreign = entry.foreign {
            try install(foreign, at: target)
        } else if FilePaths.isDirectory(path) {
            let manifest: Manifest
            do throws(TableDefect) {
                manifest = try Manifest(bundle: path)
            } catch {
                throw .refusedPlugin(path: path, reason: error.message)
            }
            try appear(at: target) { (temporary) throws(HostError) in
                for name in manifest.files.map(\.path) + [Manifest.fileName] {
                    try Self.makeDirectories(FilePaths.parent(of: "\(temporary)/\(name)"))
                    try write(try bytes(of: "\(path)/\(name)"), to: "\(temporary)/\(name)")
                }
            }
        } else {
            let packed = "\(directory)/.\(id).packed.\(getpid())"
            Self.remove(packed)
            _ = try pack([Library(path: path)], to: packed)
            try Self.replace(target, by: packed)
        }
        return target
    }

    /// A manifest as a bundle, and its library where that lies with it.
    private func install(
        _ foreign: Candidate.Foreign, at target: String
    ) throws(HostError) {
        let library = foreign.manifest.library
        let home = FilePaths.parent(of: foreign.path)
        let isOwn = !library.hasPrefix("/") && FilePaths.isFile("\(home)/\(library)")
        try appear(at: target) { (temporary) throws(HostError) in
            try write(try bytes(of: foreign.path), to: "\(temporary)/\(Manifest.fileName)")
            guard isOwn else { return }
            try Self.makeDirectories(FilePaths.parent(of: "\(temporary)/\(library)"))
            try write(try bytes(of: "\(home)/\(library)"), to: "\(temporary)/\(library)")
        }
    }

    private func examine(
        _ library: Library, _ process: DescriberProcess
    ) throws(HostError) -> (PluginDescription, [UInt8]) {
        do throws(TableDefect) {
            let resolved = try FilePaths.resolved(library.path)
            let runtime = PluginRuntime(ofFile: library.path)
            guard try runtime.recognises(resolved) else { throw TableDefect(runtime.missingMark) }
            guard Manifest.level(of: library.cpu) != nil else {
                throw TableDefect("'\(library.cpu ?? "")' names no processor: x86-64, x86-64-v2, x86-64-v3, x86-64-v4")
            }
            switch process.describe(resolved, runtime: runtime) {
            case .described(let description):
                return (description, try FilePaths.bytes(of: resolved, limit: 1 << 30))
            case .refused(let reason), .tooSlow(let reason), .failed(let reason): throw TableDefect(reason)
            }
        } catch {
            throw .refusedPlugin(path: library.path, reason: error.message)
        }
    }

    private func bytes(of path: String) throws(HostError) -> [UInt8] {
        do throws(TableDefect) {
            return try FilePaths.bytes(of: path, limit: 1 << 30)
        } catch {
            throw .refusedPlugin(path: path, reason: error.message)
        }
    }

    /// Lets `fill` write a directory under another name, and renames it.
    private func appear(at target: String, _ fill: (String) throws(HostError) -> Void) throws(HostError) {
        let parent = FilePaths.parent(of: target)
        let temporary = "\(parent)/.\(FilePaths.name(of: target)).\(getpid())"
        Self.remove(temporary)
        guard mkdir(temporary, 0o755) == 0 else { throw Self.failure(temporary) }
        do throws(HostError) {
            try fill(temporary)
            try Self.replace(target, by: temporary)
        } catch {
            Self.remove(temporary)
            throw error
        }
    }

    /// Renames a directory into a place that may be taken; what was there goes.
    private static func replace(_ target: String, by new: String) throws(HostError) {
        let old = "\(new).old"
        let isTaken = FilePaths.status(target) != nil
        if isTaken { guard rename(target, old) == 0 else { throw failure(target) } }
        guard rename(new, target) == 0 else {
            let failure = failure(target)
            if isTaken { rename(old, target) }
            throw failure
        }
        if isTaken { remove(old) }
    }

    private func write(_ bytes: [UInt8], to path: String) throws(HostError) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw Self.failure(path) }
        var put = 0
        while put < bytes.count {
            let count = bytes[put...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else {
                let failure = Self.failure(path)
                close(file)
                throw failure
            }
            put += count
        }
        guard fsync(file) == 0, close(file) == 0 else { throw Self.failure(path) }
    }

    private static func makeDirectories(_ path: String) throws(HostError) {
        guard !FilePaths.isDirectory(path) else { return }
        let parent = FilePaths.parent(of: path)
        if parent != path { try makeDirectories(parent) }
        guard mkdir(path, 0o755) == 0 || FilePaths.isDirectory(path) else { throw failure(path) }
    }

    /// Removes a directory and what is in it, as far as that goes; links are not followed.
    private static func remove(_ path: String) {
        for name in FilePaths.entries(of: path) ?? [] {
            let inside = "\(path)/\(name)"
            if unlink(inside) != 0 { remove(inside) }
        }
        rmdir(path)
    }

    private static func failure(_ path: String) -> HostError {
        .cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }
}
