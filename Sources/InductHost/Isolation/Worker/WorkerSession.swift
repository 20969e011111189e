// SPDX-License-Identifier: Apache-2.0

import CInduct
import CWorker
import Glibc
import InductCore

/// One channel of a worker: requests are answered one after the other, by one thread.
final class WorkerSession: @unchecked Sendable {
    let server: WorkerServer
    let reader = RequestReader()
    private let descriptor: Int32
    private var payload: UnsafeMutableRawPointer
    private var capacity = 1 << 14
    private let headerBytes = UnsafeMutableRawPointer.allocate(byteCount: MessageHeader.bytes, alignment: 16)

    init(_ server: WorkerServer, descriptor: Int32) {
        self.server = server
        self.descriptor = descriptor
        payload = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit {
        payload.deallocate()
        headerBytes.deallocate()
    }

    /// Serves in a thread of its own.
    func serveBeside() {
        let seat = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<WorkerSession>.fromOpaque(argument).takeRetainedValue().serve() }
                return nil
            }, seat.toOpaque())
        guard status == 0 else {
            // The host finds the channel closed.
            seat.release()
            close(descriptor)
            return
        }
        pthread_detach(thread)
    }

    /// Answers until the channel is closed.
    func serve() {
        defer { close(descriptor) }
        while true {
            var passed: Int32 = -1
            guard receive(headerBytes, MessageHeader.bytes, &passed) else { return }
            let header = MessageHeader(headerBytes)
            guard header.size <= WorkerProtocol.longestAnswer, UInt64(header.text) <= header.size else { return }
            if header.size > UInt64(capacity) {
                payload.deallocate()
                capacity = Int(header.size)
                payload = .allocate(byteCount: capacity, alignment: 16)
            }
            guard receive(payload, Int(header.size), &passed) else { return }
            worker_move(header.status &- 1)
            guard answer(header, passed) else { return }
        }
    }

    private func receive(_ bytes: UnsafeMutableRawPointer, _ count: Int, _ passed: inout Int32) -> Bool {
        var done: UInt64 = 0
        return worker_receive(descriptor, bytes, UInt64(count), &done, &passed) == WORKER_RECEIVED
    }

    private func answer(_ header: MessageHeader, _ passed: Int32) -> Bool {
        let call = WorkerCall(rawValue: header.kind)
        let first = min((Int(header.text) + 7) & ~7, Int(header.size))
        let binary = UnsafeRawBufferPointer(start: payload + first, count: Int(header.size) - first)
        do throws(PluginFailure) {
            guard let call else {
                throw server.failure(.hello, INDUCT_UNIMPLEMENTED, "this worker does not know the call \(header.kind)")
            }
            if call.rawValue >= WorkerCall.fill.rawValue && header.text == 0 {
                try server.carryOut(call, .null, binary, reader)
                return send(header)
            }
            let text = String(decoding: UnsafeRawBufferPointer(start: payload, count: Int(header.text)), as: UTF8.self)
            guard let request = try? JSON(parsing: text.isEmpty ? "{}" : text) else {
                throw server.failure(call, INDUCT_INVALID_ARGUMENT, "the request is not JSON")
            }
            if call.rawValue >= WorkerCall.fill.rawValue {
                try server.carryOut(call, request, binary, reader)
                return send(header)
            }
            var tail = NumberTail()
            let answer =
                call.rawValue <= WorkerCall.channel.rawValue
                ? try server.setUp(call, request, passed, &tail) : try server.ask(call, request, &tail)
            return send(header, text: answer.text, tail)
        } catch {
            return send(header, status: error.status > 0 ? error.status : INDUCT_INTERNAL, text: error.message)
        }
    }

    private func send(_ request: MessageHeader) -> Bool {
        var answer = request
        answer.status = INDUCT_OK
        answer.text = 0
        answer.size = 0
        answer.write(to: headerBytes)
        return worker_send(descriptor, headerBytes, UInt64(MessageHeader.bytes), -1) == 0
    }

    private func send(_ request: MessageHeader, status: Int32 = 0, text: String, _ tail: NumberTail = NumberTail())
        -> Bool
    {
        var bytes = Array(text.utf8)
        let count = bytes.count
        while bytes.count % 8 != 0 { bytes.append(0) }
        for number in tail.numbers { withUnsafeBytes(of: number) { bytes += $0 } }
        var answer = request
        answer.status = status
        answer.text = UInt32(count)
        answer.size = UInt64(bytes.count)
        answer.write(to: headerBytes)
        return worker_send(descriptor, headerBytes, UInt64(MessageHeader.bytes), -1) == 0
            && bytes.withUnsafeBytes { worker_send(descriptor, $0.baseAddress, UInt64($0.count), -1) } == 0
    }
}
