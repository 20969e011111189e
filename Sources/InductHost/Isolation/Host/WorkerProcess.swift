// SPDX-License-Identifier: Apache-2.0

import CHostThread
import CWorker
import Glibc
import Synchronization

/// A worker's process: started, followed to its end, and never left behind.
///
/// A thread of its own starts it and waits for it. The system kills a worker when the thread that started it ends, which
/// is therefore when the host ends, and not before.
final class WorkerProcess: Sendable {
    /// How it ended.
    enum End: Equatable, Sendable {
        case code(Int32)
        /// "SIGSEGV"
        case signal(String)
    }

    /// What the thread and the host share.
    private final class Life: Sendable {
        struct State {
            var process: pid_t = 0
            /// The error number of a start that failed.
            var failure: Int32?
            var end: End?
        }

        let launch: WorkerLaunch
        let channel: Int32
        let state = Mutex(State())

        init(_ launch: WorkerLaunch, channel: Int32) {
            self.launch = launch
            self.channel = channel
        }

        func live() {
            var process: Int32 = 0
            let status = start(&process)
            close(channel)
            state.withLock {
                $0.process = process
                if status != 0 { $0.failure = status }
            }
            guard status == 0 else { return }
            // Not reaped yet, so that its number stays its own while somebody might send it a signal.
            var information = siginfo_t()
            while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
            state.withLock {
                _ = Glibc.kill(-process, SIGKILL)
                var status: Int32 = 0
                while waitpid(process, &status, 0) < 0 && errno == EINTR {}
                let signal = status & 0x7f
                $0.end = signal == 0 ? .code(status >> 8 & 0xff) : .signal(String(cString: host_signal_name(signal)))
            }
        }

        private func start(_ process: inout Int32) -> Int32 {
            let inherited = ChildProcess.inherited(adding: launch.environment)
            var words: [UnsafeMutablePointer<CChar>?] = ([launch.executable] + launch.arguments).map { strdup($0) }
            var variables: [UnsafeMutablePointer<CChar>?] = inherited.map { strdup($0) }
            defer { for word in words + variables { free(word) } }
            words.append(nil)
            variables.append(nil)
            return worker_spawn(launch.executable, &words, &variables, channel, &process)
        }
    }

    private let life: Life

    /// Starts it; `channel` becomes its descriptor 3 and is closed here.
    init(_ launch: WorkerLaunch, channel: Int32) throws(TableDefect) {
        let life = Life(launch, channel: channel)
        self.life = life
        let seat = Unmanaged.passRetained(life)
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Life>.fromOpaque(argument).takeRetainedValue().live() }
                return nil
            }, seat.toOpaque())
        guard status == 0 else {
            seat.release()
            close(channel)
            throw TableDefect("its process cannot be started: the system has no thread left")
        }
        pthread_detach(thread)
        while true {
            let (process, failure) = life.state.withLock { ($0.process, $0.failure) }
            if let failure {
                throw TableDefect("\(launch.executable) cannot be started: \(String(cString: strerror(failure)))")
            }
            if process != 0 { break }
            usleep(100)
        }
    }

    /// How it ended, when it has within `seconds`.
    func end(within seconds: Double) -> End? {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while true {
            if let end = life.state.withLock({ $0.end }) { return end }
            if ContinuousClock.now > deadline { return nil }
            usleep(500)
        }
    }

    /// Ends it and what it has started.
    func kill() {
        life.state.withLock { state in
            if state.end == nil, state.process > 0 { _ = Glibc.kill(-state.process, SIGKILL) }
        }
    }
}
