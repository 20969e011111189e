// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

/// A grid of recipes, each under several seeds.
@Suite(.serialized) struct SweepTests {
    private static let recipe = """
        seed: 5
        source: coin(p=0.3)
        architecture: transformer(layers=1, width=8, heads=1)
        training: {length: 6, batch: 8, steps: 12, optimizer: adam(learning_rate=1e-2)}
        evaluate: [{every: 6, evaluators: [position-loss], samples: 32}]
        """
    private static let last = "checkpoints/step-00000012/model.safetensors"
    private let directory: TemporaryDirectory
    private let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = try directory.file("recipe.yaml", Self.recipe)
    }

    private func sweep(_ name: String, _ more: [String] = []) -> [String] {
        [
            "sweep", path, "--no-figures", "--output", "\(directory.path)/\(name)", "--grid", "source.p=[0.2,0.4]",
            "--grid", "architecture.width=[8,16]", "--seeds", "2",
        ] + more
    }

    private func json(_ path: String) throws -> JSON {
        try JSON(parsing: String(decoding: try directory.bytes(path), as: UTF8.self))
    }

    @Test func everyPointIsALoneRun() throws {
        let result = try InductProcess.json(sweep("many", ["--jobs", "3"]))
        #expect(result["points"]?.array?.count == 4)
        #expect(result["runs"]?.array?.count == 8)
        #expect(result["status"] == "finished")
        _ = try InductProcess.json([
            "run", path, "--no-figures", "--output", "\(directory.path)/lone", "--set", "source.p=0.4", "--set",
            "architecture.width=16", "--set", "seed=6",
        ])
        let point = "many/p=0.4,width=16/seed-6/"
        #expect(try directory.bytes(point + Self.last) == directory.bytes("lone/" + Self.last))
        #expect(try directory.bytes(point + "metrics.jsonl") == directory.bytes("lone/metrics.jsonl"))
        #expect(try json(point + "run.json")["recipe"] == json("lone/run.json")["recipe"])

        let last = try #require(result["points"]?.array?.last)
        #expect(last["values"] == ["p": 0.4, "width": 16.0])
        #expect(last["seeds"] == [5, 6])
        let item = try #require(last["metrics"]?.array?.first { $0["metric"] == "mean_loss" })
        let values = (item["values"]?.array ?? []).compactMap(\.double)
        #expect(values.count == 2)
        #expect(abs((item["mean"]?.double ?? 0) - (values[0] + values[1]) / 2) < 1e-12)
        #expect(abs((item["standard_error"]?.double ?? 0) - abs(values[0] - values[1]) / 2) < 1e-12)
        #expect(try json("many/sweep.json")["points"] == result["points"])

        // More values and seeds: what is finished stays as it is.
        let before = try json("many/p=0.2,width=8/seed-5/run.json")
        let more = try InductProcess.json(
            sweep("many").dropLast() + ["3", "--grid", "source.p=[0.1,0.2,0.4]"])
        #expect(more["runs"]?.array?.count == 18)
        #expect(try json("many/p=0.2,width=8/seed-5/run.json") == before)

        // Another recipe in the same place is refused.
        let other = try InductProcess.run(sweep("many", ["--set", "training.batch=4"]))
        #expect(other.code == 64)
        #expect(other.error.contains("another recipe"), "\(other.error)")

        let table = try InductProcess.run(["runs", "compare", "\(directory.path)/many", "--metric", "mean_loss"])
        #expect(table.output.split(separator: "\n").count == 7, "\(table.output)\(table.error)")
        let csv = try InductProcess.run([
            "runs", "export", "\(directory.path)/many", "--metric", "test/mean_loss",
        ])
        #expect(csv.output.split(separator: "\n").count == 19)
        #expect(csv.output.hasPrefix("p,width,seed,evaluation,metric,step,value,directory\n0.1,8,5,test,mean_loss,12,"))
        let rows = try InductProcess.json(["runs", "export", "\(directory.path)/many/p=0.2,width=8/seed-5"])
        #expect(rows.array?.first?["seed"] == 5 && rows.array?.first?["step"] == 12)
    }

    @Test func aPointThatFailsDoesNotLoseTheOthers() throws {
        try FileManager.default.createDirectory(
            atPath: directory.path + "/many/p=0.2,width=16", withIntermediateDirectories: true)
        _ = try directory.file("many/p=0.2,width=16/seed-6", "in the way")
        let result = try InductProcess.run(sweep("many", ["--format", "json"]))
        #expect(result.code == 74)
        #expect(result.error.contains("[p=0.2, width=16, seed 6]"), "\(result.error)")
        #expect(result.error.contains("1 of 8 runs failed"), "\(result.error)")
        let output = try JSON(parsing: result.output)
        #expect(output["status"] == "failed")
        #expect(output["runs"]?.array?.count { $0["status"] == "finished" } == 7)

        try FileManager.default.removeItem(atPath: directory.path + "/many/p=0.2,width=16/seed-6")
        let before = try json("many/p=0.4,width=8/seed-5/run.json")
        #expect(try InductProcess.json(["sweep", "\(directory.path)/many", "--no-figures"])["status"] == "finished")
        #expect(try json("many/p=0.4,width=8/seed-5/run.json") == before)
    }

    @Test("goes on where it was", arguments: [SIGINT, SIGKILL])
    func goesOn(signal: Int32) throws {
        let long = ["--set", "training.steps=3000", "--set", "evaluate=[]", "--set", "checkpoints.every=500"]
        _ = try InductProcess.json(sweep("whole", long))
        let process = Process()
        process.executableURL = InductProcess.executable
        process.arguments = sweep("cut", long + ["--jobs", "1"])
        let error = Pipe()
        process.standardError = error
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let second = directory.path + "/cut/p=0.2,width=16/seed-5"
        for _ in 0..<2000 where !FileManager.default.fileExists(atPath: second + "/metrics.jsonl") { usleep(5_000) }
        kill(process.processIdentifier, signal)
        let message = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        if signal == SIGINT {
            #expect(process.terminationStatus == 130)
            #expect(message.contains("Go on with: induct sweep \(directory.path)/cut"), "\(message)")
            #expect(try json("cut/sweep.json")["status"] == "interrupted")
        } else {
            // The children see that they are alone, and stop with checkpoints.
            for _ in 0..<2000 {
                let status = try? json("cut/p=0.2,width=16/seed-5/run.json")["status"]
                if status != "running" { break }
                usleep(5_000)
            }
        }
        let finished = "cut/p=0.2,width=8/seed-5/run.json"
        let before = try json(finished)
        #expect(try InductProcess.json(["sweep", "\(directory.path)/cut", "--no-figures"])["status"] == "finished")
        #expect(try json(finished) == before)
        for point in ["p=0.2,width=8", "p=0.2,width=16", "p=0.4,width=8", "p=0.4,width=16"] {
            for seed in 5...6 {
                let run = "\(point)/seed-\(seed)/"
                let last = run + "checkpoints/step-00003000/model.safetensors"
                #expect(try directory.bytes("cut/" + last) == directory.bytes("whole/" + last))
                #expect(
                    try directory.bytes("cut/\(run)metrics.jsonl") == directory.bytes("whole/\(run)metrics.jsonl"))
            }
        }
    }

    @Test func slurmTasksMakeTheSameRuns() throws {
        // Stands in for Slurm's: carries out every task of the array at once.
        let stub = try directory.file(
            "bin/sbatch",
            """
            #!/bin/sh
            set -eu
            last=$(sed -n 's/^#SBATCH --array=0-\\([0-9]*\\).*/\\1/p' "$1")
            for task in $(seq 0 "$last"); do SLURM_ARRAY_TASK_ID=$task sh "$1" >/dev/null; done
            echo "Submitted batch job 1"
            """, executable: true)
        let search = stub.dropLast("/sbatch".count) + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
        let submitted = try InductProcess.run(
            sweep("slurm", ["--launcher", "slurm", "--jobs", "4", "--slurm-option=--time=1:00", "--format", "json"]),
            environment: ["PATH": String(search)])
        #expect(submitted.code == 0, "\(submitted.error)")
        #expect(try JSON(parsing: submitted.output)["tasks"] == 8)
        let script = String(decoding: try directory.bytes("slurm/slurm/array-1.sh"), as: UTF8.self)
        #expect(script.contains("#SBATCH --array=0-7%4\n") && script.contains("#SBATCH --time=1:00\n"))
        let gathered = try InductProcess.json(["sweep", "\(directory.path)/slurm", "--no-figures"])
        let local = try InductProcess.json(sweep("local"))
        let metrics = { (result: JSON) in (result["points"]?.array ?? []).map { $0["metrics"] } }
        #expect(metrics(gathered) == metrics(local))
        #expect(
            try directory.bytes("slurm/p=0.4,width=16/seed-6/" + Self.last)
                == directory.bytes("local/p=0.4,width=16/seed-6/" + Self.last))

        let again = try InductProcess.run(sweep("slurm", ["--launcher", "slurm"]), environment: ["PATH": "/nowhere"])
        #expect(again.code == 0 && again.error.contains("every run is finished"), "\(again.error)")
        let none = try InductProcess.run(sweep("other", ["--launcher", "slurm"]), environment: ["PATH": "/nowhere"])
        #expect(none.code == 0 && none.error.contains("there is no sbatch on PATH"), "\(none.error)")
    }

    @Test(
        "refuses what is wrong before anything is run, with code 64",
        arguments: [
            (["--grid", "architecture.wdth=[8]"], "did you mean 'width'?"),
            (["--grid", "architecture.heads=[1,3]"], "at the point p=0.4, width=16, heads=3"),
            (["--seeds", "0"], "--seeds must be from 1"),
            (["--jobs", "0"], "--jobs must be from 1"),
            (["--scale", "smoke"], "the recipe has no scale 'smoke'"),
            (["--launcher", "pbs"], "local"),
        ])
    func refuses(options: [String], message: String) throws {
        let result = try InductProcess.run(sweep("none", options))
        #expect(result.code == 64)
        #expect(result.error.contains(message), "\(result.error)")
        #expect(!FileManager.default.fileExists(atPath: directory.path + "/none"))
    }

    @Test func aDirectoryWithoutASweepIsRefused() throws {
        let result = try InductProcess.run(["sweep", directory.path])
        #expect(result.code == 64 && result.error.contains("holds no sweep"), "\(result.error)")
        _ = try directory.file("sweep.json", "{\"format\": 2}")
        #expect(try InductProcess.run(["sweep", directory.path]).code == 65)
    }

    @Test func claimsDecideHowAReproductionEnds() throws {
        let sweep = """

            sweep:
              seeds: 2
              grid: {source.p: [0.2, 0.4]}
              scales: {smoke: {set: {training.steps: 6}}}
              figures: [{name: loss, metrics: mean_loss, x: p}]
              claims:
                - {claim: the fair coin is harder, value: {metric: mean_loss, p: 0.4}, minus: {p: 0.2}, at_least: 0.01}
                - {claim: it is impossible, value: {metric: mean_loss, p: 0.4}, at_least: 1000, figure: loss
            """
        func reproduce(_ ending: String, _ name: String) throws -> InductProcess {
            _ = try directory.file("x/\(name).yaml", Self.recipe + sweep + ending)
            return try InductProcess.run(
                [
                    "reproduce", "x/\(name)", "--scale", "smoke", "--output", "\(directory.path)/\(name)", "--format",
                    "json",
                ], environment: ["INDUCT_EXPERIMENTS": directory.path, "INDUCT_VL_CONVERT": ""])
        }
        let fault = try reproduce("}\n", "fault")
        #expect(fault.code == 1, "\(fault.error)")
        let claims = try JSON(parsing: fault.output)["claims"]?.array ?? []
        #expect(claims.map { $0["outcome"] } == ["supported", "not supported"])
        #expect(claims.first?["seeds"] == 2)
        let known = try reproduce(", known: it is}\n", "known")
        #expect(known.code == 0, "\(known.error)")
        let figure = String(decoding: try directory.bytes("known/figures/loss.vl.json"), as: UTF8.self)
        #expect(figure.contains("Not supported: it is impossible"))

        let page = directory.path + "/page.html"
        let report = try InductProcess.run(
            ["report", "\(directory.path)/known", "--output", page], environment: ["INDUCT_VL_CONVERT": ""])
        #expect(report.code == 0, "\(report.error)")
        let html = String(decoding: try directory.bytes("page.html"), as: UTF8.self)
        #expect(html.contains("it is impossible") && html.contains("<td>mean_loss</td>"))
        #expect(!html.contains("http"))
    }
    /// A figure that asks for theory, over a grid of two axes.
    private func drawn(_ name: String, source: String, x: String) throws -> InductProcess {
        let recipe = try directory.file(
            "\(name).yaml",
            """
            source: \(source)
            architecture: mlp(hidden=[8])
            training: {length: 2, batch: 8, steps: 6, optimizer: adam(learning_rate=1e-2)}
            evaluate: [{at: [], evaluators: ["view-error(views=[default-rare-ibd])"], samples: 32}]
            sweep:
              grid: {source.sequences: [64, 65536], source.sigma: [0.1]}
              figures: [{name: error, metrics: error_default_rare_ibd, x: \(x), theory: switch}]
            """)
        return try InductProcess.run(
            ["sweep", recipe, "--output", "\(directory.path)/\(name)"], environment: ["INDUCT_VL_CONVERT": ""])
    }

    @Test func theSwitchIsDrawnWhereTheTheorySaysItIs() throws {
        let source = "gaussian-classes(dimension=8, sigma=0.1, sequences=64)"
        let result = try drawn("examples", source: source, x: "sequences")
        try #require(result.code == 0, "\(result.error)")
        let rows = try #require(try InductProcess.json(["theory", source])["switch"]?.array)
        func counts(_ group: JSON, _ setting: JSON) throws -> [Int] {
            let row = try #require(rows.first { row in row["group"] == group && row["setting"] == setting })
            return (row["training_count"]?.array ?? []).compactMap { $0.int.map { Int($0) } }
        }
        let figure = try json("examples/figures/error.vl.json").text
        for group in ["frequent", "rare"] {
            let early = try #require(try counts(.string(group), "default").first)
            let late = try #require(try counts(.string(group), "relevant").last)
            #expect(early < late && figure.contains("switch, \(group): N = \(early) to \(late)"), "\(figure)")
        }
        #expect(figure.contains("chance (0.9)"))
        let report = try InductProcess.run(
            ["report", "\(directory.path)/examples", "--output", "\(directory.path)/examples.html"],
            environment: ["INDUCT_VL_CONVERT": ""])
        #expect(report.code == 0, "\(report.error)")
    }

    @Test func theoryIsRefusedWhereThereIsNone() throws {
        let axis = try drawn("axis", source: "gaussian-classes(dimension=8, sequences=64)", x: "sigma")
        #expect(axis.code == 64 && axis.error.contains("and sigma is another axis"), "\(axis.error)")
        let tokens = try directory.file(
            "tokens.yaml",
            Self.recipe
                + "\nsweep: {grid: {source.p: [0.2]}, figures: [{name: l, metrics: loss, x: p, theory: switch}]}\n")
        let coin = try InductProcess.run(["sweep", tokens, "--output", "\(directory.path)/tokens"])
        #expect(coin.code == 64, "\(coin.error)")
        #expect(coin.error.contains("does not state how it draws labelled examples"), "\(coin.error)")
    }
}
