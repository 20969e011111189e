// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Takes what a function gives for one tensor, and writes it there.
struct OutputSink: Sendable {
    private let origin: ForeignSourcePlan.Origin
    private let map: ForeignSourcePlan.Map
    /// Of an array's elements.
    private let scalar: ForeignScalar
    private let isFloat: Bool
    /// Entries lie in `[0, limit)`; 0: no limit.
    private let limit: Int
    /// Bytes of an entry.
    let stride: Int

    init(_ output: ForeignSourcePlan.Output, _ call: PreparedCall, classes: Int) {
        origin = output.origin
        map = output.map
        if case .argument(let index) = output.origin, let array = call.array(index) {
            scalar = array.scalar
        } else {
            scalar = .int
        }
        isFloat = output.type == .float32
        limit = output.isClass ? classes : 0
        stride = output.type.stride
    }

    /// Values that a call has given.
    func count(_ memory: CallMemory, _ exchange: SampleExchange) -> Int {
        switch origin {
        case .result: 1
        case .argument(let index): memory.count(index)
        case .callback: exchange.taken.count
        }
    }

    /// Writes the first `count` of them.
    func write(
        _ count: Int, _ memory: CallMemory, _ exchange: SampleExchange, to data: UnsafeMutableRawPointer
    ) throws(ForeignFailure) {
        switch origin {
        case .result: try write(memory.numberResult, to: data)
        case .argument(let index):
            guard let values = memory.array(index) else { return }
            for element in 0..<count {
                try write(ForeignNumber(values + element * scalar.bytes, scalar), to: data + element * stride)
            }
        case .callback:
            for element in 0..<count { try write(exchange.taken[element], to: data + element * stride) }
        }
    }

    private func write(_ number: ForeignNumber, to place: UnsafeMutableRawPointer) throws(ForeignFailure) {
        if isFloat {
            place.storeBytes(of: Float(number.double), as: Float.self)
        } else {
            place.storeBytes(of: try map.integer(number, below: limit), as: Int32.self)
        }
    }
}
