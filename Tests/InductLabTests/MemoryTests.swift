// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductLab
import Testing

@Suite struct MemoryTests {
    /// A tree of files in place of /proc and /sys.
    private static func available(_ files: [String: String]) throws -> Int? {
        try Workbench.inDirectory { root in
            for (path, text) in files {
                let url = URL(fileURLWithPath: root + path)
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: url)
            }
            return AvailableMemory(root: root).bytes
        }
    }

    private static let system = "MemTotal:       4096 kB\nMemFree:  1 kB\nMemAvailable:    3000 kB\n"

    @Test func theSystemsMemoryCounts() throws {
        #expect(try Self.available(["/proc/meminfo": Self.system]) == 3000 * 1024)
        #expect(try Self.available([:]) == nil)
        #expect(AvailableMemory().bytes ?? 0 > 1 << 20)
    }

    @Test(arguments: [
        ("/sys/fs/cgroup/a/b", "1000000", 700_000), ("/sys/fs/cgroup/a", "1000000", 700_000),
        ("/sys/fs/cgroup/a/b", "max", 3_072_000), ("/sys/fs/cgroup", "350000", 50_000),
        ("/sys/fs/cgroup/a/b", "100000", 0),
    ])
    func everyControlGroupAboveCounts(group: String, limit: String, expected: Int) throws {
        let found = try Self.available([
            "/proc/meminfo": Self.system, "/proc/self/cgroup": "0::/a/b\n", "\(group)/memory.max": "\(limit)\n",
            "\(group)/memory.current": "400000\n", "\(group)/memory.stat": "anon 5\ninactive_file 100000\n",
        ])
        #expect(found == expected)
    }

    @Test func controlGroupsOfTheFirstVersionCount() throws {
        let found = try Self.available([
            "/proc/meminfo": Self.system, "/proc/self/cgroup": "11:cpu,cpuacct:/x\n4:memory:/job\n",
            "/sys/fs/cgroup/memory/job/memory.limit_in_bytes": "900000",
            "/sys/fs/cgroup/memory/job/memory.usage_in_bytes": "100000",
        ])
        #expect(found == 800_000)
    }

    @Test func theAddressSpaceCounts() throws {
        let found = try Self.available([
            "/proc/meminfo": Self.system,
            "/proc/self/limits":
                "Limit  Soft Limit  Hard Limit  Units\nMax address space         2000000   unlimited bytes\n",
            "/proc/self/status": "Name: x\nVmSize:\t    1000 kB\n",
        ])
        #expect(found == 2_000_000 - 1_024_000)
    }

    @Test(arguments: [
        ("chain(vocabulary=3)", "bigram", 7), ("chain(vocabulary=3, finite=20)", "bigram", 7),
        ("vectors(weighted=1, positions=4)", "linear", 1),
        ("vectors", "gated(linear, counting, gate=hedge, training=bilevel)", 1),
        ("vectors", "gated(gated(linear, softmax, gate=linear-gate), linear, gate=linear-gate)", 1),
    ])
    func theEstimateIsWhatIsAllocated(source: String, architecture: String, length: Int) throws {
        var recipe = try Workbench.recipe(
            source: source, architecture: architecture, length: length, batch: 13, shards: 5)
        for accumulate in [1, 3] {
            recipe.training.accumulate = accumulate
            let plan = try ExperimentPlan(recipe, opener: FakeOpener(), threads: 3)
            let trainer = try Experiment(plan, kernels: ScalarKernels()).trainer
            #expect(plan.memory.parameters == trainer.allocated.parameters)
            #expect(plan.memory.gradients == trainer.allocated.gradients)
            #expect(plan.memory.optimizer == trainer.allocated.optimizer)
            #expect(plan.memory.workspaces == trainer.allocated.workspaces)
            #expect(plan.memory.batches == trainer.allocated.batches)
            #expect(plan.memory.samples == trainer.allocated.samples)
        }
    }

    @Test func accumulationLessensBatches() throws {
        var recipe = try Workbench.recipe(batch: 64, shards: 64)
        let whole = try ExperimentPlan(recipe, opener: FakeOpener(), threads: 1).memory
        recipe.training.accumulate = 16
        let rounds = try ExperimentPlan(recipe, opener: FakeOpener(), threads: 1).memory
        #expect(rounds.batches * 16 == whole.batches)
        #expect(rounds.gradients * 6 < whole.gradients)
        #expect(rounds.workspaces == whole.workspaces)
    }

    @Test func whatDoesNotFitIsRefusedWithTheFigureAndAWayOut() throws {
        let plan = try ExperimentPlan(try Workbench.recipe(), opener: FakeOpener(), threads: 1)
        _ = try Experiment(plan, kernels: ScalarKernels(), available: plan.memory.total)
        let error = #expect(throws: SpecError.self) {
            try Experiment(plan, kernels: ScalarKernels(), available: plan.memory.total - 1)
        }
        #expect(error?.message.contains(plan.memory.text) == true)
        #expect(error?.message.contains("training.") == true)
    }
}
