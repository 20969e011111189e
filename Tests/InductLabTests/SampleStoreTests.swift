// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductLab
import Testing

@Suite struct SampleStoreTests {
    /// A training that will see each of the 20 samples is given them from memory; one of a single step is not.
    @Test(arguments: [1, 3], [1, 2])
    func samplesFromMemoryGiveTheSameBits(accumulate: Int, threads: Int) throws {
        func trained(steps: Int) throws -> (parameters: [UInt32], bytes: Int) {
            var recipe = try Workbench.recipe(source: "chain(vocabulary=3, finite=20)", steps: steps, shards: 4)
            recipe.training.accumulate = accumulate
            let trainer = try Workbench.trainer(recipe, threads: threads)
            for _ in 0..<9 { _ = try trainer.advance() }
            return (Workbench.bits(trainer.parameters), trainer.allocated.batches)
        }
        let (filled, kept) = (try trained(steps: 1), try trained(steps: 40))
        #expect(filled.parameters == kept.parameters)
        // Eight tokens of four bytes each.
        #expect(kept.bytes == filled.bytes + 20 * 8 * 4)
    }
}
