// SPDX-License-Identifier: Apache-2.0

import CInduct

/// What a tensor's elements are.
public enum ElementType: Sendable {
    /// 32-bit floating point
    case float32
    /// 32-bit signed integers
    case int32
    /// 64-bit floating point
    case float64

    init?(_ type: induct_dtype) {
        switch (UInt32(type.code), type.bits, type.lanes) {
        case (INDUCT_TYPE_FLOAT, 32, 1): self = .float32
        case (INDUCT_TYPE_INT, 32, 1): self = .int32
        case (INDUCT_TYPE_FLOAT, 64, 1): self = .float64
        default: return nil
        }
    }

    var code: induct_dtype {
        switch self {
        case .float32: induct_dtype(code: UInt8(INDUCT_TYPE_FLOAT), bits: 32, lanes: 1)
        case .int32: induct_dtype(code: UInt8(INDUCT_TYPE_INT), bits: 32, lanes: 1)
        case .float64: induct_dtype(code: UInt8(INDUCT_TYPE_FLOAT), bits: 64, lanes: 1)
        }
    }
}

/// A borrowed tensor, compact and row-major, valid for the current call.
public struct Tensor {
    /// What its elements are.
    public let type: ElementType
    /// How many elements it has.
    public let count: Int
    private let record: UnsafePointer<induct_tensor>

    /// Wraps the host's tensor.
    ///
    /// - Throws: `InductError` of status `internal` when the element type is none that version 1 knows or the tensor has
    ///   no data.
    public init(_ record: UnsafePointer<induct_tensor>) throws(InductError) {
        guard let type = ElementType(record.pointee.dtype) else {
            throw InductError(.internal, "a tensor has an element type that this version does not know")
        }
        self.type = type
        self.record = record
        var count = 1
        for axis in 0..<Int(record.pointee.rank) { count *= Int(record.pointee.shape[axis]) }
        self.count = count
        guard record.pointee.data != nil || count == 0 else {
            throw InductError(.internal, "a tensor of \(count) elements has no data")
        }
    }

    /// Number of dimensions.
    public var rank: Int { Int(record.pointee.rank) }

    /// The size of a dimension.
    public func dimension(_ axis: Int) -> Int { Int(record.pointee.shape[axis]) }

    /// All dimensions.
    public var shape: [Int] { (0..<rank).map(dimension) }

    /// The elements of an int32 tensor.
    public var integers: UnsafeMutableBufferPointer<Int32> { elements(.int32) }

    /// The elements of a float32 tensor.
    public var floats: UnsafeMutableBufferPointer<Float> { elements(.float32) }

    /// The elements of a float64 tensor.
    public var doubles: UnsafeMutableBufferPointer<Double> { elements(.float64) }

    /// The memory of a tensor of any type.
    public var bytes: UnsafeMutableRawBufferPointer {
        let size = type == .float64 ? 8 : 4
        return UnsafeMutableRawBufferPointer(
            start: record.pointee.data.map { $0 + Int(record.pointee.byte_offset) }, count: count * size)
    }

    private func elements<Element>(_ wanted: ElementType) -> UnsafeMutableBufferPointer<Element> {
        precondition(type == wanted, "a tensor of \(type) was read as \(wanted)")
        let start = record.pointee.data.map { $0 + Int(record.pointee.byte_offset) }
        return UnsafeMutableBufferPointer(start: start?.assumingMemoryBound(to: Element.self), count: count)
    }
}
