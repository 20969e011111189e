// SPDX-License-Identifier: Apache-2.0

import CHostThread
import CWorker
import Glibc

/// A program that is run for its answer on standard output, and believed in nothing: it may crash, hang, talk without end
/// or end early.
///
/// It gets a process group of its own, so that what it starts ends with it, no input, and signals as at a program's start.
package struct ChildProcess: Sendable {
    /// The program's file.
    package var executable: String
    package var arguments: [String]
    /// Seconds until it is killed.
    package var limit: Double
    /// Most bytes of an answer.
    package var mostBytes: Int
    /// Variables added to the environment.
    package var environment: [String: String]
    /// Whether the answer holds what it writes to standard error as well; otherwise that is lost.
    package var joinsErrors: Bool

    package init(
        executable: String, arguments: [String], limit: Double, mostBytes: Int = 8 << 20,
        environment: [String: String] = [:], joinsErrors: Bool = false
    ) {
        self.executable = executable
        self.arguments = arguments
        self.limit = limit
        self.mostBytes = mostBytes
        self.environment = environment
        self.joinsErrors = joinsErrors
    }

    /// For the other side: from now on this process ends with the one that started it, which alone knows its limit.
    package static func endWithParent() { worker_die_with_parent() }

    /// How it ended.
    package enum End: Equatable, Sendable {
        case code(Int32)
        /// "SIGSEGV"
        case signal(String)
        case slow
        case talkative
        /// It could not be started; why.
        case notStarted(String)
    }

    /// Runs it to its end.
    package func run() -> (output: [UInt8], end: End) {
        var pipes: [Int32] = [0, 0]
        guard pipe(&pipes) == 0 else { return ([], .notStarted("no pipe can be opened")) }
        let (reader, writer) = (pipes[0], pipes[1])
        for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(reader) }
        let child = spawn(output: writer)
        close(writer)
        guard let child else { return ([], .notStarted("\(executable) cannot be started")) }
        return follow(child, reader)
    }

    private func spawn(output: Int32) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        if joinsErrors {
            posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        posix_spawnattr_setpgroup(&attributes, 0)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var words: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) } + [nil]
        var variables = Self.inherited(adding: environment).map { strdup($0) } + [nil]
        defer { for word in words + variables { free(word) } }
        var child: pid_t = 0
        let status = posix_spawn(&child, executable, &actions, &attributes, &words, &variables)
        return status == 0 ? child : nil
    }

    /// The environment of this process with variables added.
    static func inherited(adding environment: [String: String]) -> [String] {
        var entries: [String] = []
        var pointer = environ
        while let entry = pointer.pointee {
            let text = String(cString: entry)
            let name = text.prefix { $0 != "=" }
            if environment[String(name)] == nil { entries.append(text) }
            pointer += 1
        }
        return entries + environment.map { "\($0.key)=\($0.value)" }.sorted()
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
            if isOpen { isOpen = drain(reader, into: &answer) }
            let end: End?
            if ended {
                let signal = status & 0x7f
                end = signal == 0 ? .code(status >> 8 & 0xff) : .signal(String(cString: host_signal_name(signal)))
            } else if answer.count > mostBytes {
                end = .talkative
            } else {
                end = Self.now > deadline ? .slow : nil
            }
            if let end {
                kill(-child, SIGKILL)
                if !ended { waitpid(child, &status, 0) }
                return (answer, answer.count > mostBytes ? .talkative : end)
            }
            var wish = pollfd(fd: isOpen ? reader : -1, events: Int16(POLLIN), revents: 0)
            poll(&wish, 1, isOpen ? 20 : 2)
        }
    }

    /// Takes what is there; false when the other end is closed.
    private func drain(_ reader: Int32, into answer: inout [UInt8]) -> Bool {
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
