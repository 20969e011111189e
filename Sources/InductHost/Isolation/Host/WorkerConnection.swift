// SPDX-License-Identifier: Apache-2.0

import CInduct
import CWorker
import Glibc
import InductCore
import Synchronization

/// Why a request to a worker came to nothing.
enum WorkerFault: Error {
    case lost(WorkerLoss)
    /// The worker's own answer.
    case refused(status: Int32, message: String)
}

/// A worker's process, the channels to it, and the regions it has mapped.
final class WorkerConnection: @unchecked Sendable {
    private let process: WorkerProcess
    /// For set-up calls, and for all of them in a worker that takes them in turn.
    private let first: WorkerChannel
    private let control = CallMessage()
    /// Held while the first channel is used for set-up.
    private let controlLock = RecursiveLock()
    private let waiting: WorkerChannel.Waiting
    /// Set-up calls start interpreters and read data: they are given a minute at least.
    private let setUpWaiting: WorkerChannel.Waiting
    private let flagDescriptor: Int32
    private let free = Mutex<[WorkerChannel]>([])
    /// Numbers of the regions that the worker knows, and of those that it may write; under the control lock.
    private var mapped: Set<UInt32> = []
    private var writable: Set<UInt32> = []
    /// Why it is of no use any more.
    private let lost = Mutex<String?>(nil)
    /// Whether calls may run side by side; known once the part was created.
    var isParallel = false

    /// Starts the worker.
    ///
    /// - Throws: why it cannot be started.
    init(_ launch: WorkerLaunch, limit: Double, isCancelled: @escaping @Sendable () -> Bool) throws(TableDefect) {
        var ends: [Int32] = [-1, -1]
        let descriptor = worker_memory(UInt64(WorkerProtocol.flagBytes))
        guard worker_channel(&ends) == 0, descriptor >= 0,
            let flag = worker_map(descriptor, UInt64(WorkerProtocol.flagBytes), 1)
        else { throw TableDefect("its process cannot be started: the system has no sockets or memory left") }
        first = WorkerChannel(ends[0])
        flagDescriptor = descriptor
        let word = flag.assumingMemoryBound(to: UInt32.self)
        let process = try WorkerProcess(launch, channel: ends[1])
        self.process = process
        waiting = WorkerChannel.Waiting(
            limit: limit, isCancelled: isCancelled, flag: word, hasEnded: { process.end(within: 0) != nil })
        setUpWaiting = WorkerChannel.Waiting(
            limit: max(60, limit), isCancelled: isCancelled, flag: word, hasEnded: waiting.hasEnded)
        free.withLock { $0.reserveCapacity(64) }
    }

    /// The worker ends when its first channel is closed; one that does not is ended.
    deinit {
        first.shut()
        if process.end(within: 0.5) == nil { process.kill() }
        munmap(waiting.flag, WorkerProtocol.flagBytes)
        close(flagDescriptor)
    }

    /// Greets the worker.
    func greet() throws(WorkerFault) {
        let (answer, _) = try request(
            .hello, ["protocol": .integer(Int64(WorkerProtocol.version)), "host": .string(HostServices.version)],
            passing: flagDescriptor)
        guard answer["protocol"]?.int == WorkerProtocol.version else {
            throw .lost(.garbage("it speaks another version of the worker protocol than \(WorkerProtocol.version)"))
        }
    }

    /// A set-up call and its answer.
    func request(
        _ call: WorkerCall, _ text: JSON, passing descriptor: Int32 = -1
    ) throws(WorkerFault) -> (JSON, NumberTail) {
        controlLock.lock()
        defer { controlLock.unlock() }
        control.begin(text: text.text)
        let status: Int32
        do throws(WorkerLoss) {
            status = try first.exchange(call, control, passing: descriptor, setUpWaiting)
        } catch {
            throw .lost(error)
        }
        guard status == INDUCT_OK else { throw .refused(status: status, message: first.text) }
        guard let answer = try? JSON(parsing: first.text.isEmpty ? "{}" : first.text) else {
            throw .lost(.garbage("its answer to \(call.name) is not JSON"))
        }
        return (answer, NumberTail(first.tail))
    }

