// SPDX-License-Identifier: Apache-2.0

import InductCore

/// The training loss, as it is logged: the mean over blocks of steps, so that a long run has about two thousand lines.
struct LossBlocks: Equatable {
    /// Most blocks of a run.
    private static let mostBlocks = 2000

    private let steps: Int
    /// Steps in a block.
    let interval: Int
    private(set) var sum: Double
    private(set) var count: Int

    init(steps: Int, sum: Double = 0, count: Int = 0) {
        self.steps = steps
        interval = max(1, (steps + Self.mostBlocks - 1) / Self.mostBlocks)
        self.sum = sum
        self.count = count
    }

    /// Takes the loss of `step`; the mean of the block when the step ends it.
    mutating func add(_ loss: Double, step: Int) -> Double? {
        sum += loss
        count += 1
        guard step % interval == 0 || step == steps else { return nil }
        defer {
            sum = 0
            count = 0
        }
        return sum / Double(count)
    }
}
