// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The few things a run does with files and directories; every refusal of the system is a `LabError.system`.
package enum FileSystem {
    static func failure(_ operation: String, _ path: String, code: Int32 = errno) -> LabError {
        .system(path: path, operation: operation, reason: String(cString: strerror(code)))
    }

    /// The path from the root, links left as they are; the empty one, and one that cannot be told, stays as it is.
    package static func absolute(_ path: String) -> String {
        guard !path.isEmpty, !path.hasPrefix("/"), let directory = getcwd(nil, 0) else { return path }
        defer { free(directory) }
        return String(cString: directory) + "/" + path
    }

    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Makes a directory and those above it.
    package static func createDirectory(_ path: String) throws(LabError) {
        if mkdir(path, 0o777) == 0 { return }
        let code = errno
        if code == EEXIST && isDirectory(path) { return }
        let parent = directory(of: path)
        guard code == ENOENT, parent != path else { throw failure("create the directory", path, code: code) }
        try createDirectory(parent)
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw failure("create the directory", path) }
    }

    static func isDirectory(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }

    /// The directory a path lies in.
    static func directory(of path: String) -> String {
        var rest = Substring(path)
        while rest.count > 1 && rest.last == "/" { rest.removeLast() }
        guard let slash = rest.lastIndex(of: "/") else { return "." }
        return slash == rest.startIndex ? "/" : String(rest[..<slash])
    }

    /// The names in a directory, sorted.
    static func names(in path: String) throws(LabError) -> [String] {
        guard let directory = opendir(path) else { throw failure("read the directory", path) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func rename(_ old: String, to new: String) throws(LabError) {
        guard Glibc.rename(old, new) == 0 else { throw failure("rename to \(new)", old) }
    }

    /// Removes a file, or a directory and all within it.
    static func remove(_ path: String) throws(LabError) {
        if isDirectory(path) {
            for name in try names(in: path) { try remove("\(path)/\(name)") }
            guard rmdir(path) == 0 else { throw failure("remove", path) }
        } else {
            guard unlink(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
        }
    }

    /// Makes what happened to the names in a directory last.
    static func synchronizeDirectory(_ path: String) throws(LabError) {
        let directory = try File(path, .directory)
        try directory.synchronize()
    }

    /// Puts a whole file in place: it is there with all its bytes, or not at all.
    package static func replace(_ path: String, with bytes: [UInt8]) throws(LabError) {
        let temporary = path + ".tmp"
        do throws(LabError) {
            let file = try File(temporary, .create)
            try file.write(bytes)
            try file.synchronize()
            try rename(temporary, to: path)
        } catch {
            unlink(temporary)
            throw error
        }
        try synchronizeDirectory(directory(of: path))
    }

    /// All bytes of a file of at most `limit` bytes.
    package static func read(_ path: String, limit: Int = .max) throws(LabError) -> [UInt8] {
        let file = try File(path, .read)
        let size = try file.size()
        guard size <= limit else {
            throw .damaged(path: path, reason: "it has \(size) bytes, and at most \(limit) make sense")
        }
        return try file.read(count: size)
    }
}
