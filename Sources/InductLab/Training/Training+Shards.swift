// SPDX-License-Identifier: Apache-2.0

package import InductCore

extension Recipe.Training {
    /// How many shards a batch is cut into.
    ///
    /// The recipe's number, or one for every 256 positions, from 2 to 8; never more than there are rows. The machine has no
    /// say in it.
    package var shardCount: Int {
        min(batch, shards ?? min(8, max(2, batch * length / 256)))
    }

    /// The rows of each shard, of equal number or one more.
    package var shardRows: [Range<Int>] {
        let count = shardCount
        return (0..<count).map { batch * $0 / count..<batch * ($0 + 1) / count }
    }

    /// - Throws: `SpecError` for numbers that no training can have.
    package func check() throws(SpecError) {
        guard length >= 1 else { throw SpecError("training.length is \(length): it must be at least 1") }
        guard batch >= 1 else { throw SpecError("training.batch is \(batch): it must be at least 1") }
        guard steps >= 0 else { throw SpecError("training.steps is \(steps): it must not be negative") }
        if let shards, shards < 1 { throw SpecError("training.shards is \(shards): it must be at least 1") }
        if let clip, !(clip > 0) { throw SpecError("training.clip is \(clip): it must be above 0") }
    }
}
