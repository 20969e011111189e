// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore
import InductReport

extension ReproductionScale: ExpressibleByArgument {}

/// `induct reproduce list|NAME`: the experiments that come with Induct.
struct ReproduceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce", abstract: "Run an experiment of a paper and hold the result against it.",
        discussion: """
            Recipes are looked for in INDUCT_EXPERIMENTS, else in Experiments above the executable, else in \
            share/induct/experiments of the installation. Exit code 1: it ran, and a claim is not met.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "An experiment such as s1/induction, or list.")
    var name: String

    @Option(help: "smoke: small, of single runs without a verdict; paper: as published.")
    var scale = ReproductionScale.paper

    @Option(name: .shortAndLong, help: "The run's directory; by default one of its own below runs/.")
    var output: String?

    @Option(help: "Threads; they change no bit of the result.")
    var threads: Int?

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Change a value of the recipe; may be repeated.", valueName: "path=value"))
    var settings: [String] = []

    @Flag(help: "Check everything, print what would run and the memory it takes, and stop.")
    var dryRun = false

    @Flag(inversion: .prefixedNo, help: "Draw the figures at the end.")
    var figures = true

    func run() throws {
        let library = try ExperimentLibrary()
        if name == "list" { return try list(library) }
        let path = try library.path(of: name)
        let yaml = try TextFile.read(path, limit: 1 << 20)
        let directory = output ?? RunPlan.freeDirectory(name.split(separator: "/").joined(separator: "-"))
        let request = SweepRequest(name: name, yaml: yaml, file: path, scale: scale.rawValue, settings: settings)
        if try request.hasSweep {
            let session = try SweepSession(
                SweepRuns(request, directory: directory), common: common, threads: threads, jobs: nil,
                drawsFigures: figures)
            return dryRun ? try session.plan() : try sweep(session)
        }
        let reproduction = Reproduction(name, scale: scale)
        let recipe = try Recipe(yaml: yaml, file: path, overrides: reproduction.settings + settings)
        if dryRun { return try RunPlan.describe(recipe, common, threads: threads) }
        let session = try RunSession(common, threads: threads, drawsFigures: figures)
        let outcome = try session.run(recipe, directory: directory, resumes: false)
        let verdicts = reproduction.verdicts(outcome.summary)
        switch common.format {
        case .json:
            var result = outcome.json.members ?? []
            let checks = verdicts.map { verdict -> JSON in
                ["claim": .string(verdict.claim), "value": .optional(verdict.value), "met": .bool(verdict.isMet)]
            }
            result.append(.init(key: "checks", value: .array(checks)))
            try StandardOutput.write(JSON.object(result))
        case .text: try StandardOutput.write(outcome.text + Self.text(verdicts))
        }
        if let note = outcome.figures?.note { StandardError.write("induct: \(note)\n") }
        if verdicts.contains(where: { !$0.isMet }) { throw QuietExit(code: ExitStatus.negative) }
    }

    /// An experiment that is a sweep: its claims are its verdict.
    private func sweep(_ session: SweepSession) throws {
        let outcome = try session.run()
        try session.report(outcome)
        if outcome.verdicts.contains(where: \.isFault) { throw QuietExit(code: ExitStatus.negative) }
    }

    private func list(_ library: ExperimentLibrary) throws {
        let found = try library.names.map { ($0, try library.summary(of: $0)) }
        switch common.format {
        case .json:
            try StandardOutput.write([
                "experiments": .array(found.map { ["name": .string($0.0), "summary": .string($0.1)] })
            ])
        case .text: try StandardOutput.write(TextTable.pairs(found))
        }
    }

    private static func text(_ verdicts: [Reproduction.Verdict]) -> String {
        guard !verdicts.isEmpty else { return "" }
        var table = TextTable([("", .left), ("claim", .left), ("found", .right)])
        for verdict in verdicts {
            table.add([verdict.isMet ? "met" : "NOT MET", verdict.claim, (verdict.value ?? .nan).significant(4)])
        }
        return "\nThe paper's result:\n" + table.text
    }
}
