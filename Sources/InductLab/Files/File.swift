// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// An open file; closed at the end of its life.
struct File: ~Copyable {
    enum Access {
        case read
        /// From nothing.
        case create
        /// At the end of what is there.
        case append
        case directory
    }

    let path: String
    private let descriptor: Int32

    init(_ path: String, _ access: Access) throws(LabError) {
        let flags =
            switch access {
            // What is no file, such as a pipe, is refused below; to open it must not wait for another end.
            case .read: O_RDONLY | O_NONBLOCK
            case .create: O_WRONLY | O_CREAT | O_TRUNC
            case .append: O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK
            case .directory: O_RDONLY | O_DIRECTORY
            }
        descriptor = open(path, flags | O_CLOEXEC, 0o666)
        self.path = path
        guard descriptor >= 0 else { throw FileSystem.failure("open", path) }
        guard access == .read || access == .append else { return }
        var information = stat()
        guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
            throw .damaged(path: path, reason: "it is no file")
        }
    }

    deinit { close(descriptor) }

    func write(_ bytes: UnsafeRawBufferPointer) throws(LabError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw FileSystem.failure("write", path)
            }
            rest = rest.dropFirst(count)
        }
    }

    func write(_ bytes: [UInt8]) throws(LabError) {
        try bytes.withUnsafeBytes { bytes in Result { () throws(LabError) in try write(bytes) } }.get()
    }

    func read(count: Int) throws(LabError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let result = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled)
            }
            if result < 0 {
                if errno == EINTR { continue }
                throw FileSystem.failure("read", path)
            }
            guard result > 0 else {
                throw .damaged(path: path, reason: "it ends after \(filled) of \(count) bytes")
            }
            filled += result
        }
        return bytes
    }

    func size() throws(LabError) -> Int {
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { throw FileSystem.failure("examine", path) }
        return Int(information.st_size)
    }

    func truncate(to size: Int) throws(LabError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw FileSystem.failure("cut", path) }
    }

    func synchronize() throws(LabError) {
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else {
            throw FileSystem.failure("synchronise", path)
        }
    }

    /// Takes the file for this process alone; false when another one has it.
    func lock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

    /// Gives it back.
    func unlock() { _ = flock(descriptor, LOCK_UN) }
}