    /// A channel for one call, if possible one whose thread in the worker has run on this processor before; give it back.
    func take() throws(WorkerFault) -> WorkerChannel {
        guard isParallel else { return first }
        let here = worker_processor()
        let found = free.withLock { free in
            free.isEmpty ? nil : free.remove(at: free.lastIndex { $0.processor == here } ?? free.endIndex - 1)
        }
        if let found { return found }
        var ends: [Int32] = [-1, -1]
        guard worker_channel(&ends) == 0 else {
            throw .refused(status: INDUCT_RESOURCE_EXHAUSTED, message: "the system has no sockets left")
        }
        let channel = WorkerChannel(ends[0])
        defer { close(ends[1]) }
        _ = try request(.channel, [:], passing: ends[1])
        return channel
    }

    func give(_ channel: WorkerChannel) {
        if channel !== first { free.withLock { $0.append(channel) } }
    }

    /// Sends a call that was put together in the channel's message, and waits for its answer.
    ///
    /// - Returns: the answer's status.
    func exchange(_ call: WorkerCall, _ channel: WorkerChannel) throws(WorkerFault) -> Int32 {
        guard channel.message.isComplete else {
            throw .refused(
                status: INDUCT_RESOURCE_EXHAUSTED, message: "there is no memory left to share with its process")
        }
        try map(channel.message)
        do throws(WorkerLoss) {
            return try channel.exchange(call, channel.message, waiting)
        } catch {
            throw .lost(error)
        }
    }

    /// Hands over the regions that the worker does not know yet, or only for reading where it has to write.
    private func map(_ message: CallMessage) throws(WorkerFault) {
        controlLock.lock()
        defer { controlLock.unlock() }
        guard !message.named.allSatisfy(mapped.contains) || !message.written.allSatisfy(writable.contains) else {
            return
        }
        let known = SharedMemory.process.regions
        var forgotten = mapped.filter { number in !known.contains { $0.number == number } }.sorted()
        for number in message.named {
            let isWritten = message.written.contains(number)
            guard !mapped.contains(number) || isWritten && !writable.contains(number) else { continue }
            guard let region = known.first(where: { $0.number == number }) else { continue }
            _ = try request(
                .map,
                [
                    "region": .integer(Int64(number)), "size": .integer(Int64(region.size)),
                    "writable": .bool(isWritten), "forget": .integers(forgotten),
                ], passing: region.descriptor)
            mapped.insert(number)
            if isWritten { writable.insert(number) }
            mapped.subtract(forgotten)
            writable.subtract(forgotten)
            forgotten = []
        }
    }

    /// Whether the process is of no use any more.
    var isLost: Bool { lost.withLock { $0 != nil } }

    /// Ends the process, and says how it was lost; all calls that were under way are told the same.
    func lose(_ loss: WorkerLoss) -> String {
        lost.withLock { lost in
            let first = lost ?? reason(loss)
            lost = first
            return first
        }
    }

    private func reason(_ loss: WorkerLoss) -> String {
        if case .closed = loss {
            switch process.end(within: 5) {
            case .signal("SIGKILL"): return "its process was killed with SIGKILL; perhaps there was no memory left"
            case .signal(let name): return "its process crashed with \(name)"
            case .code(let code):
                return "exit() ended its process, with code \(code), before it answered"
            case nil: break
            }
        }
        process.kill()
        switch loss {
        case .closed: return "its process closed the connection"
        case .slow(let seconds):
            return "its process did not answer within \(seconds) s and was ended (--isolate-timeout)"
        case .stubborn: return "its process did not stop when it was asked to, and was ended"
        case .garbage(let what): return "its process gave an answer that is none: \(what)"
        }
    }
}
