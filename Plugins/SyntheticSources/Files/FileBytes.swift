// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductSDK

/// The bytes of a regular file, read once.
final class FileBytes: @unchecked Sendable {
    let path: String
    let count: Int
    private let memory: UnsafeMutableRawPointer

    /// Reads the file at `path`; `user` is who is named when that fails.
    ///
    /// - Throws: status `notFound` when it is no regular file that can be read, `resourceExhausted` without memory,
    ///   `dataLoss` when it shrinks meanwhile.
    init(path: String, for user: String) throws(InductError) {
        self.path = path
        func failure(_ what: String) -> InductError {
            InductError(.notFound, "\(user): '\(path)' \(what): \(String(cString: strerror(errno)))")
        }
        guard !path.utf8.contains(0) else { throw InductError(.notFound, "\(user): the path holds a NUL character") }
        // A FIFO must not make the program wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure("cannot be opened") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("cannot be examined") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw InductError(.notFound, "\(user): '\(path)' is no regular file")
        }
        let size = Int(status.st_size)
        guard let memory = malloc(max(1, size)) else {
            throw InductError(.resourceExhausted, "\(user): there is no memory for the \(size) bytes of '\(path)'")
        }
        var filled = 0
        while filled < size {
            let got = read(descriptor, memory + filled, min(size - filled, 1 << 30))
            if got < 0, errno == EINTR { continue }
            guard got > 0 else {
                let error =
                    got < 0
                    ? failure("cannot be read")
                    : InductError(.dataLoss, "\(user): '\(path)' became shorter while it was read")
                free(memory)
                throw error
            }
            filled += got
        }
        self.memory = memory
        count = size
    }

    deinit { free(memory) }

    /// The little-endian integer at a place; all of it lies within the file.
    func integer<Value: FixedWidthInteger & BitwiseCopyable>(at place: Int, _: Value.Type) -> Value {
        Value(littleEndian: memory.loadUnaligned(fromByteOffset: place, as: Value.self))
    }

    /// The text of some bytes; nil when they are not UTF-8 or lie outside the file.
    func text(_ range: Range<Int>) -> String? {
        guard range.lowerBound >= 0, range.upperBound <= count else { return nil }
        return String(
            validating: UnsafeRawBufferPointer(start: memory + range.lowerBound, count: range.count), as: UTF8.self)
    }

    /// All of them.
    var bytes: [UInt8] { Array(UnsafeRawBufferPointer(start: memory, count: count)) }

    /// Whether the bytes at a place are these.
    func holds(_ bytes: [UInt8], at place: Int) -> Bool {
        guard place >= 0, place + bytes.count <= count else { return false }
        return bytes.indices.allSatisfy { integer(at: place + $0, UInt8.self) == bytes[$0] }
    }
}
