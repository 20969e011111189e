// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductHost
import Synchronization

/// What the process does about signals.
enum Signals {
    /// A closed pipe is an error of `write`, not the end of the process.
    static func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }

    /// A file that reaches the limit on its size is an error of `write` as well.
    static func ignoreFileLimits() { _ = signal(SIGXFSZ, SIG_IGN) }
}

/// Whether the user wants the command to stop: SIGINT, SIGTERM or SIGHUP arrived.
///
/// The first signal asks, so that a run can save; the second ends the process at once, and names the plugin that is being
/// called, for it may be what does not return.
enum Interruption {
    /// The number of signals so far.
    ///
    /// A signal handler can reach nothing but what is global.
    private static let count = Atomic<Int>(0)

    static var isAsked: Bool { count.load(ordering: .relaxed) > 0 || isOrphan }

    /// The environment variable that names the process this one works for.
    static let parentVariable = "INDUCT_PARENT"
    private static let parent = ProcessEnvironment.variables[parentVariable].flatMap { pid_t($0) }

    /// Whether the process that this one works for is no more: nobody would ever ask.
    private static var isOrphan: Bool {
        guard let parent else { return false }
        return getppid() != parent
    }

    /// From now on these signals ask instead of ending the process.
    static func watch() {
        unblock()
        for number in heeded {
            signal(number) { _ in
                if Interruption.count.add(1, ordering: .relaxed).newValue > 1 { Interruption.end() }
            }
        }
    }

    /// From now on they end the process at once with the code of an interruption: for commands with nothing to save.
    static func endsAtOnce() {
        unblock()
        for number in heeded { signal(number) { _ in Interruption.end() } }
    }

    /// The signals that the user interrupts with; a run under `nohup` outlives its terminal.
    private static var heeded: [Int32] { [SIGINT, SIGTERM] + (isIgnored(SIGHUP) ? [] : [SIGHUP]) }

    /// Whoever started us may have blocked them, and a mask is inherited.
    private static func unblock() {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    private static func end() -> Never {
        CrashReport.tellOfCall()
        _exit(ExitStatus.interrupted)
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        sigaction(number, nil, &action)
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
