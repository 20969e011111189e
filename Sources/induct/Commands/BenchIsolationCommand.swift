// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore
import InductHost
import InductLab

/// `induct bench isolation`: what processes of their own cost a training.
struct BenchIsolationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "isolation", abstract: "Training steps per second with plugins in processes of their own.",
        discussion: """
            The same training, once in this process and once with --isolate, in turns; their losses must be equal to the bit.

            induct bench isolation --configuration c --threads 2
            """)

    @OptionGroup var training: BenchTrainingOptions

    @Option(help: "Repetitions of each; their medians count.")
    var repetitions = 7

    @Option(help: "Threads; the default is the number of processors.")
    var threads: Int?

    @OptionGroup var common: CommonOptions

    func run() throws {
        guard (1...10_000).contains(repetitions) else {
            throw UsageError("--repetitions must be from 1 to 10000, not \(repetitions)")
        }
        let recipe = try training.recipe()
        var (inside, outside) = (common, common)
        inside.isolate = []
        if outside.isolate.isEmpty { outside.isolate = [IsolationArgument.all] }
        let hosts = [try inside.host(), try outside.host()]
        let results = try TrainingBenchmark.compare(
            recipe, openers: hosts, kernels: hosts[0].kernels, threads: try RunSession.threads(threads),
            repetitions: repetitions)
        try print(results[0], results[1], isolated: hosts[1].isolated)
    }

    private func print(_ inside: TrainingBenchmark, _ outside: TrainingBenchmark, isolated: [String]) throws {
        // Neighbours in time are compared, and the median of that counts.
        let ratios = zip(inside.repetitions, outside.repetitions).map { $0 / $1 }
        let overhead = BenchResult.median(ratios) - 1
        switch common.format {
        case .json:
            func json(_ result: TrainingBenchmark) -> JSON {
                [
                    "steps_per_second": .number(result.stepsPerSecond),
                    "repetitions": .numbers(result.repetitions),
                ]
            }
            try StandardOutput.write([
                "in_process": json(inside), "isolated": json(outside), "overhead": .number(overhead),
                "ratios": .numbers(ratios), "plugins": .array(isolated.map { .string($0) }),
                "threads": .integer(Int64(inside.threads)), "kernels": .string(inside.kernels),
            ])
        case .text:
            try StandardOutput.write(
                TextTable.pairs([
                    ("in process", "\(inside.stepsPerSecond.significant(5)) steps per second"),
                    ("isolated", "\(outside.stepsPerSecond.significant(5)) steps per second"),
                    ("overhead", "\((100 * overhead).significant(3)) %, the median of \(ratios.count)"),
                    ("of each", ratios.map { "\((100 * ($0 - 1)).significant(3)) %" }.joined(separator: ", ")),
                    ("plugins", isolated.joined(separator: ", ")), ("threads", "\(inside.threads)"),
                    ("kernels", inside.kernels),
                ]))
        }
    }
}
