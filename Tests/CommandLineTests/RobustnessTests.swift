// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

/// Runs in surroundings that fail them: one clear message, the right exit code, and nothing lost that was saved.
@Suite(.serialized) struct RobustnessTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private static let recipe = [
        "--source", "coin(p=0.3)", "--architecture", "transformer(layers=1, width=32, heads=1)", "--length", "6",
        "--batch", "8", "--steps", "30", "--set", "evaluate=[]", "--set", "checkpoints={every: 10}", "--no-figures",
    ]

    /// A shell that sets `limits` and becomes `induct run`.
    private func run(limits: String, _ arguments: [String]) throws -> (code: Int32, error: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "\(limits); exec \"$0\" \"$@\"", InductProcess.executable.path, "run"] + arguments
        let error = Pipe()
        process.standardError = error
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let isExit = process.terminationReason == .exit
        return (isExit ? process.terminationStatus : -process.terminationStatus, text)
    }

    @Test func aFullDiskEndsTheRunAndKeepsItsCheckpoints() throws {
        let place = ["--output", directory.path + "/run"]
        // The checkpoint of a model of this size has some 50 KiB a file; blocks are of 512 bytes.
        let full = try run(limits: "ulimit -f 40", Self.recipe + place)
        #expect(full.code == 74, "\(full.error)")
        #expect(full.error.contains("cannot write"))
        #expect(full.error.split(separator: "\n").count == 1)
        let left = try FileManager.default.contentsOfDirectory(atPath: directory.path + "/run/checkpoints")
        #expect(left.isEmpty)
        let resumed = try InductProcess.json(["run", "--resume", "--no-figures"] + place)
        #expect(resumed["step"] == 30)
    }

    @Test func aFullDiskLeavesNoHalfOfAnExport() throws {
        let run = directory.path + "/run"
        _ = try InductProcess.json(["run"] + Self.recipe + ["--output", run])
        for format in ["safetensors", "npz"] {
            let place = "\(directory.path)/\(format)"
            let script = "ulimit -f 40; exec \"$0\" export \"$1\" --to \(format) --output \"$2\""
            let result = try InductProcess.run(
                ["-c", script, InductProcess.executable.path, run, place], executable: URL(fileURLWithPath: "/bin/sh"))
            #expect(result.code == 74, "\(result.error)")
            #expect(result.error.contains("cannot write"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: place).isEmpty)
        }
    }

    @Test func aFileToStartFromIsCheckedBeforeTheTraining() throws {
        let place = directory.path + "/nothing.safetensors"
        let result = try InductProcess.run(["run", "--dry-run", "--initialise", place] + Self.recipe)
        #expect(result.code == 65, "\(result.error)")
        #expect(result.error.contains(place))
    }

    @Test func aTrainingThatCannotFitIsRefusedBeforeItStarts() throws {
        let large = [
            "--source", "coin(p=0.3)", "--output", directory.path + "/large", "--length", "4096", "--architecture",
        ]
        let result = try InductProcess.run(
            ["run"] + large + ["transformer(layers=1000, width=8192, heads=64)"])
        #expect(result.code == 64, "\(result.error)")
        #expect(result.error.contains("iB") && result.error.contains("available"))
        #expect(!FileManager.default.fileExists(atPath: directory.path + "/large"))
        // What is left of the address space counts as well.
        let limited = try run(
            limits: "ulimit -v 3000000", large + ["transformer(layers=12, width=1024, heads=8)", "--batch", "64"])
        #expect(limited.code == 64, "\(limited.error)")
    }

    @Test func theMemoryOfATrainingIsPrintedWithoutIt() throws {
        let json = try InductProcess.json(["run"] + Self.recipe + ["--dry-run", "--threads", "2"])
        let memory = try #require(json["memory"])
        // Two tables of 2 and one of 6 rows, one block: 12 width^2 + 13 width, and a final norm.
        let count = 2 * 2 * 32 + 6 * 32 + 12 * 32 * 32 + 13 * 32 + 2 * 32
        #expect(json["parameters"]?.int == count)
        let parts = ["parameters", "gradients", "optimizer", "workspaces", "batches", "evaluation"]
        let sizes = parts.compactMap { memory[$0]?.int }
        #expect(sizes.count == parts.count && sizes.reduce(0, +) == memory["total"]?.int)
        #expect(sizes[1] == 2 * sizes[0] && sizes[2] == 2 * sizes[0])
        #expect(memory["available"]?.int ?? 0 > 0)
    }

    @Test func directoriesThatCannotBeWrittenAreNamed() throws {
        for place in ["/proc/self/run", "/dev/null/run", ""] {
            let result = try InductProcess.run(["run"] + Self.recipe + ["--output", place])
            #expect(result.code == 74, "\(result.error)")
            #expect(place.isEmpty || result.error.contains(place))
            #expect(result.error.split(separator: "\n").count == 1)
        }
    }

    @Test func seedsBeyondTheLargestAreRefused() throws {
        for arguments in [["run"], ["sweep", "--grid", "training.batch=[8, 16]"]] {
            let result = try InductProcess.run(
                [arguments[0], try recipeFile(), "--output", directory.path + "/many", "--seeds", "3"]
                    + arguments.dropFirst() + ["--set", "seed=9223372036854775806"])
            #expect(result.code == 64, "\(result.error)")
            #expect(result.error.contains("begin with a smaller seed"), "\(result.error)")
        }
    }

    private func recipeFile() throws -> String {
        let path = directory.path + "/recipe.yaml"
        let text =
            "source: coin\narchitecture: transformer(layers=1, width=8, heads=1)\ntraining: {length: 4, batch: 8, steps: 2}\n"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test(arguments: [
        ("run.json", #""format": 1"#, #""format": 2"#, 65, "another version"),
        ("run.json", "{", "", 65, "it is no JSON"),
        ("run.json", #""recipe": {"#, #""receipt": {"#, 65, "not what a run's record looks like"),
        ("run.json", #""status": "finished""#, #""status": "finnished""#, 65, "did you mean 'finished'?"),
        ("run.json", #""status": "finished""#, #""status": 4"#, 65, "its 'status' is missing or no text"),
        ("run.json", #""step": 30"#, #""step": 31"#, 65, "'step' must be an integer from 0 to 30, not 31"),
        ("run.json", #""step": 30"#, #""step": "30""#, 65, "not the string '30'"),
        ("run.json", #""step": 30"#, #""step": 30, "step": 20"#, 65, "'step' appears twice"),
        ("run.json", #""seeds": {"#, #""shards": 9, "seeds": {"#, 65, "'shards' appears twice"),
        (
            "run.json", #""kernels": ""#, #""shards_": 9, "kernels": 3, "k": ""#, 65,
            "its 'kernels' is missing or no text"
        ),
        ("run.json", #""run": "1""#, #""run": "2""#, 65, "its seeds are not those"),
        ("run.json", #""length": 6"#, #""length": 1e300"#, 65, "'recipe': training.length must be an integer"),
        ("run.json", #""plugins": ["#, #""plugins": 7, "others": ["#, 65, "its 'plugins' is missing or no list"),
        ("run.json", #""started": ""#, #""started": null, "s": ""#, 65, "its 'started' is missing or no text"),
        ("metrics.jsonl", #"{"step":7,"#, #"{"stop":7,"#, 65, "line 7"),
    ])
    func damagedRunsAreNamed(file: String, text: String, damage: String, code: Int, words: String) throws {
        let run = directory.path + "/run"
        _ = try InductProcess.json(["run"] + Self.recipe + ["--output", run])
        let path = "\(run)/\(file)"
        let whole = try String(contentsOfFile: path, encoding: .utf8)
        try #require(whole.contains(text))
        let place = try #require(whole.range(of: text))
        try whole.replacingCharacters(in: place, with: damage).write(toFile: path, atomically: true, encoding: .utf8)
        for command in [["runs", "show", run], ["run", "--resume", "--no-figures", "--output", run]] {
            let result = try InductProcess.run(command)
            #expect(Int(result.code) == code, "\(command): \(result.error)")
            #expect(result.error.contains(words), "\(result.error)")
            #expect(result.error.contains(path), "\(result.error)")
        }
    }

    @Test(arguments: [("-3", "from 1 to 8, not -3"), ("4", "its shards are 4, and those of its recipe 2")])
    func shardsThatAreNotTheRunsAreNamed(_ shards: String, _ words: String) throws {
        let run = directory.path + "/run"
        _ = try InductProcess.json(["run"] + Self.recipe + ["--output", run])
        let whole = try String(contentsOfFile: run + "/run.json", encoding: .utf8)
        // The record's own: it follows the seeds.
        let place = try #require(whole.range(of: #"  "shards": 2,"# + "\n  \"kernels\""))
        let damaged = whole.replacingCharacters(in: place, with: #"  "shards": \#(shards),"# + "\n  \"kernels\"")
        try damaged.write(toFile: run + "/run.json", atomically: true, encoding: .utf8)
        for command in [["runs", "show", run], ["evaluate", run], ["run", "--resume", "--output", run]] {
            let result = try InductProcess.run(command)
            #expect(result.code == 65, "\(command): \(result.error)")
            #expect(result.error.contains(words), "\(result.error)")
        }
    }

    @Test func whatIsNoFileIsNotWaitedFor() throws {
        let run = directory.path + "/run"
        _ = try InductProcess.json(["run"] + Self.recipe + ["--output", run])
        let pipe = directory.path + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        let initialised = try InductProcess.run(
            ["run", "--initialise", pipe, "--output", directory.path + "/next"] + Self.recipe)
        #expect(initialised.code == 65, "\(initialised.error)")
        #expect(initialised.error.contains("\(pipe) cannot be used: it is no file"))
        for (file, code, words) in [
            ("run.json", 65, "cannot be used: it is no file"),
            // A checkpoint that cannot be read is passed over for the one before.
            ("checkpoints/step-00000030/model.safetensors", 0, "cannot be used: it is no file"),
            ("metrics.jsonl", 74, "No such device"),
        ] {
            let copy = directory.path + "/copy-" + file.replacingOccurrences(of: "/", with: "-")
            try FileManager.default.copyItem(atPath: run, toPath: copy)
            try FileManager.default.removeItem(atPath: "\(copy)/\(file)")
            #expect(mkfifo("\(copy)/\(file)", 0o600) == 0)
            let result = try InductProcess.run(["run", "--resume", "--no-figures", "--output", copy])
            #expect(Int(result.code) == code, "\(file): \(result.error)")
            #expect(result.error.contains(file) && result.error.contains(words), "\(result.error)")
        }
    }

    @Test func aResumedRunIsNotChanged() throws {
        let run = ["run", "--output", directory.path + "/run"]
        _ = try InductProcess.json(run + Self.recipe)
        let result = try InductProcess.run(run + ["--resume", "--set", "training.steps=60"])
        #expect(result.code == 64)
        #expect(result.error.contains("goes on with the recipe in \(directory.path)/run/run.json as it is"))
    }

    @Test func whatCannotBePutInPlaceLeavesNothingBehind() throws {
        let run = directory.path + "/run"
        _ = try InductProcess.json(["run", "--output", run] + Self.recipe)
        for command in [["runs", "export"], ["report"]] {
            let result = try InductProcess.run(command + [run, "--output", run])
            #expect(result.code == 74, "\(command): \(result.error)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["run"])
        }
    }

    @Test func samplesThatBecomeTextAreInterruptedSoon() throws {
        let process = Process()
        process.executableURL = InductProcess.executable
        let path = directory.path + "/s.jsonl"
        process.arguments = ["sample", "coin", "--count", "10000000", "--length", "100", "--output", path]
        try process.run()
        func size() -> Int {
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            return attributes?[.size] as? Int ?? 0
        }
        for _ in 0..<3_000 where size() == 0 { usleep(10_000) }
        let start = Date()
        kill(process.processIdentifier, SIGINT)
        process.waitUntilExit()
        #expect(Date().timeIntervalSince(start) < 3)
        #expect(process.terminationReason == .exit && process.terminationStatus == 130)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func aLogShorterThanItsCheckpointSaysIsNamed() throws {
        let run = directory.path + "/run"
        _ = try InductProcess.json(["run"] + Self.recipe + ["--output", run])
        try FileHandle(forWritingTo: URL(fileURLWithPath: run + "/metrics.jsonl")).truncate(atOffset: 10)
        let result = try InductProcess.run(["run", "--resume", "--no-figures", "--output", run])
        #expect(result.code == 65)
        #expect(result.error.contains("metrics.jsonl"))
    }
}
