// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore
import InductLab
import InductReport

/// `induct runs list|show|compare|export`.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "What runs there are, and what came of them.",
        subcommands: [
            RunsListCommand.self, RunsShowCommand.self, RunsCompareCommand.self, RunsExportCommand.self,
        ], defaultSubcommand: RunsListCommand.self)
}

/// `induct runs list [DIRECTORY]`: the runs below a directory.
struct RunsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "The runs below a directory.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "Where to look.")
    var directory = "runs"

    /// Levels of directories that are searched.
    private static let depth = 4

    func run() throws {
        guard FileKind.isDirectory(directory) else {
            throw CommandError("\(directory) is no directory", code: ExitStatus.inputOutput)
        }
        var runs: [(directory: String, record: InductLab.RunRecord)] = []
        for path in Self.search(directory, depth: Self.depth) {
            do {
                runs.append((path, try Run.open(path).record))
            } catch {
                StandardError.write("induct: warning: \(path): \(error)\n")
            }
        }
        switch common.format {
        case .json:
            try StandardOutput.write(["runs": .array(runs.map { Self.json($0.directory, $0.record) })])
        case .text:
            var table = TextTable([
                ("directory", .left), ("status", .left), ("step", .right), ("seed", .right), ("source", .left),
                ("architecture", .left),
            ])
            for (directory, record) in runs {
                let recipe = record.written
                table.add([
                    directory, record.status.rawValue, "\(record.step)/\(recipe.training.steps)", "\(recipe.seed)",
                    Self.short(recipe.source), Self.short(recipe.architecture),
                ])
            }
            try StandardOutput.write(runs.isEmpty ? "" : table.text)
        }
    }

    private static func search(_ directory: String, depth: Int) -> [String] {
        if FileKind.isFile(directory + "/run.json") { return [directory] }
        guard depth > 0 else { return [] }
        return FileKind.names(in: directory).filter { !$0.hasPrefix(".") }.map { "\(directory)/\($0)" }
            .filter(FileKind.isDirectory).flatMap { search($0, depth: depth - 1) }
    }

    private static func short(_ spec: PluginSpec) -> String {
        let text = spec.description
        return text.count <= 48 ? text : String(text.prefix(45)) + "..."
    }

    static func json(_ directory: String, _ record: InductLab.RunRecord) -> JSON {
        let recipe = record.written
        return [
            "directory": .string(directory), "status": .string(record.status.rawValue),
            "step": .integer(Int64(record.step)),
            "steps": .integer(Int64(recipe.training.steps)), "seed": .integer(Int64(recipe.seed)),
            "source": .string(recipe.source.description), "architecture": .string(recipe.architecture.description),
            "started": .string(record.started), "ended": .optional(record.ended),
        ]
    }
}

/// `induct runs show RUN`: the recipe, the state, and the newest metrics beside the theory.
struct RunsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "What was run, and what came of it.")

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp("The run's directory.", valueName: "run"))
    var directory: String

    @Option(
        name: .customLong("transition"), parsing: .singleValue,
        help: ArgumentHelp(
            """
            A scalar metric, as in label_loss_later=0.3466: the first evaluated step below the level, and where the curve \
            changes; without a level only the latter. May be repeated.
            """, valueName: "metric[=level]"))
    var transitions: [String] = []

    /// The metrics asked for, with their levels.
    private func asked(_ metrics: InductReport.RunRecord) throws -> [(metric: String, level: Double?)] {
        let scalars = Set(metrics.metrics.filter { $0.scalar != nil }.map(\.metric)).sorted()
        return try transitions.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let metric = String(parts.first ?? "")
            guard scalars.contains(metric) else {
                let near = suggestion(for: metric, among: scalars)
                let list = scalars.isEmpty ? "none" : scalars.joined(separator: ", ")
                throw UsageError(
                    "\(directory) holds no scalar metric '\(metric.prefix(80))'"
                        + (near.isEmpty ? "; it holds \(list)" : near))
            }
            guard parts.count > 1 else { return (metric, nil) }
            guard let level = Double(parts[1]), level.isFinite else {
                throw UsageError("--transition \(metric): the level must be a number, not '\(parts[1].prefix(40))'")
            }
            return (metric, level)
        }
    }

    func run() throws {
        let saved = try Run.open(directory)
        let record = saved.record
        let session = try RunSession(common, threads: 1, drawsFigures: false)
        let metrics = try InductReport.RunRecord(directory: directory)
        let summary = RunSummary(
            metrics, recipe: record.written, theory: session.theory(of: record.recipe), asked: try asked(metrics))
        switch common.format {
        case .json:
            try StandardOutput.write([
                "run": RunsListCommand.json(directory, record), "record": record.json,
                "checkpoints": .integers(saved.checkpoints), "summary": summary.json,
            ])
        case .text:
            let facts = [
                ("directory", directory),
                ("status", "\(record.status), step \(record.step) of \(record.recipe.training.steps)"),
                ("seed", "\(record.recipe.seed)"), ("started", record.started), ("ended", record.ended ?? "-"),
                ("kernels", record.kernels),
                ("plugins", record.plugins.map { "\($0.id) \($0.version)" }.joined(separator: ", ")),
                ("checkpoints", saved.checkpoints.map(String.init).joined(separator: ", ")),
            ]
            try StandardOutput.write(TextTable.pairs(facts) + "\n" + summary.text)
        }
    }
}
