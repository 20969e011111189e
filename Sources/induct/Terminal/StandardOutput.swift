// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductCore

/// Nobody reads our output any more: the command ends quietly.
struct BrokenPipe: Error {}

/// Where results go.
enum StandardOutput {
    /// Writes all of the text; nothing in it moves the cursor of a terminal.
    ///
    /// - Throws: `BrokenPipe` when the reader is gone, `CommandError` when the system refuses.
    static func write(_ text: String) throws {
        try write(STDOUT_FILENO, harmless(text), name: "standard output")
    }

    /// One JSON value and a line end.
    static func write(_ json: JSON) throws {
        try write(STDOUT_FILENO, Array("\(json.text)\n".utf8), name: "standard output")
    }

    /// The text in UTF-8 with what controls a terminal, but for line ends and tabs, as question marks: names of files,
    /// and what plugins and manifests say, may hold anything.
    fileprivate static func harmless(_ text: String) -> [UInt8] {
        var bytes = Array(text.utf8)
        for i in bytes.indices {
            let byte = bytes[i]
            // 128 to 159 are two bytes, C2 and the number itself.
            let isControl = byte < 32 && byte != 9 && byte != 10 || byte == 127
            if isControl { bytes[i] = UInt8(ascii: "?") }
            if i > 0, bytes[i - 1] == 0xc2, (128..<160).contains(byte) {
                bytes[i - 1] = UInt8(ascii: "?")
                bytes[i] = UInt8(ascii: "?")
            }
        }
        return bytes
    }

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
        try? StandardOutput.write(STDERR_FILENO, StandardOutput.harmless(text), name: "standard error")
    }

    /// Puts a text in place of the line that the cursor is in.
    static func replaceLine(by text: String) {
        let bytes = Array("\r\u{1b}[K".utf8) + StandardOutput.harmless(text)
        try? StandardOutput.write(STDERR_FILENO, bytes, name: "standard error")
    }

    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}
