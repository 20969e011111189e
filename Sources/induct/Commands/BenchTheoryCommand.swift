// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore
import InductHost
import InductLab
import InductTheory

/// `induct bench theory SPEC`: how long h_l takes by length, and how many tokens a second the oracle predicts.
struct BenchTheoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "theory",
        abstract: "Time to the entropies by length, and tokens per second of the oracle.",
        discussion: """
            A step is one batch through the oracle, which gives the law of every next token and the log-probability of every \
            prefix. The theory is timed at an eighth, a quarter, a half of the length, and at all of it.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The source, as in mess3(x=0.15, a=0.6).")
    var spec: String?

    @Option(help: "The source, as for the other benchmarks.")
    var source: String?

    @Option(help: "Positions of the theory, and tokens of a sequence.")
    var length = 100

    @Option(help: "Sequences of a step of the oracle.")
    var batch = 64

    @Option(help: "Steps of a repetition.")
    var steps = 50

    @Option(help: "Repetitions; their median counts.")
    var repetitions = 5

    @Option(help: "Threads of the oracle.")
    var threads = 1

    func run() throws {
        guard let text = spec ?? source, spec == nil || source == nil else {
            throw UsageError("name one source, as in: induct bench theory 'mess3(x=0.15, a=0.6)'")
        }
        for (name, value, range) in [
            ("--length", length, Recipe.Limit.length), ("--batch", batch, Recipe.Limit.batch),
            ("--steps", steps, Recipe.Limit.steps), ("--repetitions", repetitions, 1...10_000),
        ] where !range.contains(value) {
            throw UsageError("\(name) must be from \(range.lowerBound) to \(range.upperBound), not \(value)")
        }
        let argument = try SpecArgument(text)
        let host = try common.host()
        let source = try argument.pointing { try host.source($0) }
        let pool = WorkerPool(threads: try RunSession.threads(threads))
        let theory = try theoryTimes(source)
        let rates = try oracleRates(SourceWithOracle.deriving(from: source), pool)
        let median = BenchResult.median(rates)
        let tokens = source.oracle == nil && source.hmm == nil ? nil : median * Double(batch * length)
        let states = theory.last?.mixedStates.map { Double($0) / max(1e-9, theory.last?.seconds ?? 0) }
        switch common.format {
        case .json:
            try StandardOutput.write([
                "steps_per_second": tokens == nil ? .null : .number(median), "tokens_per_second": .optional(tokens),
                "threads": .integer(Int64(pool.threads)), "kernels": .string(host.kernels.variant),
                "repetitions": .numbers(rates),
                "theory": .array(
                    theory.map {
                        [
                            "length": .integer(Int64($0.length)), "seconds": .number($0.seconds),
                            "method": .string($0.method.rawValue),
                            "mixed_states": $0.mixedStates.map { .integer(Int64($0)) } ?? .null,
                        ]
                    }),
                "theory_seconds": .optional(theory.last?.seconds), "mixed_states_per_second": .optional(states),
            ])
        case .text:
            let costs = theory.map {
                ("theory, l = \($0.length)", "\($0.seconds.significant(3)) s, \($0.method.rawValue)")
            }
            try StandardOutput.write(
                TextTable.pairs(
                    costs + [
                        ("mixed states per second", states?.significant(4) ?? "-"),
                        ("oracle, tokens per second", tokens?.significant(4) ?? "no oracle"),
                        ("threads", "\(pool.threads)"), ("kernels", host.kernels.variant),
                    ]))
        }
    }

    private struct TheoryTime {
        var length: Int
        var seconds: Double
        var method: Theory.Method
        var mixedStates: Int?
    }

    /// The theory at growing lengths; the median of the repetitions, of which slow ones are not repeated.
    private func theoryTimes(_ source: any Source) throws -> [TheoryTime] {
        var times: [TheoryTime] = []
        for length in Set([8, 4, 2, 1].map { max(1, self.length / $0) }).sorted() {
            var seconds: [Double] = []
            var theory: Theory?
            repeat {
                let begun = Clock.now
                theory = try Theory.of(source, request: TheoryRequest(length: length, components: .never))
                seconds.append(Clock.now - begun)
            } while seconds.count < repetitions && seconds.reduce(0, +) < 0.5
            guard let theory else { break }
            times.append(
                TheoryTime(
                    length: length, seconds: BenchResult.median(seconds), method: theory.method,
                    mixedStates: theory.mixedStates))
        }
        return times
    }

    /// Steps per second of each repetition; empty for a source without an oracle.
    private func oracleRates(_ source: any Source, _ pool: WorkerPool) throws -> [Double] {
        guard let oracle = source.oracle, source.schema.task == .nextToken else { return [] }
        let rooms = try (0..<pool.threads).map { worker in
            try Room(source, count: batch, length: length, first: UInt64(worker * batch))
        }
        var rates: [Double] = []
        for repetition in 0...repetitions {
            let begun = Clock.now
            pool.run(count: steps) { _, worker in
                let room = rooms[worker]
                do throws(PluginFailure) {
                    try oracle.evaluate(room.batch, view: 0, seed: 1, into: room.results)
                } catch {
                    room.failure = room.failure ?? error
                }
            }
            if let failure = rooms.lazy.compactMap(\.failure).first { throw failure }
            // The first repetition warms up.
            if repetition > 0 { rates.append(Double(steps) / max(1e-9, Clock.now - begun)) }
        }
        return rates
    }

    /// One worker's sequences and results.
    private final class Room: @unchecked Sendable {
        let batch: Batch
        let results: OracleResults
        var failure: PluginFailure?

        init(_ source: any Source, count: Int, length: Int, first: UInt64) throws {
            batch = Batch(schema: source.schema, count: count, length: length)
            try source.fill(batch, rows: 0..<count, view: 0, seed: 1, first: first)
            results = OracleResults(
                predictive: Tensor(.float64, [count, length + 1, source.schema.classes]),
                logProbability: Tensor(.float64, [count, length + 1]))
        }
    }
}
