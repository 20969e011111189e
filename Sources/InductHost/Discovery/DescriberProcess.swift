// SPDX-License-Identifier: Apache-2.0

import CHostThread
import Glibc
import InductCore

/// Asks a child process to describe a library, and believes nothing: it may crash, hang, talk without end or end early.
struct DescriberProcess: Sendable {
    /// The executable `induct`.
    let executable: String
    /// Seconds until it is killed.
    let limit: Double

    /// Most bytes of an answer.
    static let mostBytes = 8 << 20

    /// What came of it.
    enum Outcome: Equatable {
        case described(PluginDescription)
        case refused(String)
        /// It took too long; worth another try after a while.
        case tooSlow(String)
        /// It could not be asked, or did not survive it; worth another try at once, for the cause may lie elsewhere.
        case failed(String)
    }

    func describe(_ path: String) -> Outcome {
        var pipes: [Int32] = [0, 0]
        guard pipe(&pipes) == 0 else { return .failed("no pipe can be opened to describe it") }
        let (reader, writer) = (pipes[0], pipes[1])
        for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(reader) }
        let child = spawn(path, output: writer)
        close(writer)
        guard let child else {
            return .failed("it cannot be described: \(executable) cannot be started; it is needed to look at plugins")
        }
        let (answer, end) = follow(child, reader)
        switch end {
        case .slow:
            return .tooSlow(
                "describing it took longer than \(limit) s: its entry or a constructor does not return")
        case .talkative:
            return .failed("describing it gave more than \(Self.mostBytes) bytes")
        case .signal(let signal):
            return .failed(
                "describing it crashed with \(String(cString: host_signal_name(signal))): its entry or a constructor "
                    + "is broken")
        case .code(let code):
            return interpret(answer, code: code)
        }
    }

    private func interpret(_ answer: [UInt8], code: Int32) -> Outcome {
        guard !answer.isEmpty, answer.last == UInt8(ascii: "\n") else {
            return .failed(
                "describing it ended early with exit code \(code) and no whole answer: its entry or a constructor "
                    + "calls exit()")
        }
        guard let text = String(validating: answer, as: UTF8.self), let json = try? JSON(parsing: text) else {
            return .failed("describing it gave something that is no description")
        }
        if let reason = json["refused"]?.string {
            // What the dynamic linker misses today may be there tomorrow.
            return json["linked"]?.bool == false ? .failed(reason) : .refused(reason)
        }
        guard code == 0, let description = json["description"] else {
            return .failed("describing it gave no description, and exit code \(code)")
        }
        do throws(TableDefect) {
            return .described(try PluginDescription(description))
        } catch {
            return .refused("its description is malformed: \(error.message)")
        }
    }

    private func spawn(_ path: String, output: Int32) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own, so that what it starts can be ended with it; and signals as at a program's start, for the
        // calling thread may have some of them blocked.
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        posix_spawnattr_setpgroup(&attributes, 0)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var arguments: [UnsafeMutablePointer<CChar>?] = [
            strdup(executable), strdup("describe-plugin"), strdup(path), nil,
        ]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        let status = posix_spawn(&child, executable, &actions, &attributes, &arguments, environ)
        return status == 0 ? child : nil
    }

    private enum End {
        case code(Int32)
        case signal(Int32)
        case slow
        case talkative
    }

    /// Reads until the child has ended, or is too slow or talks too much and is killed.
    private func follow(_ child: pid_t, _ reader: Int32) -> ([UInt8], End) {
        _ = fcntl(reader, F_SETFL, O_NONBLOCK)
        let deadline = Self.now + limit
        var answer: [UInt8] = []
        var isOpen = true
        while true {
            var status: Int32 = 0
            let ended = waitpid(child, &status, WNOHANG) == child
            if isOpen { isOpen = Self.drain(reader, into: &answer) }
            let end: End?
            if ended {
                end = status & 0x7f == 0 ? .code(status >> 8 & 0xff) : .signal(status & 0x7f)
            } else if answer.count > Self.mostBytes {
                end = .talkative
            } else {
                end = Self.now > deadline ? .slow : nil
            }
            if let end {
                kill(-child, SIGKILL)
                if !ended { waitpid(child, &status, 0) }
                return (answer, answer.count > Self.mostBytes ? .talkative : end)
            }
            var wish = pollfd(fd: isOpen ? reader : -1, events: Int16(POLLIN), revents: 0)
            poll(&wish, 1, isOpen ? 20 : 2)
        }
    }

    /// Takes what is there; false when the other end is closed.
    private static func drain(_ reader: Int32, into answer: inout [UInt8]) -> Bool {
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while answer.count <= mostBytes {
            let got = read(reader, &piece, piece.count)
            if got == 0 { return false }
            if got < 0 { return errno == EAGAIN || errno == EINTR }
            answer += piece[..<got]
        }
        return true
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
