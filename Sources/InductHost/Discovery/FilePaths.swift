// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Paths and what the file system says about them.
enum FilePaths {
    /// The directory that holds `path`.
    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last component.
    static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    /// The absolute path without symbolic links.
    ///
    /// - Throws: `TableDefect` that says why there is none: it does not exist, its links form a loop, ...
    static func resolved(_ path: String) throws(TableDefect) -> String {
        guard let resolved = realpath(path, nil) else {
            if errno == ELOOP { throw TableDefect("its symbolic links form a loop") }
            throw TableDefect("it cannot be opened: \(String(cString: strerror(errno)))")
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    static func status(_ path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }

    static func isDirectory(_ path: String) -> Bool {
        status(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    }

    static func isFile(_ path: String) -> Bool {
        status(path).map { $0.st_mode & S_IFMT == S_IFREG } ?? false
    }

    /// The names in a directory, sorted, without "." and ".."; nil when it cannot be read.
    static func entries(of directory: String) -> [String]? {
        guard let stream = opendir(directory) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The bytes of a file of at most `limit` bytes.
    static func bytes(of path: String, limit: Int) throws(TableDefect) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw TableDefect("it cannot be read: \(String(cString: strerror(errno)))") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw TableDefect("it is not a file")
        }
        guard status.st_size <= limit else {
            throw TableDefect("it is \(status.st_size) bytes long; \(limit) are the most that is read")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var used = 0
        while used < bytes.count {
            let wanted = bytes.count - used
            let got = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress.map { $0 + used }, wanted) }
            if got < 0 { throw TableDefect("it cannot be read: \(String(cString: strerror(errno)))") }
            if got == 0 { break }
            used += got
        }
        bytes.removeLast(bytes.count - used)
        return bytes
    }
}
