// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A child process without input, whose output and messages are kept to say why it failed.
struct ChildProcess {
    private let process: pid_t
    private let reader: Int32
    private let failure: String?

    /// Starts `command`, found on PATH when it holds no slash.
    init(_ command: String, _ arguments: [String]) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            self.init(failure: File.message(errno))
            return
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
        var words: [UnsafeMutablePointer<CChar>?] = ([command] + arguments).map { strdup($0) }
        words.append(nil)
        var process: pid_t = 0
        let status = posix_spawnp(&process, command, &actions, nil, words, environ)
        for word in words { free(word) }
        posix_spawn_file_actions_destroy(&actions)
        close(ends[1])
        guard status == 0 else {
            close(ends[0])
            self.init(failure: File.message(status))
            return
        }
        self.init(process: process, reader: ends[0], failure: nil)
    }

    private init(process: pid_t, reader: Int32, failure: String?) {
        self.process = process
        self.reader = reader
        self.failure = failure
    }

    private init(failure: String) { self.init(process: 0, reader: -1, failure: failure) }

    /// Waits for its end.
    ///
    /// - Returns: nil when it exited with 0, else why not: the last line it said, or its status.
    func wait() -> String? {
        if let failure { return failure }
        let said = readAll()
        close(reader)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            if errno != EINTR { return File.message(errno) }
        }
        if status == 0 { return nil }
        if let line = said.split(whereSeparator: \.isNewline).last { return String(line.prefix(300)) }
        let signal = status & 0x7f
        return signal == 0 ? "it exited with \((status >> 8) & 0xff)" : "it was ended by signal \(signal)"
    }

    /// Everything it says, up to 64 KiB; the rest is read and dropped, so that the child never waits.
    private func readAll() -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(reader, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            if bytes.count < 65_536 { bytes += buffer[..<count] }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
