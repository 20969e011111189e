// SPDX-License-Identifier: Apache-2.0

import CWorker
import Glibc
import InductCore

/// Why a worker is of no use any more.
enum WorkerLoss: Error {
    /// It closed the channel; most often it has ended.
    case closed
    /// The time limit.
    case slow(seconds: Double)
    /// It did not stop when the user asked to.
    case stubborn
    /// Not what the protocol says.
    case garbage(String)
}

/// One connection to a worker: a request, then its answer, by one thread at a time.
final class WorkerChannel: @unchecked Sendable {
    /// How often a waiting thread looks whether the user wants to stop.
    private static let patience: Int32 = 100
    /// Seconds that a worker has to give up a call after it was told that the user wants to stop.
    private static let grace = 10.0

    /// For the calls of whoever holds the channel.
    let message = CallMessage()
    /// Where the last call was waited for, and made.
    private(set) var processor: Int32 = -1
    private let descriptor: Int32
    private var serial: UInt32 = 0
    private var answer: UnsafeMutableRawPointer
    private var answerCapacity = 4096
    private var header: MessageHeader

    /// Takes over the descriptor.
    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        worker_set_patience(descriptor, Self.patience)
        answer = .allocate(byteCount: answerCapacity, alignment: 16)
        header = MessageHeader(.hello, serial: 0)
    }

    deinit {
        close(descriptor)
        answer.deallocate()
    }

    /// Ends the connection for both sides.
    func shut() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// The text of the last answer.
    var text: String {
        String(decoding: UnsafeRawBufferPointer(start: answer, count: Int(header.text)), as: UTF8.self)
    }

    /// The binary data of the last answer.
    var tail: UnsafeRawBufferPointer {
        let first = min((Int(header.text) + 7) & ~7, Int(header.size))
        return UnsafeRawBufferPointer(start: answer + first, count: Int(header.size) - first)
    }

    /// How long to wait, and whom to ask meanwhile.
    struct Waiting {
        var limit: Double
        var isCancelled: @Sendable () -> Bool
        /// Becomes 1 when the user wants to stop.
        var flag: UnsafeMutablePointer<UInt32>
        /// Whether the process is gone; what it has started may keep the channel open.
        var hasEnded: @Sendable () -> Bool
    }

    /// Sends a message as it was put together and waits for the answer.
    ///
    /// - Returns: the answer's status.
    func exchange(
        _ call: WorkerCall, _ message: CallMessage, passing descriptor: Int32 = -1, _ waiting: borrowing Waiting
    ) throws(WorkerLoss) -> Int32 {
        // A wait that took long has set it, and calls leave it as it was.
        let error = errno
        defer { errno = error }
        serial &+= 1
        processor = worker_processor()
        message.finish(call, serial: serial, processor: processor)
        guard worker_send(self.descriptor, message.bytes, UInt64(message.count), descriptor) == 0 else {
            throw .closed
        }
        let started = Self.now
        var cancelled: Double?
        try receive(MessageHeader.bytes, started, &cancelled, waiting)
        header = MessageHeader(answer)
        guard header.kind == call.rawValue, header.serial == serial, header.size <= WorkerProtocol.longestAnswer,
            UInt64(header.text) <= header.size, header.status >= 0
        else {
            let found = header
            header.text = 0
            header.size = 0
            throw .garbage(
                "kind \(found.kind), serial \(found.serial), status \(found.status), \(found.text) of \(found.size) bytes"
            )
        }
        if header.size > UInt64(answerCapacity) {
            answer.deallocate()
            answerCapacity = Int(header.size)
            answer = .allocate(byteCount: answerCapacity, alignment: 16)
        }
        try receive(Int(header.size), started, &cancelled, waiting)
        return header.status
    }

    private func receive(
        _ count: Int, _ started: Double, _ cancelled: inout Double?, _ waiting: borrowing Waiting
    ) throws(WorkerLoss) {
        var done: UInt64 = 0
        var isLast = false
        while true {
            switch worker_receive(descriptor, answer, UInt64(count), &done, nil) {
            case WORKER_RECEIVED: return
            case WORKER_NOTHING_YET:
                if isLast { throw .closed }
                // What it has sent before its end is there.
                isLast = waiting.hasEnded()
                let now = Self.now
                if now - started > waiting.limit { throw .slow(seconds: waiting.limit) }
                if let cancelled {
                    if now - cancelled > Self.grace { throw .stubborn }
                } else if waiting.isCancelled() {
                    cancelled = now
                    waiting.flag.pointee = 1
                }
            default: throw .closed
            }
        }
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
