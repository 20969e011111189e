// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore
import InductHost
import InductLab

/// `induct bench train`: training steps a second, evaluation left out.
struct BenchTrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Training steps per second: data, forward, backward and update.",
        discussion: """
            induct bench train --configuration c --threads 2
            induct bench train --source 'coin(p=0.5)' --architecture 'transformer(layers=1)' --length 64 --batch 64
            induct bench train --configuration a --threads 2 --runs 2       two trainings side by side, one thread each
            """)

    @OptionGroup var training: BenchTrainingOptions

    @Option(help: "Repetitions; their median counts.")
    var repetitions = 5

    @Option(help: "Threads; the default is the number of processors.")
    var threads: Int?

    @Option(help: "Independent trainings side by side, which share the threads; rates are those of all together.")
    var runs = 1

    @Flag(help: "Print the memory that the training takes, and stop.")
    var dryRun = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        for (name, value, range) in [("--repetitions", repetitions, 1...10_000), ("--runs", runs, 1...256)]
        where !range.contains(value) {
            throw UsageError("\(name) must be from \(range.lowerBound) to \(range.upperBound), not \(value)")
        }
        let recipe = try training.recipe()
        let host = try common.host()
        let threads = try RunSession.threads(threads)
        if dryRun {
            let plan = try ExperimentPlan(recipe, opener: host, threads: max(1, threads / runs))
            return try MemoryReport(plan).print(common.format)
        }
        let result = try TrainingBenchmark.measure(
            recipe, opener: host, kernels: host.kernels, threads: threads, repetitions: repetitions, runs: runs)
        try BenchResult(
            stepsPerSecond: result.stepsPerSecond, tokensPerSecond: result.tokensPerSecond, threads: result.threads,
            kernels: result.kernels, repetitions: result.repetitions
        ).print(common.format)
    }
}

/// The recipes in Benchmarks/configurations: models of stated sizes, to compare speeds by.
struct ConfigurationLibrary {
    /// Nil when there is none.
    let directory: String?

    init() throws {
        directory = try SharedDirectory.find(
            variable: "INDUCT_CONFIGURATIONS", inSources: "Benchmarks/configurations", installed: "configurations")
    }

    var names: [String] {
        directory.map {
            FileKind.names(in: $0).filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
        }
            ?? []
    }

    /// The recipe of a name, or the recipe at a path.
    ///
    /// - Throws: `UsageError` for a name that is not there, with those that are.
    func path(of name: String) throws -> String {
        if let directory, names.contains(name) { return "\(directory)/\(name).yaml" }
        if name.contains("/") || name.hasSuffix(".yaml") { return name }
        let help =
            names.isEmpty
            ? "none were found; INDUCT_CONFIGURATIONS names their directory"
            : "there are \(names.joined(separator: ", "))"
        throw UsageError("there is no configuration '\(name.prefix(80))': \(help)")
    }
}
