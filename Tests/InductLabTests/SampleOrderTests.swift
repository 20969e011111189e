// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductLab
import Testing

@Suite struct SampleOrderTests {
    @Test(arguments: [1, 2, 3, 64, 100, 1000] as [UInt64])
    func everyPassSeesEverySampleOnce(count: UInt64) {
        let order = SampleOrder(runSeed: 5, count: count)
        var passes: [[UInt64]] = []
        for pass in 0..<3 as Range<UInt64> {
            let samples = (0..<count).map { order.sample(pass * count + $0) }
            #expect(samples.sorted() == Array(0..<count))
            passes.append(samples)
        }
        if count > 50 { #expect(passes[0] != passes[1] && passes[1] != passes[2] && passes[0] != Array(0..<count)) }
    }

    @Test func endlessViewsAreTakenInOrder() {
        let order = SampleOrder(runSeed: 5, count: nil)
        #expect((0..<100).map { order.sample($0) } == Array(0..<100))
    }

    @Test func finiteTrainingIsTheSameForAnyThreads() throws {
        let recipe = try Workbench.recipe(source: "chain(finite=31)", batch: 13, shards: 4)
        let one = try Workbench.trainer(recipe)
        let two = try Workbench.trainer(recipe, threads: 3)
        for _ in 0..<10 { #expect(try one.advance() == two.advance()) }
        #expect(Workbench.bits(one.parameters) == Workbench.bits(two.parameters))
    }
}
