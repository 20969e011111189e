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

    @Option(help: "That many runs, with seeds one after another, each in a directory of its own.")
    var seeds: Int?

    @Flag(inversion: .prefixedNo, help: "Draw the figures at the end.")
    var figures = true

    func run() throws {
        let plan = try RunPlan(recipe: recipe, output: output, resumes: resume, seeds: seeds)
        let session = try RunSession(common, threads: threads, drawsFigures: figures)
        var results: [JSON] = []
        for (i, item) in plan.items.enumerated() {
            let label = plan.items.count > 1 ? "[\(i + 1)/\(plan.items.count)] " : ""
            let outcome = try session.run(item.recipe, directory: item.directory, resumes: item.resumes, label: label)
            switch common.format {
            case .json: results.append(outcome.json)
            case .text: try StandardOutput.write((i > 0 ? "\n" : "") + outcome.text)
            }
            if let note = outcome.figures?.note, i == plan.items.count - 1 { StandardError.write("induct: \(note)\n") }
        }
        if common.format == .json {
            if seeds == nil, let result = results.first {
                try StandardOutput.write(result)
            } else {
                try StandardOutput.write(["runs": .array(results)])
            }
        }
    }
}

/// The runs of one command: recipes and directories.
struct RunPlan {
    struct Item {
        /// Nil: whatever the run in the directory is.
        var recipe: Recipe?
        var directory: String
        var resumes: Bool
    }

    var items: [Item] = []

    init(recipe options: RecipeOptions, output: String?, resumes: Bool, seeds: Int?) throws {
        if let seeds, !(1...100_000).contains(seeds) {
            throw UsageError("--seeds must be from 1 to 100000, not \(seeds)")
        }
        if resumes {
            let directory = output ?? options.recipe
            if let directory, options.isEmpty, seeds == nil, output == nil || options.recipe == nil {
                guard FileKind.exists(directory + "/run.json") else {
                    throw UsageError("\(directory) holds no run to resume; name its recipe to begin one")
                }
                items = [Item(recipe: nil, directory: directory, resumes: true)]
                return
            }
            guard output != nil else { throw UsageError("--resume needs --output, the directory of the run") }
        }
        let recipe = try options.load(options.recipe)
        let base = output ?? Self.freeDirectory(Self.name(options.recipe, recipe))
        if let seeds {
            for seed in recipe.seed..<recipe.seed + UInt64(seeds) {
                var own = recipe
                own.seed = seed
                add(own, base + "/seed-\(seed)", resumes)
            }
        } else {
            add(recipe, base, resumes)
        }
    }

    private mutating func add(_ recipe: Recipe, _ directory: String, _ resumes: Bool) {
        let exists = FileKind.exists(directory + "/run.json")
        items.append(Item(recipe: recipe, directory: directory, resumes: resumes && exists))
    }

    /// The recipe's file name without its ending, or the names of source and architecture.
    private static func name(_ path: String?, _ recipe: Recipe) -> String {
        guard let file = path?.split(separator: "/").last else {
            return [recipe.source.name, recipe.architecture.name].map {
                $0.split(separator: "/").last.map(String.init) ?? $0
            }
            .joined(separator: "-")
        }
        let stem = file.split(separator: ".").first ?? file
        return String(stem)
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
