// SPDX-License-Identifier: Apache-2.0

import CInduct
import Glibc
import InductCore

/// The memory of one call: its arguments as libffi wants them, its arrays, its result.
///
/// Made once and used again and again; it allocates only when an array has to grow.
final class CallMemory {
    let prepared: PreparedCall
    private let exchange: SampleExchange
    /// 8 bytes for each argument.
    private let values: UnsafeMutableRawPointer
    private let pointers: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    private let result: UnsafeMutableRawPointer
    private var arrays: [UnsafeMutableRawPointer?]
    private var capacities: [Int]
    private var counts: [Int]
    private var closures: [ForeignClosure] = []
    private var texts: [UnsafeMutablePointer<UInt8>] = []
    private let drawnOnce: [Int]
    private let drawnAlways: [Int]
    private let resultType: ForeignScalar
    private let isJudged: Bool

    /// Takes the pointers of the part's handles and buffers, by the indices that the call uses.
    init(
        _ prepared: PreparedCall, exchange: SampleExchange, handles: [UnsafeMutableRawPointer],
        buffers: [UnsafeMutableRawPointer]
    ) throws(ForeignFailure) {
        self.prepared = prepared
        self.exchange = exchange
        isJudged = prepared.call.verdict != .ignored
        if case .scalar(let scalar) = prepared.call.signature.result { resultType = scalar } else { resultType = .int }
        let count = prepared.arguments.count
        values = .allocate(byteCount: max(8, 8 * count), alignment: 16)
        values.initializeMemory(as: UInt8.self, repeating: 0, count: max(8, 8 * count))
        pointers = .allocate(capacity: max(1, count))
        for i in 0..<count { (pointers + i).initialize(to: values + 8 * i) }
        result = .allocate(byteCount: 16, alignment: 16)
        result.initializeMemory(as: UInt8.self, repeating: 0, count: 16)
        arrays = .init(repeating: nil, count: count)
        capacities = .init(repeating: 0, count: count)
        counts = .init(repeating: 0, count: count)
        var once: [Int] = []
        var always: [Int] = []
        for (index, argument) in prepared.arguments.enumerated() {
            switch argument {
            case .seed: always.append(index)
            case .array(let array):
                switch array.content {
                case .seed: if array.isWritten { once.append(index) } else { always.append(index) }
                case .fixed: always.append(index)
                default: break
                }
            default: break
            }
        }
        drawnOnce = once
        drawnAlways = always
        for (index, argument) in prepared.arguments.enumerated() {
            try place(argument, index, handles, buffers)
        }
    }

    deinit {
        values.deallocate()
        pointers.deallocate()
        result.deallocate()
        for array in arrays { array?.deallocate() }
        for text in texts { text.deallocate() }
    }

