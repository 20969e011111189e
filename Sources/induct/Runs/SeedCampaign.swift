// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductLab
import InductReport

/// What `induct run --seeds` does: begins or takes up runs under many seeds, and says how they spread.
struct SeedCampaign {
    private let runs: SeedRuns
    private let queue: RunQueue
    private let common: CommonOptions
    private let drawsFigures: Bool
    /// Whether its directory has yet to be made.
    private let isNew: Bool

    /// Nil where the command means one run.
    init?(_ command: RunCommand) throws {
        if let seeds = command.seeds, !(1...100_000).contains(seeds) {
            throw UsageError("--seeds must be from 1 to 100000, not \(seeds)")
        }
        let arguments = command.common.arguments + (command.figures ? [] : ["--no-figures"])
        common = command.common
        drawsFigures = command.figures
        let threads = try RunSession.threads(command.threads)
        // Without a recipe a directory may say itself what was asked for.
        let place = command.output ?? command.recipe.recipe
        if command.resume, let place, command.recipe.isEmpty, command.output == nil || command.recipe.recipe == nil,
            let saved = try SeedRuns.saved(in: place)
        {
            guard command.seeds ?? saved.seeds.count == saved.seeds.count else {
                throw UsageError("\(place) holds runs of \(saved.seeds.count) seeds; resume them without --seeds")
            }
            runs = SeedRuns(directory: place, recipe: saved.recipe, seeds: saved.seeds)
            queue = RunQueue(runs.queued(), unit: "seeds", threads: threads, arguments: arguments)
            isNew = false
            return
        }
        guard let count = command.seeds else { return nil }
        let recipe = try command.recipe.load(command.recipe.recipe)
        guard !command.resume || command.output != nil else {
            throw UsageError("--resume needs --output, the directory of the runs")
        }
        runs = SeedRuns(
            directory: command.output ?? RunPlan.freeDirectory(RunPlan.name(command.recipe.recipe, recipe)),
            recipe: recipe, seeds: try recipe.seeds(count))
        queue = RunQueue(runs.queued(), unit: "seeds", threads: threads, arguments: arguments)
        if command.resume, let saved = try SeedRuns.saved(in: runs.directory) {
            guard saved.recipe.json == recipe.json, saved.seeds == runs.seeds else {
                throw SpecError(
                    "the runs in \(runs.directory) were started with another recipe or other seeds: resume them "
                        + "without changes, or start runs of their own in another directory")
            }
            isNew = false
        } else {
            isNew = true
        }
    }

    func run() throws {
        let session = try RunSession(common, threads: 1, drawsFigures: false)
        let most = try queue.memoryAllows(of: [runs.recipe], opener: OracleDerivingOpener(session.host))
        if isNew { try runs.begin() }
        let endings = try queue.carryOut(most: most) { StandardError.write("induct: \($0)\n") }
        let finished = endings.filter { $0.code == 0 }.map(\.run.directory)
        let outcomes = try finished.map { try session.outcome(of: $0) }
        let records = try finished.map { try InductReport.RunRecord(directory: $0) }
        let spread = Spread(records)
        try runs.write(endings, spread: spread)
        var figures: Report.Outcome?
        if drawsFigures, records.count > 1 {
            let renderer = FigureRenderer.find(
                environment: ProcessEnvironment.variables, executableDirectory: try Executable.directory())
            figures = try Report(seeds: records, theory: session.theory(of: runs.recipe).map(TheoryCurve.init))
                .write(to: runs.directory, renderer: renderer)
        }
        switch common.format {
        case .json:
            try StandardOutput.write([
                "directory": .string(runs.directory), "runs": .array(outcomes.map(\.json)), "spread": spread.json,
                "endings": .array(endings.map(\.json)), "figures": .array((figures?.files ?? []).map { .string($0) }),
            ])
        case .text:
            var text = "\(runs.directory): \(finished.count) of \(runs.seeds.count) seeds finished\n"
            if !spread.items.isEmpty { text += "\n" + spread.text }
            try StandardOutput.write(text)
        }
        if let note = figures?.note { StandardError.write("induct: \(note)\n") }
        if endings.contains(where: { $0.code == ExitStatus.interrupted }) || endings.count < runs.seeds.count {
            StandardError.write(
                "induct: stopped; checkpoints are saved. Go on with: "
                    + "\(common.command("run", "--resume", "--output", runs.directory))\n")
            throw QuietExit(code: ExitStatus.interrupted)
        }
        try RunEnding.check(endings, unit: "seeds")
    }
}
