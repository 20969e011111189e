// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductCore

/// Nobody reads our output any more: the command ends quietly.
struct BrokenPipe: Error {}

/// Where results go.
enum StandardOutput {
    /// Writes all of the text.
    ///
    /// - Throws: `BrokenPipe` when the reader is gone, `CommandError` when the system refuses.
    static func write(_ text: String) throws {
        try write(STDOUT_FILENO, Array(text.utf8), name: "standard output")
    }

    /// One JSON value and a line end.
    static func write(_ json: JSON) throws { try write(json.text + "\n") }

    static func write(_ descriptor: Int32, _ bytes: [UInt8], name: String) throws {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EPIPE { throw BrokenPipe() }
                throw CommandError(
                    "cannot write to \(name): \(String(cString: strerror(errno)))", code: ExitStatus.inputOutput)
            }
            start += count
        }
    }

    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
}

/// Where log, progress and errors go; what cannot be written there is lost.
enum StandardError {
    static func write(_ text: String) {
        try? StandardOutput.write(STDERR_FILENO, Array(text.utf8), name: "standard error")
    }

    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}
