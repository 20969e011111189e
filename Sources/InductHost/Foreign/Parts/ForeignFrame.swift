// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore
import Synchronization

/// What one thread needs to call a part's functions: handles, buffers, and the memory of every call.
///
/// Handles are made with the frame and freed with it, so threads never share one.
final class ForeignFrame: @unchecked Sendable {
    let exchange = SampleExchange()
    let beforeSample: [CallMemory]
    let call: CallMemory
    /// A fold's second function.
    let combine: CallMemory?
    private let buffers: [UnsafeMutableRawPointer]
    private let sizes: [Int]
    private let destroy: [CallMemory]

    /// - Throws: what a function that makes a handle says.
    init(_ plan: PreparedPart) throws(ForeignFailure) {
        sizes = plan.part.buffers.map(\.bytes)
        buffers = sizes.map { .allocate(byteCount: $0, alignment: 16) }
        for (buffer, size) in zip(buffers, sizes) { buffer.initializeMemory(as: UInt8.self, repeating: 0, count: size) }
        var handles: [UnsafeMutableRawPointer] = []
        var destroy: [CallMemory] = []
        do throws(ForeignFailure) {
            for handle in plan.handles {
                let create = try CallMemory(handle.create, exchange: exchange, handles: handles, buffers: buffers)
                try create.invoke()
                guard let made = create.pointerResult else { throw ForeignFailure("a handle is NULL") }
                handles.append(made)
                destroy.append(
                    try CallMemory(handle.destroy, exchange: exchange, handles: handles, buffers: buffers))
            }
            let (exchange, buffers, made) = (exchange, buffers, handles)
            let memory = { (prepared: PreparedCall) throws(ForeignFailure) in
                try CallMemory(prepared, exchange: exchange, handles: made, buffers: buffers)
            }
            var before: [CallMemory] = []
            for prepared in plan.beforeSample { before.append(try memory(prepared)) }
            beforeSample = before
            call = try memory(plan.call)
            combine = try plan.combine.map { prepared throws(ForeignFailure) in try memory(prepared) }
            self.destroy = destroy
        } catch {
            for made in destroy.reversed() { try? made.invoke() }
            for buffer in buffers { buffer.deallocate() }
            throw error
        }
    }

    deinit {
        for handle in destroy.reversed() { try? handle.invoke() }
        for buffer in buffers { buffer.deallocate() }
    }

    /// Starts a sample: fresh words, empty buffers, and the calls that come before it.
    func begin(seed: UInt64, view: UInt32, index: UInt64, wanted: Int) throws(ForeignFailure) {
        exchange.begin(seed: seed, view: view, index: index, wanted: wanted)
        for (buffer, size) in zip(buffers, sizes) { buffer.initializeMemory(as: UInt8.self, repeating: 0, count: size) }
        call.beginSample()
        for before in beforeSample {
            before.beginSample()
            try before.invoke()
        }
    }
}

/// A part with its calls prepared for one configuration; it never changes.
struct PreparedPart: @unchecked Sendable {
    let part: ForeignPart
    let beforeSample: [PreparedCall]
    let call: PreparedCall
    let combine: PreparedCall?
    let handles: [(create: PreparedCall, destroy: PreparedCall)]

    init(_ part: ForeignPart, library: LibraryHandle, config: JSON) throws(ForeignFailure) {
        self.part = part
        let buffers = part.buffers.map(\.name)
        let types = part.handles.map(\.type)
        let prepare = { (call: ForeignCall) throws(ForeignFailure) in
            try PreparedCall(call, library: library, config: config, handles: types, buffers: buffers)
        }
        var handles: [(PreparedCall, PreparedCall)] = []
        for handle in part.handles { handles.append((try prepare(handle.create), try prepare(handle.destroy))) }
        self.handles = handles
        switch part.body {
        case .source(let plan):
            var before: [PreparedCall] = []
            for call in plan.beforeSample { before.append(try prepare(call)) }
            beforeSample = before
            call = try prepare(plan.call)
            combine = nil
        case .evaluator(let plan):
            beforeSample = []
            call = try prepare(plan.call)
            combine = try plan.combine.map { call throws(ForeignFailure) in try prepare(call) }
        }
    }
}

/// Frames that are not in use; a call takes one, or makes one.
final class ForeignFrames: Sendable {
    private let prepared: PreparedPart
    private let free = Mutex<[ForeignFrame]>([])

    /// Makes the first frame at once, so that what a handle's function refuses is known when a part is opened.
    init(_ prepared: PreparedPart) throws(ForeignFailure) {
        self.prepared = prepared
        let first = try ForeignFrame(prepared)
        free.withLock { $0.append(first) }
    }

    func with<Result>(
        _ body: (ForeignFrame) throws(ForeignFailure) -> Result
    ) throws(ForeignFailure) -> Result {
        let frame: ForeignFrame
        if let known = free.withLock({ $0.popLast() }) { frame = known } else { frame = try ForeignFrame(prepared) }
        defer { free.withLock { $0.append(frame) } }
        return try body(frame)
    }
}
