// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductLab
import InductReport
import InductTheory

/// Carries out a sweep for the commands, and says what came of it.
struct SweepSession {
    let runs: SweepRuns
    let common: CommonOptions
    let queue: RunQueue
    let drawsFigures: Bool

    /// What came of a sweep.
    struct Outcome {
        var endings: [RunEnding]
        var table: SweepTable
        var verdicts: [ClaimVerdict]
        var figures: Report.Outcome?
        var status: String
    }

    init(_ runs: SweepRuns, common: CommonOptions, threads: Int?, jobs: Int?, drawsFigures: Bool) throws {
        if let jobs, !(1...4096).contains(jobs) { throw UsageError("--jobs must be from 1 to 4096, not \(jobs)") }
        self.runs = runs
        self.common = common
        self.drawsFigures = drawsFigures
        queue = RunQueue(
            runs.queued, unit: "runs", threads: try RunSession.threads(threads), jobs: jobs,
            arguments: common.arguments + ["--no-figures"])
    }

    /// Opens what some of the points name, so that what is wrong is said before anything is begun.
    ///
    /// - Returns: how many runs memory allows side by side.
    /// - Throws: `SpecError` that names the point.
    func check(_ host: some PluginOpener) throws -> Int {
        var most = queue.jobs
        for (point, recipe) in runs.representatives {
            do {
                most = min(most, try queue.memoryAllows(of: [recipe], opener: host))
                try checkTheory(of: recipe, at: point, host)
            } catch var error as SpecError {
                let title = runs.recipe.sweep.title(of: point)
                if !title.isEmpty { error.message = "at the point \(title): \(error.message)" }
                throw error
            }
        }
        return most
    }

    /// Holds figures that ask for theory to sources that have one, drawn along the size of their training set.
    ///
    /// - Throws: `SpecError`.
    private func checkTheory(of recipe: Recipe, at point: Sweep.Point, _ host: some PluginOpener) throws {
        let sweep = runs.recipe.sweep
        guard sweep.figures.contains(where: { $0.theory != nil }) else { return }
        let source = try host.source(recipe.source)
        for (i, figure) in sweep.figures.enumerated() where figure.theory != nil {
            guard let axis = sweep.axis(named: figure.x) else { continue }
            guard let law = source.labelledExamples else {
                throw SpecError(
                    "sweep.figures.\(i).theory: \(source.spec) does not state how it draws labelled examples")
            }
            do throws(TheoryError) {
                _ = try LabelledExamplesTheory.of(source)
            } catch {
                throw SpecError("sweep.figures.\(i).theory: \(error)")
            }
            guard law.trainingCount.map({ Double($0) }) == sweep.axes[axis].values[point.indices[axis]].number else {
                throw SpecError(
                    "sweep.figures.\(i).theory: switch points are drawn along the size of the training set, and "
                        + "\(sweep.shortName(axis)) is another axis")
            }
        }
    }

    /// Checks the sweep, and prints its points and what each would run.
    func plan() throws {
        let most = try check(OracleDerivingOpener(try common.host()))
        switch common.format {
        case .json:
            let points = runs.points.map { point, runs -> JSON in
                [
                    "directory": .string(runs.directory), "seeds": .integers(runs.seeds),
                    "recipe": runs.recipe.json,
                ]
            }
            try StandardOutput.write([
                "directory": .string(runs.directory), "runs": .integer(Int64(queue.runs.count)),
                "side_by_side": .integer(Int64(most)), "points": .array(points),
            ])
        case .text:
            let steps = queue.runs.reduce(0) { $0 + $1.recipe.training.steps }
            try StandardOutput.write(
                runs.points.map { $0.runs.directory + "\n" }.joined()
                    + "\n\(runs.points.count) points, \(queue.runs.count) runs, \(steps) training steps in all, "
                    + "\(most) side by side\n")
        }
    }

    /// Carries out what is not finished, and writes the results down.
    func run() throws -> Outcome {
        let session = try RunSession(common, threads: 1, drawsFigures: false)
        let most = try check(OracleDerivingOpener(session.host))
        try runs.begin()
        let endings = try queue.carryOut(most: most) { StandardError.write("induct: \($0)\n") }
        let isCut = endings.count < queue.runs.count || endings.contains { $0.code == ExitStatus.interrupted }
        return try finish(
            endings, status: isCut ? "interrupted" : endings.contains { $0.code != 0 } ? "failed" : "finished",
            prediction: session.switchPredictions())
    }

    /// Reads what is finished, draws the figures, holds the claims against it.
    private func finish(
        _ endings: [RunEnding], status: String, prediction: @escaping (PluginSpec) -> SwitchPrediction?
    ) throws -> Outcome {
        let table = try runs.table()
        try runs.write(endings, status: status, table: table)
        let bySeeds = Dictionary(grouping: endings) { $0.run.recipeFile }
        for (place, point) in zip(runs.points, table.points) {
            try place.runs.write(
                bySeeds[SeedRuns.recipeFile(place.runs.directory)] ?? [], spread: point.spread)
        }
        let verdicts = runs.recipe.sweep.claims.map { ClaimVerdict($0, in: table) }
        var figures: Report.Outcome?
        if drawsFigures, status != "interrupted" {
            let renderer = FigureRenderer.find(
                environment: ProcessEnvironment.variables, executableDirectory: try Executable.directory())
            figures = try Report(table, verdicts: verdicts, prediction: prediction)
                .write(to: runs.directory, renderer: renderer, as: [.svg])
        }
        return Outcome(endings: endings, table: table, verdicts: verdicts, figures: figures, status: status)
    }

    /// A longer table is for those who ask for it.
    private static let mostRowsShown = 100

    /// Prints the outcome, and ends the command with its code where something is left to do.
    ///
    /// - Throws: `QuietExit` when the sweep was interrupted, or when a run failed.
    func report(_ outcome: Outcome) throws {
        switch common.format {
        case .json:
            let members = runs.json(outcome.endings, status: outcome.status, table: outcome.table).members ?? []
            try StandardOutput.write(
                JSON.object(
                    members + [
                        .init(key: "claims", value: .array(outcome.verdicts.map(\.json))),
                        .init(key: "figures", value: .array((outcome.figures?.files ?? []).map { .string($0) })),
                    ]))
        case .text:
            let finished = outcome.endings.count { $0.code == 0 }
            let results = outcome.table.text(most: Self.mostRowsShown) + ClaimVerdict.text(outcome.verdicts)
            try StandardOutput.write(
                "\(runs.directory): \(finished) of \(queue.runs.count) runs finished\n"
                    + (outcome.status == "interrupted" ? "" : "\n" + results))
        }
        if let note = outcome.figures?.note { StandardError.write("induct: \(note)\n") }
        if outcome.status == "interrupted" {
            StandardError.write(
                "induct: stopped; checkpoints are saved. Go on with: \(common.command("sweep", runs.directory))\n")
            throw QuietExit(code: ExitStatus.interrupted)
        }
        try RunEnding.check(outcome.endings, unit: "runs")
    }
}
