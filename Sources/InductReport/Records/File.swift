// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc

/// Text files, read and written whole.
enum File {
    /// The largest file that is read; a longer one is not a run's.
    static let limit = 1 << 30

    /// The text of a file.
    static func read(_ path: String) throws(ReportError) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .file(path: path, reason: message(errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .file(path: path, reason: "not a regular file") }
        guard status.st_size <= limit else { throw .content(path: path, line: nil, reason: "larger than 1 GiB") }
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw .file(path: path, reason: message(errno))
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw .content(path: path, line: nil, reason: "not UTF-8 text")
        }
        return text
    }

    /// Writes a file, replacing what was there at once and not in part.
    static func write(_ text: String, to path: String) throws(ReportError) {
        let temporary = path + ".tmp"
        guard let file = fopen(temporary, "we") else { throw unwritten(path, errno) }
        let bytes = Array(text.utf8)
        let count = bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
        var reason = count == bytes.count ? 0 : errno
        // What the buffer still holds is written by closing.
        if fclose(file) != 0, reason == 0 { reason = errno }
        if reason == 0, rename(temporary, path) != 0 { reason = errno }
        guard reason == 0 else {
            unlink(temporary)
            throw unwritten(path, reason)
        }
    }

    private static func unwritten(_ path: String, _ reason: Int32) -> ReportError {
        .file(path: path, reason: "cannot be written: \(message(reason))")
    }

    /// Makes a directory, if there is none.
    static func makeDirectory(_ path: String) throws(ReportError) {
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw .file(path: path, reason: message(errno)) }
    }

    /// What the system says about an error number.
    static func message(_ number: Int32) -> String { strerror(number).map { String(cString: $0) } ?? "error \(number)" }
}
