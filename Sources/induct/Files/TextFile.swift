// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductCore

/// Small text files.
enum TextFile {
    /// The whole of a file.
    ///
    /// - Throws: `CommandError` with code 74 when it cannot be read, 65 when it is no text or too long.
    static func read(_ path: String, limit: Int) throws -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure(path) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(file, &piece, piece.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw failure(path) }
            guard count > 0 else { break }
            bytes += piece[..<count]
            guard bytes.count <= limit else {
                throw CommandError("\(path) has more than \(limit) bytes", code: ExitStatus.badInput)
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandError("\(path) is no text in UTF-8", code: ExitStatus.badInput)
        }
        return text
    }

    /// The JSON value in a file.
    ///
    /// - Throws: `CommandError` as `read`, and with code 65 for what is no JSON.
    static func json(_ path: String, limit: Int) throws -> JSON {
        do {
            return try JSON(parsing: try read(path, limit: limit))
        } catch let error as JSONError {
            throw CommandError("\(path) is no JSON: \(error)", code: ExitStatus.badInput)
        }
    }

    private static func failure(_ path: String) -> CommandError {
        CommandError("cannot read \(path): \(String(cString: strerror(errno)))", code: ExitStatus.inputOutput)
    }
}

/// What lies at a path.
enum FileKind {
    static func isDirectory(_ path: String) -> Bool { mode(path) == S_IFDIR }
    static func isFile(_ path: String) -> Bool { mode(path) == S_IFREG }
    static func exists(_ path: String) -> Bool { mode(path) != nil }

    /// Whether there is anything, be it a link that leads nowhere.
    static func isThere(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    private static func mode(_ path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    /// The names in a directory, sorted; empty when it cannot be read.
    static func names(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
