// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Files written into a directory that does not exist yet.
enum NewDirectory {
    /// Writes the files, whose paths are relative to the directory.
    ///
    /// - Throws: `UsageError` when the directory is there, `CommandError` when it cannot be written; then nothing is left
    ///   behind but what was written.
    static func write(_ files: [(path: String, text: String)], to directory: String) throws {
        guard !FileKind.exists(directory) else {
            throw UsageError("\(directory) is there already; name another with --output")
        }
        for (path, text) in files {
            let full = "\(directory)/\(path)"
            try makeDirectories(for: full)
            try create(full, text)
        }
    }

    private static func makeDirectories(for file: String) throws {
        let parts = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        var path = ""
        for part in parts {
            path += path.isEmpty && !part.isEmpty ? String(part) : "/" + part
            guard part.isEmpty || FileKind.isDirectory(path) || mkdir(path, 0o777) == 0 else { throw failure(path) }
        }
    }

    private static func create(_ path: String, _ text: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw failure(path) }
        defer { close(file) }
        try StandardOutput.write(file, Array(text.utf8), name: path)
    }

    private static func failure(_ path: String) -> CommandError {
        CommandError("cannot write \(path): \(String(cString: strerror(errno)))", code: ExitStatus.inputOutput)
    }
}
