// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore
import InductReport

/// `induct sweep RECIPE --grid PATH=[VALUES]`: a grid of recipes, each under several seeds.
struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Run a recipe at every point of a grid, under several seeds.",
        discussion: """
            induct sweep recipe.yaml --grid architecture.width=[32,64] --grid source.sigma=[0.2,0.4] --seeds 3
            induct sweep recipe.yaml --grid 'size=[{label: small, architecture.width: 32, training.steps: 2000}]'
            induct sweep runs/recipe                       goes on with what is not finished

            Every point is an ordinary run with the bits of a lone one. A recipe may say its grid itself, under sweep.
            """)

    enum Launcher: String, CaseIterable, ExpressibleByArgument {
        case local
        case slurm
    }

    @OptionGroup var recipe: RecipeOptions
    @OptionGroup var common: CommonOptions

    @Option(
        name: .customLong("grid"), parsing: .singleValue,
        help: ArgumentHelp(
            "A path and its values; may be repeated; takes the place of the recipe's axis of that name.",
            valueName: "path=[values]"))
    var grid: [String] = []

    @Option(help: "Seeds of every point, one after another from the recipe's.")
    var seeds: Int?

    @Option(help: "One of the recipe's scales, such as smoke.")
    var scale: String?

    @Option(help: "Where runs are carried out: local, or slurm as job arrays.")
    var launcher = Launcher.local

    @Option(help: "Runs side by side; the default is one for each thread.")
    var jobs: Int?

    @Option(help: "Threads in all; with slurm, of each run. They change no bit of the result.")
    var threads: Int?

    @Option(
        name: .customLong("slurm-option"), parsing: .singleValue,
        help: ArgumentHelp("For sbatch, as in --time=2:00:00; may be repeated.", valueName: "option"))
    var slurmOptions: [String] = []

    @Option(name: .shortAndLong, help: "The sweep's directory; by default one of its own below runs/.")
    var output: String?

    @Flag(help: "Check the grid, print its points and what each would run, and stop.")
    var dryRun = false

    @Flag(inversion: .prefixedNo, help: "Draw the figures at the end.")
    var figures = true

    func run() throws {
        if let seeds, !(1...Sweep.limit).contains(seeds) {
            throw UsageError("--seeds must be from 1 to \(Sweep.limit), not \(seeds)")
        }
        let runs = try plannedRuns()
        let session = try SweepSession(
            runs, common: common, threads: threads ?? (launcher == .slurm ? 1 : nil), jobs: jobs,
            drawsFigures: figures)
        if dryRun { return try session.plan() }
        switch launcher {
        case .local: try session.report(try session.run())
        case .slurm:
            let arrays = try SlurmArrays(session, jobs: jobs, options: slurmOptions)
            try arrays.submit(format: common.format)
        }
    }

    private func plannedRuns() throws -> SweepRuns {
        if let place = recipe.recipe, FileKind.isDirectory(place) {
            guard recipe.isEmpty, grid.isEmpty, seeds == nil, scale == nil, output == nil else {
                throw UsageError(
                    "\(place) is a directory: a sweep goes on as it was begun; for more values or seeds name its recipe "
                        + "and --output \(place)")
            }
            guard let runs = try SweepRuns.open(place) else {
                throw UsageError("\(place) holds no sweep: there is no sweep.json in it")
            }
            return runs
        }
        let (yaml, overrides) = try recipe.document(recipe.recipe)
        let request = SweepRequest(
            name: recipe.recipe.map(RunPlan.stem) ?? "sweep", yaml: yaml, file: recipe.recipe, scale: scale,
            settings: overrides, grid: grid, seeds: seeds)
        return try SweepRuns(request, directory: output ?? RunPlan.freeDirectory(request.name))
    }
}
