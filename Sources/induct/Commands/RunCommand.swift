// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore
import InductLab
import InductReport

/// `induct run RECIPE`: trains, evaluates, saves, and puts the result beside the theory.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Train a model on a source, beside its exact theory.",
        discussion: """
            induct run recipe.yaml --set training.steps=2000
            induct run --source 'with-bos(coin(p=0.3))' --architecture 'transformer(layers=1)' --length 32 --steps 200
            induct run --resume --output runs/recipe
            """)

    @OptionGroup var recipe: RecipeOptions
    @OptionGroup var common: CommonOptions

    @Option(name: .shortAndLong, help: "The run's directory; by default one of its own below runs/.")
    var output: String?

    @Option(help: "Threads; they change no bit of the result. The default is the number of processors.")
    var threads: Int?

    @Flag(help: "Go on at the newest checkpoint in the directory; begin if there is no run yet.")
    var resume = false

    @Option(
        help:
            "That many runs, with seeds one after another, each in a directory of its own, side by side on the threads."
    )
    var seeds: Int?

    @Flag(help: "Check everything, print the memory that the run takes, and stop.")
    var dryRun = false

    @Flag(inversion: .prefixedNo, help: "Draw the figures at the end.")
    var figures = true

    func run() throws {
        if dryRun { return try RunPlan.describe(recipe.load(recipe.recipe), common, threads: threads) }
        if let campaign = try SeedCampaign(self) { return try campaign.run() }
        let plan = try RunPlan(recipe: recipe, output: output, resumes: resume)
        let session = try RunSession(common, threads: threads, drawsFigures: figures)
        let outcome = try session.run(plan.recipe, directory: plan.directory, resumes: plan.resumes)
        switch common.format {
        case .json: try StandardOutput.write(outcome.json)
        case .text: try StandardOutput.write(outcome.text)
        }
        if let note = outcome.figures?.note { StandardError.write("induct: \(note)\n") }
    }
}

/// The run of one command: recipe and directory.
struct RunPlan {
    /// Nil: whatever the run in the directory is.
    var recipe: Recipe?
    var directory: String
    var resumes: Bool

    init(recipe options: RecipeOptions, output: String?, resumes: Bool) throws {
        if resumes {
            let directory = output ?? options.recipe
            if let directory, options.isEmpty, output == nil || options.recipe == nil {
                guard FileKind.exists(directory + "/run.json") else {
                    throw UsageError("\(directory) holds no run to resume; name its recipe to begin one")
                }
                self.init(recipe: nil, directory: directory, resumes: true)
                return
            }
            guard let output else { throw UsageError("--resume needs --output, the directory of the run") }
            guard options.recipe != nil || options.namesParts || !FileKind.exists(output + "/run.json") else {
                throw UsageError(
                    "--resume goes on with the recipe in \(output)/run.json as it is: leave out the options that change it, "
                        + "or start a run of its own in another directory")
            }
        }
        let recipe = try options.load(options.recipe)
        let directory = output ?? Self.freeDirectory(Self.name(options.recipe, recipe))
        self.init(
            recipe: recipe, directory: directory, resumes: resumes && FileKind.exists(directory + "/run.json"))
    }

    /// Checks a recipe, and prints the memory that its run takes.
    static func describe(_ recipe: Recipe, _ common: CommonOptions, threads: Int?) throws {
        let plan = try ExperimentPlan(
            recipe, opener: OracleDerivingOpener(try common.host()), threads: try RunSession.threads(threads))
        try plan.checkInitialParameters()
        try MemoryReport(plan).print(common.format)
    }

    private init(recipe: Recipe?, directory: String, resumes: Bool) {
        self.recipe = recipe
        self.directory = directory
        self.resumes = resumes
    }

    /// The recipe's file name without its ending, or the names of source and architecture.
    static func name(_ path: String?, _ recipe: Recipe) -> String {
        guard let file = path?.split(separator: "/").last else {
            return [recipe.source.name, recipe.architecture.name].map {
                $0.split(separator: "/").last.map(String.init) ?? $0
            }
            .joined(separator: "-")
        }
        return stem(String(file))
    }

    /// A path's last part without its endings.
    static func stem(_ path: String) -> String {
        let file = path.split(separator: "/").last ?? path[...]
        return String(file.split(separator: ".").first ?? file)
    }

    static func freeDirectory(_ name: String) -> String {
        var directory = "runs/\(name)"
        var number = 2
        while FileKind.exists(directory) {
            directory = "runs/\(name)-\(number)"
            number += 1
        }
        return directory
    }
}

extension RunSession.Outcome {
    var text: String {
        let rate = result.stepsPerSecond.map { ", \($0.significant(3)) steps/s" } ?? ""
        return "\(result.directory): \(result.step) steps\(rate)\n\n" + summary.text
    }

    var json: JSON {
        [
            "directory": .string(result.directory), "step": .integer(Int64(result.step)),
            "steps": .integer(Int64(result.steps)), "loss": .optional(result.loss),
            "steps_per_second": .optional(result.stepsPerSecond), "summary": summary.json,
            "figures": .array((figures?.files ?? []).map { .string($0) }),
        ]
    }
}
