// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// Where the parameters of a model lie in one stretch of floats.
///
/// Every parameter begins at a multiple of 64 bytes; what lies between them is zero and stays so.
package struct ParameterLayout: Sendable {
    /// Floats per 64 bytes.
    static let alignment = 16

    package let parameters: [ParameterDescription]
    /// In floats, by parameter.
    package let offsets: [Int]
    /// Floats in all.
    package let count: Int

    package init(_ parameters: [ParameterDescription]) {
        var offsets: [Int] = []
        var next = 0
        for parameter in parameters {
            offsets.append(next)
            next += (parameter.count + Self.alignment - 1) / Self.alignment * Self.alignment
        }
        self.parameters = parameters
        self.offsets = offsets
        count = next
    }
}

/// One 64-byte aligned stretch of floats, laid out for a model's parameters: their values, gradients or moments.
package final class ParameterArena: @unchecked Sendable {
    package let layout: ParameterLayout
    package let data: UnsafeMutablePointer<Float>
    private let memory: TensorMemory

    /// All zeros.
    package init(_ layout: ParameterLayout, for purpose: TensorPurpose = .results) {
        self.layout = layout
        memory = TensorMemory(byteCount: layout.count * MemoryLayout<Float>.stride, for: purpose)
        data = memory.base.assumingMemoryBound(to: Float.self)
    }

    /// The floats of parameter `index`.
    package subscript(index: Int) -> UnsafeMutableBufferPointer<Float> {
        .init(start: data + layout.offsets[index], count: layout.parameters[index].count)
    }

    var byteCount: Int { max(layout.count, 1) * MemoryLayout<Float>.stride }

    /// Where each parameter begins.
    package var pointers: [UnsafeMutablePointer<Float>] { layout.offsets.map { data + $0 } }
}
