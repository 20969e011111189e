// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite struct SteadyStateTests {
    /// What 200 more steps allocate and lock.
    ///
    /// The results that are printed at the end are numbers of other lengths, which may be one string more or less: of a few
    /// attempts the one with the fewest counts. A step that allocates does so in all of them.
    private static func cost(_ arguments: [String], threads: Int) throws -> (allocations: Int, locks: Int) {
        let counter = try AllocationCounter()
        func count(_ steps: Int) throws -> (allocations: Int, locks: Int) {
            try counter.count(
                ["bench", "train", "--repetitions", "1", "--threads", "\(threads)", "--steps", "\(steps)"] + arguments)
        }
        var best = (allocations: Int.max, locks: Int.max)
        for _ in 0..<12 where best.allocations != 0 {
            // Numbers of as many digits: the reading of the command line is alike.
            let (short, long) = (try count(100), try count(300))
            let allocations = abs(long.allocations - short.allocations)
            if allocations < best.allocations { best = (allocations, long.locks - short.locks) }
        }
        return best
    }

    @Test func aStepInOtherProcessesAllocatesNothingInThisOne() throws {
        let cost = try Self.cost(
            [
                "--source", "dirichlet-iid(vocabulary=10)", "--architecture",
                "transformer(layers=2, width=16, heads=2)", "--length", "12", "--batch", "64", "--isolate",
            ], threads: 2)
        #expect(cost.allocations == 0)
    }

    @Test(arguments: [
        ["--source", "dirichlet-iid(vocabulary=10)", "--architecture", "transformer(layers=2, width=16, heads=2)"],
        [
            "--source", "with-bos(mixture(mess3(x=0.05, a=0.85), mess3(x=0.15, a=0.6)))", "--architecture",
            "transformer(layers=1, width=16, heads=2, key_value_heads=1, norm=rms-norm, positions=rotary, "
                + "activation=swiglu, biases=false)", "--optimizer", "adamw(decay=0.1)", "--set", "training.clip=1",
            "--set", "training.accumulate=2", "--set", "training.label_smoothing=0.1", "--set",
            "training.groups=[{parameters: '*.gain', learning_rate_factor: 0.5}]",
        ],
        [
            "--source", "dursley-wonka(p=0.4, q=0.25)", "--architecture", "transformer(layers=1, width=8, heads=1)",
            "--optimizer", "sgd(momentum=0.9)", "--set", "training.shards=7",
        ],
    ])
    func aStepAllocatesNothing(arguments: [String]) throws {
        let sizes = ["--length", "12", "--batch", "64"]
        #expect(try Self.cost(arguments + sizes, threads: 2).allocations == 0)
        // More than one thread may put the others to sleep, and wake them.
        let alone = try Self.cost(arguments + sizes, threads: 1)
        #expect(alone.allocations == 0)
        #expect(alone.locks == 0)
    }
}
