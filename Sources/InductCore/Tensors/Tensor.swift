// SPDX-License-Identifier: Apache-2.0

/// What a tensor's elements are.
package enum ElementType: String, Sendable {
    case float32
    case int32
    case float64

    /// Bytes of one element.
    package var stride: Int {
        switch self {
        case .float32, .int32: 4
        case .float64: 8
        }
    }
}

/// Host-owned memory of a fixed shape, compact, row-major and 64-byte aligned; zeroed when made.
///
/// A reference: views into it (`TensorSlice`) stay valid as long as the tensor lives.
package final class Tensor: @unchecked Sendable {
    package let type: ElementType
    package let shape: [Int]
    package let data: UnsafeMutableRawPointer
    private let memory: TensorMemory

    package init(_ type: ElementType, _ shape: [Int], for purpose: TensorPurpose = .results) {
        precondition(shape.allSatisfy { $0 >= 0 }, "a tensor's dimensions are not negative")
        self.type = type
        self.shape = shape
        memory = TensorMemory(byteCount: shape.reduce(1, *) * type.stride, for: purpose)
        data = memory.base
    }

    /// Number of elements.
    package var count: Int { shape.reduce(1, *) }

    package var floats: UnsafeMutableBufferPointer<Float> {
        precondition(type == .float32, "the tensor holds \(type)")
        return .init(start: data.assumingMemoryBound(to: Float.self), count: count)
    }

    package var integers: UnsafeMutableBufferPointer<Int32> {
        precondition(type == .int32, "the tensor holds \(type)")
        return .init(start: data.assumingMemoryBound(to: Int32.self), count: count)
    }

    package var doubles: UnsafeMutableBufferPointer<Double> {
        precondition(type == .float64, "the tensor holds \(type)")
        return .init(start: data.assumingMemoryBound(to: Double.self), count: count)
    }

    /// The rows `[first, first + count)` of the first dimension.
    package func rows(_ first: Int, _ count: Int) -> TensorSlice {
        precondition(!shape.isEmpty && first >= 0 && count >= 0 && first + count <= shape[0], "rows outside the tensor")
        let row = shape.dropFirst().reduce(1, *) * type.stride
        return TensorSlice(type: type, shape: [count] + shape.dropFirst(), data: data + first * row)
    }

    /// The whole tensor as a slice.
    package var slice: TensorSlice { TensorSlice(type: type, shape: shape, data: data) }
}

/// A borrowed, compact view of rows of a tensor; the tensor must outlive it.
package struct TensorSlice: @unchecked Sendable {
    package let type: ElementType
    package let shape: [Int]
    package let data: UnsafeMutableRawPointer

    package init(type: ElementType, shape: [Int], data: UnsafeMutableRawPointer) {
        self.type = type
        self.shape = shape
        self.data = data
    }

    package var count: Int { shape.reduce(1, *) }
}