    private func place(
        _ argument: PreparedCall.Argument, _ index: Int, _ handles: [UnsafeMutableRawPointer],
        _ buffers: [UnsafeMutableRawPointer]
    ) throws(ForeignFailure) {
        switch argument {
        case .fixed(let number, let scalar): number.store(values + 8 * index, as: scalar)
        case .array(let array): if let count = array.count { resize(index, to: count) }
        case .text(let bytes):
            let text = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count)
            text.initialize(from: bytes, count: bytes.count)
            texts.append(text)
            point(index, to: UnsafeMutableRawPointer(text))
        case .pointer(let address): point(index, to: UnsafeMutableRawPointer(bitPattern: address))
        case .handle(let handle): point(index, to: handles[handle])
        case .buffer(let buffer): point(index, to: buffers[buffer])
        case .callback(let callback, let type):
            let closure = try ForeignClosure(callback, type, exchange: exchange)
            closures.append(closure)
            point(index, to: closure.address)
        case .seed, .length, .accumulated, .other, .otherSize, .size: break
        }
    }

    private func point(_ index: Int, to address: UnsafeMutableRawPointer?) {
        (values + 8 * index).storeBytes(of: address, as: UnsafeMutableRawPointer?.self)
    }

    /// Gives an array room for `count` elements, and tells the function so.
    func resize(_ index: Int, to count: Int) {
        guard let array = prepared.array(index) else { return }
        let bytes = max(1, count) * array.scalar.bytes
        if bytes > capacities[index] {
            arrays[index]?.deallocate()
            let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
            memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
            arrays[index] = memory
            capacities[index] = bytes
        }
        point(index, to: arrays[index])
        tell(index, count)
    }

    /// Lends the function an array that is elsewhere.
    func lend(_ index: Int, _ memory: UnsafeMutableRawPointer, count: Int) {
        point(index, to: memory)
        tell(index, count)
    }

    /// Writes the count of an array where the function is told it.
    private func tell(_ index: Int, _ count: Int) {
        counts[index] = count
        for (place, argument) in prepared.arguments.enumerated() {
            guard case .size(index, let scalar) = argument else { continue }
            ForeignNumber.store(UInt64(count), values + 8 * place, bytes: scalar.bytes)
        }
    }

    func count(_ index: Int) -> Int { counts[index] }

    /// The array that the function was given.
    func array(_ index: Int) -> UnsafeMutableRawPointer? {
        (values + 8 * index).load(as: UnsafeMutableRawPointer?.self)
    }

    func store(_ number: ForeignNumber, _ index: Int, as scalar: ForeignScalar) {
        number.store(values + 8 * index, as: scalar)
    }

    /// Starts a sample: states that the function changes are drawn once.
    func beginSample() { for index in drawnOnce { draw(index) } }

    /// Fills what is new in every call.
    private func draw(_ index: Int) {
        switch prepared.arguments[index] {
        case .seed(let bits, let scalar):
            ForeignNumber.store(exchange.bits(bits), values + 8 * index, bytes: scalar.bytes)
        case .array(let array):
            guard let memory = arrays[index] else { return }
            switch array.content {
            case .seed:
                for element in 0..<counts[index] {
                    ForeignNumber.store(
                        exchange.bits(array.scalar.bits), memory + element * array.scalar.bytes,
                        bytes: array.scalar.bytes)
                }
            case .fixed(let numbers):
                for (element, number) in numbers.enumerated() {
                    number.store(memory + element * array.scalar.bytes, as: array.scalar)
                }
            default: break
            }
        default: break
        }
    }

    /// Calls the function.
    ///
    /// - Throws: when what it returns is a failure.
    func invoke() throws(ForeignFailure) {
        for index in drawnAlways { draw(index) }
        prepared.function.call(pointers, result: result)
        if isJudged { try judge() }
    }

    private func judge() throws(ForeignFailure) {
        let signature = prepared.call.signature
        switch prepared.call.verdict {
        case .ignored: return
        case .notNull:
            guard pointerResult == nil else { return }
            throw ForeignFailure("\(signature.name) gave NULL")
        case .success(let values):
            let status = integerResult
            if !values.contains(status) { throw failure(status) }
        case .failure(let values):
            let status = integerResult
            if values.contains(status) { throw failure(status) }
        }
    }

    private func failure(_ status: Int64) -> ForeignFailure {
        let name = prepared.call.signature.name
        guard let message = prepared.message,
            case .scalar(let scalar)? = prepared.call.message?.parameters.first?.type
        else { return ForeignFailure("\(name) failed with \(status)") }
        var argument: UInt64 = 0
        var text: UnsafePointer<CChar>?
        withUnsafeMutablePointer(to: &argument) { argument in
            ForeignNumber.store(UInt64(bitPattern: status), argument, bytes: scalar.bytes)
            withUnsafeMutablePointer(to: &text) { text in
                var pointer: UnsafeMutableRawPointer? = UnsafeMutableRawPointer(argument)
                message.call(&pointer, result: UnsafeMutableRawPointer(text))
            }
        }
        guard let text else { return ForeignFailure("\(name) failed with \(status)") }
        let words = UnsafeRawBufferPointer(start: text, count: strnlen(text, 512))
        return ForeignFailure("\(name) failed with \(status): \(String(decoding: words, as: UTF8.self))")
    }

    private var integerResult: Int64 {
        switch numberResult {
        case .signed(let value): value
        case .unsigned(let value): Int64(truncatingIfNeeded: value)
        case .real: 0
        }
    }

    /// What it returned, a number.
    var numberResult: ForeignNumber { ForeignNumber(result, resultType) }

    var pointerResult: UnsafeMutableRawPointer? { result.load(as: UnsafeMutableRawPointer?.self) }
}
