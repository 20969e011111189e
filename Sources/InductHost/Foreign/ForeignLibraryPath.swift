// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Where the library of a foreign manifest lies.
///
/// A name without a slash is looked for beside the manifest, then as the dynamic linker does: in its cache, and in its
/// directories. What is found
/// is then opened by its path, so that the file whose symbols were read is the file that is loaded.
enum ForeignLibraryPath {
    /// For a manifest alone: a name, an absolute path, or a path from the manifest's directory.
    static func beside(_ manifest: String, _ library: String) throws(TableDefect) -> String {
        let path = library.hasPrefix("/") ? library : FilePaths.parent(of: manifest) + "/" + library
        if !library.contains("/"), !FilePaths.isFile(path) { return try system(library) }
        try refuseSteps(library)
        return try resolved(path, library)
    }

    /// For a bundle: a name, or a path from the bundle's directory that does not leave it, not even by links.
    static func inBundle(_ directory: String, _ library: String) throws(TableDefect) -> String {
        if !library.contains("/") {
            let inside = "\(directory)/\(library)"
            guard FilePaths.isFile(inside) else { return try system(library) }
            return try contained(inside, directory, library)
        }
        try refuseSteps(library)
        guard Manifest.staysInside(library) else {
            throw TableDefect("its manifest is wrong: library: '\(library.prefix(120))' does not lie within the bundle")
        }
        return try contained("\(directory)/\(library)", directory, library)
    }

    private static func contained(
        _ path: String, _ directory: String, _ library: String
    ) throws(TableDefect) -> String {
        let path = try resolved(path, library)
        guard path.hasPrefix(directory + "/") else {
            throw TableDefect("its manifest is wrong: library: '\(library.prefix(120))' leads out of the bundle")
        }
        return path
    }

    private static func refuseSteps(_ library: String) throws(TableDefect) {
        guard !library.split(separator: "/").contains("..") else {
            throw TableDefect(
                "its manifest is wrong: library: '\(library.prefix(120))' holds '..'; give a path without")
        }
    }

    private static func resolved(_ path: String, _ library: String) throws(TableDefect) -> String {
        do throws(TableDefect) {
            return try FilePaths.resolved(path)
        } catch {
            throw TableDefect("its library '\(library.prefix(120))': \(error.message)")
        }
    }

    private static func system(_ name: String) throws(TableDefect) -> String {
        if let path = SystemLibraries.path(of: name) { return try resolved(path, name) }
        for directory in directories where FilePaths.isFile("\(directory)/\(name)") {
            return try resolved("\(directory)/\(name)", name)
        }
        throw TableDefect(
            "its library '\(name.prefix(120))' is not installed: neither the dynamic linker's cache nor "
                + "\(directories.joined(separator: ", ")) has it; install it, or give its path")
    }

    #if arch(x86_64)
        private static let multiarch = "x86_64-linux-gnu"
    #else
        private static let multiarch = "aarch64-linux-gnu"
    #endif

    private static let directories = [
        "/lib/\(multiarch)", "/usr/lib/\(multiarch)", "/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib",
    ]
}
