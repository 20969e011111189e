// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductLab
import Testing

@Suite struct CheckpointTests {
    /// Runs half-way, as if the process had been killed: the directory as it was after `calls` looks at the cancellation.
    static func killed(_ recipe: Recipe, after calls: Int, in directory: String) throws -> String {
        let work = directory + "/work"
        let copy = directory + "/killed"
        var asked = 0
        var options = RunTests.options(work)
        options.isCancelled = {
            asked += 1
            if asked == calls { try? FileManager.default.copyItem(atPath: work, toPath: copy) }
            return false
        }
        try RunTests.start(recipe, options)
        return copy
    }

    @Test(arguments: [2, 15, 24, 31, 44, 63])
    func killedRunEndsLikeAnUninterruptedOne(calls: Int) throws {
        try Workbench.inDirectory { directory in
            let copy = try Self.killed(try RunTests.recipe(), after: calls, in: directory)
            // What a kill in the middle of a write leaves behind.
            let half = copy + "/checkpoints/.step-00000060.tmp"
            try FileManager.default.createDirectory(atPath: half, withIntermediateDirectories: true)
            try Data("half".utf8).write(to: URL(fileURLWithPath: half + "/model.safetensors"))
            let metrics = try FileHandle(forWritingTo: URL(fileURLWithPath: copy + "/metrics.jsonl"))
            try metrics.seekToEnd()
            try metrics.write(contentsOf: Data(#"{"step":41,"metr"#.utf8))
            try metrics.close()
            try RunTests.resume(RunTests.options(copy))
            #expect(try RunTests.outcome(copy) == RunTests.outcome(directory + "/work"))
        }
    }

    @Test(arguments: ["model.safetensors", "optimizer.safetensors", "state.json"], [0, 1, 2])
    func damagedCheckpointIsNamedAndPassedOver(name: String, damage: Int) throws {
        try Workbench.inDirectory { directory in
            let copy = try Self.killed(try RunTests.recipe(), after: 52, in: directory)
            let path = copy + "/checkpoints/step-00000040/" + name
            var bytes = try Workbench.bytes(path)
            switch damage {
            case 0: bytes[bytes.count - 9] ^= 1
            case 1: bytes.removeLast(5)
            default: bytes = Data()
            }
            try bytes.write(to: URL(fileURLWithPath: path))
            var warnings: [String] = []
            var options = RunTests.options(copy)
            options.warn = { warnings.append($0) }
            try RunTests.resume(options)
            #expect(warnings.count == 1)
            #expect(warnings.first?.contains("step-00000040/" + name) == true)
            #expect(try RunTests.outcome(copy) == RunTests.outcome(directory + "/work"))
        }
    }

    @Test func missingFileOfACheckpointIsNamed() throws {
        try Workbench.inDirectory { directory in
            let copy = try Self.killed(try RunTests.recipe(), after: 52, in: directory)
            try FileManager.default.removeItem(atPath: copy + "/checkpoints/step-00000040/optimizer.safetensors")
            var warnings: [String] = []
            var options = RunTests.options(copy)
            options.warn = { warnings.append($0) }
            try RunTests.resume(options)
            #expect(warnings.first?.contains("optimizer.safetensors") == true)
        }
    }

    @Test func aCheckpointOfAnotherModelIsRefused() throws {
        try Workbench.inDirectory { directory in
            try RunTests.start(try RunTests.recipe(), RunTests.options(directory + "/a"))
            var other = try RunTests.recipe()
            other.source = try PluginSpec(parsing: "chain(vocabulary=4)")
            try RunTests.start(other, RunTests.options(directory + "/b"))
            let place = "/checkpoints/step-00000060"
            try FileManager.default.removeItem(atPath: directory + "/a" + place)
            try FileManager.default.copyItem(atPath: directory + "/b" + place, toPath: directory + "/a" + place)
            #expect(throws: LabError.self) { try RunTests.resume(RunTests.options(directory + "/a")) }
        }
    }

    @Test func aDirectoryInUseIsRefused() throws {
        try Workbench.inDirectory { directory in
            var refusal: (any Error)?
            var options = RunTests.options(directory)
            options.progress = { _ in
                guard refusal == nil else { return }
                do { try RunTests.resume(RunTests.options(directory)) } catch { refusal = error }
            }
            try RunTests.start(try RunTests.recipe(), options)
            #expect(refusal as? LabError == .inUse(path: directory))
        }
    }

    @Test func anUnwritableDirectoryIsAnInputOutputError() throws {
        let error = #expect(throws: LabError.self) {
            try RunTests.start(try RunTests.recipe(), RunTests.options("/proc/no-such-place/run"))
        }
        #expect(error?.exitCode == 74)
    }

    @Test func aFullDiskIsAnInputOutputErrorAndKeepsWhatWasSaved() throws {
        try Workbench.inDirectory { directory in
            let work = directory + "/work"
            var options = RunTests.options(work)
            options.progress = { progress in
                // From step 40 on checkpoints cannot be written: a file stands where their directory should be.
                guard progress.step == 40, progress.phase == .saving else { return }
                try? FileManager.default.moveItem(atPath: work + "/checkpoints", toPath: directory + "/saved")
                _ = FileManager.default.createFile(atPath: work + "/checkpoints", contents: nil)
            }
            let error = #expect(throws: LabError.self) { try RunTests.start(try RunTests.recipe(), options) }
            #expect(error?.exitCode == 74)
            try FileManager.default.removeItem(atPath: work + "/checkpoints")
            try FileManager.default.moveItem(atPath: directory + "/saved", toPath: work + "/checkpoints")
            try RunTests.resume(RunTests.options(work))
            try RunTests.start(try RunTests.recipe(), RunTests.options(directory + "/other"))
            #expect(try RunTests.outcome(work) == RunTests.outcome(directory + "/other"))
        }
    }

    @Test func onlineStateSurvivesResume() throws {
        try Workbench.inDirectory { directory in
            var recipe = try RunTests.recipe()
            recipe.source = PluginSpec(name: "vectors")
            recipe.architecture = try PluginSpec(parsing: "gated(linear, counting, gate=hedge)")
            recipe.training.length = 1
            try RunTests.start(recipe, RunTests.options(directory + "/a"))
            try RunTests.start(recipe, RunTests.options(directory + "/b", stopAfter: 33))
            try RunTests.resume(RunTests.options(directory + "/b", threads: 2))
            #expect(try RunTests.outcome(directory + "/a") == RunTests.outcome(directory + "/b"))
            let file = try SafeTensorsFile(path: directory + "/a/checkpoints/step-00000060/model.safetensors")
            let counts = try #require(file.entry("experts.1.counts"))
            #expect(file.withBytes(of: counts) { $0.bindMemory(to: Float.self).reduce(0, +) } == 60 * 12)
        }
    }
}
