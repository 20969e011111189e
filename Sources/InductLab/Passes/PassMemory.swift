// SPDX-License-Identifier: Apache-2.0

/// Shares out one worker's memory among the nodes of a model: every node reserves its part when its pass is built.
struct MemoryPlan {
    /// Bytes reserved so far.
    private(set) var bytes = 0

    /// The offset of a part of `size` bytes, a multiple of 64.
    ///
    /// Sizes too large to be added up leave `bytes` at the largest integer: the training is refused for want of memory.
    mutating func reserve(_ size: Int) -> Int {
        defer { bytes = ByteCount.sum([bytes, max(size, 0), 63]) & ~63 }
        return bytes
    }

    mutating func reserve(floats count: Int) -> Int {
        reserve(ByteCount.product([count, MemoryLayout<Float>.stride]))
    }
}

/// What one run of a pass is told: who runs it, and when.
struct PassCall {
    /// The worker's slot; a pass and its backward pass are run by the same worker.
    var slot: Int
    var memory: UnsafeMutableRawPointer
    var step: UInt64
    /// Of the dropout stream.
    var seed: UInt64
    /// The sample of the step's batch that lies in the first row of the memory for batches.
    var firstSample: UInt64 = 0
    /// Factor on every gradient: 1 / the number of predicted positions of the whole batch.
    var scale: Float

    func floats(_ offset: Int) -> UnsafeMutablePointer<Float> {
        (memory + offset).assumingMemoryBound(to: Float.self)
    }
}
