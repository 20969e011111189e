// SPDX-License-Identifier: Apache-2.0

package import InductCore

extension Recipe.Training {
    /// How many shards a batch is cut into.
    ///
    /// The recipe's number, or one for every 256 positions, from 2 to 8, and of large batches one for every 800, up to 64: so
    /// that a shard's pass stays near a core. At least one a round, never more than there are rows. The machine has no say.
    package var shardCount: Int {
        let positions = batch * length
        let few = min(8, max(2, positions / 256))
        return min(batch, shards ?? max(accumulate, few, min(64, positions / 800)))
    }

    /// The shards of each round of a step, in order.
    ///
    /// With `accumulate` = k a batch of n samples is computed in k rounds of about n / k neighbouring samples; the rounds of
    /// one step share its parameters, and the step has the bits that it would have in one round with as many shards.
    package var rounds: [Range<Int>] {
        let count = min(accumulate, shardCount)
        return (0..<count).map { shardCount * $0 / count..<shardCount * ($0 + 1) / count }
    }

    /// The rows of each shard, of equal number or one more.
    package var shardRows: [Range<Int>] {
        let count = shardCount
        return (0..<count).map { batch * $0 / count..<batch * ($0 + 1) / count }
    }

    /// The samples of the step's batch that are in memory in each round; `all`: the whole batch in every round.
    func heldSamples(all: Bool) -> [Range<Int>] {
        let rows = shardRows
        return rounds.map { all ? 0..<batch : rows[$0.lowerBound].lowerBound..<rows[$0.upperBound - 1].upperBound }
    }

    /// How many samples of the source's first view are kept in memory: all, or none.
    func keptSamples(_ source: any Source, length: Int, isObserved: Bool) -> Int {
        SampleStore.count(
            source.views.first?.count,
            bytes: SampleStore.sampleBytes(
                source.schema, length: source.schema.sourceLength(for: length),
                wanted: ModelBatch.wantedRoles(isObserved)),
            seen: ByteCount.product([steps, batch]))
    }

    /// - Throws: `SpecError` for numbers that no training can have.
    package func check() throws(SpecError) {
        guard length >= 1 else { throw SpecError("training.length is \(length): it must be at least 1") }
        guard batch >= 1 else { throw SpecError("training.batch is \(batch): it must be at least 1") }
        guard steps >= 0 else { throw SpecError("training.steps is \(steps): it must not be negative") }
        if let shards, shards < 1 { throw SpecError("training.shards is \(shards): it must be at least 1") }
        guard accumulate >= 1, accumulate <= shards ?? batch else {
            throw SpecError(
                "training.accumulate is \(accumulate): it must be from 1 to the number of shards or samples, "
                    + "\(shards ?? batch)")
        }
        guard labelSmoothing >= 0, labelSmoothing < 1 else {
            throw SpecError("training.label_smoothing is \(labelSmoothing): it must be at least 0 and below 1")
        }
        if let clip, !(clip > 0) { throw SpecError("training.clip is \(clip): it must be above 0") }
    }
}
