// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import InductCore
import InductHost
import InductLab

/// `induct bench train|source|theory|kernels|isolation`.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure how fast this machine trains, samples and predicts.",
        subcommands: [
            BenchTrainCommand.self, BenchSourceCommand.self, BenchTheoryCommand.self, BenchKernelsCommand.self,
            BenchIsolationCommand.self,
        ])
}

/// What a benchmark of a source takes.
struct BenchOptions: ParsableArguments {
    @Option(help: "The source.")
    var source: String

    @Option(help: "Predicted positions, or tokens of a sample.")
    var length = 100

    @Option(help: "Samples of a step.")
    var batch = 64

    @Option(help: "Steps of a repetition.")
    var steps = 50

    @Option(help: "Repetitions; their median counts.")
    var repetitions = 5

    @Option(help: "Threads; the default is the number of processors.")
    var threads: Int?

    func check() throws {
        for (name, value, range) in [
            ("--length", length, Recipe.Limit.length), ("--batch", batch, Recipe.Limit.batch),
            ("--steps", steps, Recipe.Limit.steps), ("--repetitions", repetitions, 1...10_000),
        ] where !range.contains(value) {
            throw UsageError("\(name) must be from \(range.lowerBound) to \(range.upperBound), not \(value)")
        }
    }
}

/// `induct bench source`: batches a second that a source fills.
struct BenchSourceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "source", abstract: "Batches per second that a source fills.")

    @OptionGroup var options: BenchOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        try options.check()
        let host = try common.host()
        let argument = try SpecArgument(options.source)
        let source = try argument.pointing { try host.source($0) }
        let pool = WorkerPool(threads: try RunSession.threads(options.threads))
        let batches = try firstSamples(source)
        let rooms = (0..<pool.threads).map { _ in
            Batch(schema: source.schema, count: options.batch, length: options.length)
        }
        let failures = (0..<pool.threads).map { _ in FillFailure() }
        var rates: [Double] = []
        for repetition in 0..<options.repetitions + 1 {
            let begun = Self.now
            pool.run(count: batches.count) { item, worker in
                do throws(PluginFailure) {
                    try source.fill(
                        rooms[worker], rows: 0..<rooms[worker].count, view: 0, seed: 1, first: batches[item])
                } catch {
                    failures[worker].first = failures[worker].first ?? error
                }
            }
            if let failure = failures.lazy.compactMap(\.first).first { throw failure }
            // The first repetition warms up.
            if repetition > 0 { rates.append(Double(options.steps) / max(1e-9, Self.now - begun)) }
        }
        let median = BenchResult.median(rates)
        try BenchResult(
            stepsPerSecond: median, tokensPerSecond: median * Double(options.batch * options.length),
            threads: pool.threads, kernels: host.kernels.variant, repetitions: rates
        ).print(common.format)
    }

    /// Where each batch begins: one after the other, from the start again where the view ends.
    private func firstSamples(_ source: any Source) throws -> [UInt64] {
        let batch = UInt64(options.batch)
        guard let count = source.views[0].count else { return (0..<options.steps).map { UInt64($0) * batch } }
        guard batch <= count else {
            throw UsageError("--batch \(batch) is more than the \(count) samples of the view \(source.views[0].name)")
        }
        return (0..<options.steps).map { UInt64($0) % (count / batch) * batch }
    }

    /// What went wrong in one worker; each has its own.
    private final class FillFailure: @unchecked Sendable {
        var first: PluginFailure?
    }

    private static var now: Double { Clock.now }
}

/// Seconds that only go forward.
enum Clock {
    static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

/// What a benchmark found.
struct BenchResult {
    var stepsPerSecond: Double
    var tokensPerSecond: Double
    var threads: Int
    var kernels: String
    /// Steps per second of each repetition.
    var repetitions: [Double]

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    func print(_ format: OutputFormat) throws {
        switch format {
        case .json:
            try StandardOutput.write([
                "steps_per_second": .number(stepsPerSecond), "tokens_per_second": .number(tokensPerSecond),
                "threads": .integer(Int64(threads)), "kernels": .string(kernels), "repetitions": .numbers(repetitions),
            ])
        case .text:
            try StandardOutput.write(
                TextTable.pairs([
                    ("steps per second", stepsPerSecond.significant(5)),
                    ("tokens per second", tokensPerSecond.significant(5)), ("threads", "\(threads)"),
                    ("kernels", kernels),
                    ("repetitions", repetitions.map { $0.significant(5) }.joined(separator: ", ")),
                ]))
        }
    }
}
