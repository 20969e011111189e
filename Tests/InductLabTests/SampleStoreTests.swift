// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductLab
import Testing

@Suite struct SampleStoreTests {
    /// A training that will see each of the 20 samples is given them from memory; one of a single step is not.
    @Test(arguments: [1, 3], [1, 2])
    func samplesFromMemoryGiveTheSameBits(accumulate: Int, threads: Int) throws {
        func trained(steps: Int) throws -> (parameters: [UInt32], samples: Int) {
            var recipe = try Workbench.recipe(source: "chain(vocabulary=3, finite=20)", steps: steps, shards: 4)
            recipe.training.accumulate = accumulate
            let trainer = try Workbench.trainer(recipe, threads: threads)
            for _ in 0..<9 { _ = try trainer.advance() }
            return (Workbench.bits(trainer.parameters), trainer.allocated.samples)
        }
        let (filled, kept) = (try trained(steps: 1), try trained(steps: 40))
        #expect(filled.parameters == kept.parameters)
        // Eight tokens of four bytes each.
        #expect(filled.samples == 0 && kept.samples == 20 * 8 * 4)
    }

    /// Room for the training set is taken where there is some; a training does not fail for want of it.
    @Test func samplesAreKeptWhereThereIsRoom() throws {
        let recipe = try Workbench.recipe(source: "chain(vocabulary=3, finite=20)", steps: 40, shards: 4)
        let plan = try ExperimentPlan(recipe, opener: FakeOpener(), threads: 1)
        #expect(plan.memory.samples == 20 * 8 * 4)
        func trained(available: Int) throws -> (parameters: [UInt32], samples: Int) {
            let trainer = try Experiment(plan, kernels: ScalarKernels(), available: available).trainer
            for _ in 0..<9 { _ = try trainer.advance() }
            return (Workbench.bits(trainer.parameters), trainer.allocated.samples)
        }
        let (wide, narrow) = (
            try trained(available: plan.memory.total), try trained(available: plan.memory.total - 1)
        )
        #expect(wide.samples == plan.memory.samples && narrow.samples == 0)
        #expect(wide.parameters == narrow.parameters)
        #expect(throws: SpecError.self) { try trained(available: plan.memory.total - plan.memory.samples - 1) }
    }
}
