// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore
import InductLab
import InductReport

/// `induct report RUN... --output F.html`: runs and sweeps as one self-contained page.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write runs and sweeps as one page in HTML, figures inside.")

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp("Directories of runs or sweeps.", valueName: "run"))
    var directories: [String]

    @Option(name: .shortAndLong, help: "The page.")
    var output: String

    @Option(
        name: .customLong("metric"), parsing: .singleValue,
        help: "Of sweeps: a metric to draw in place of the recipe's figures; may be repeated.")
    var metrics: [String] = []

    @Option(help: "Of sweeps, with --metric: the axis to draw it along, or step.")
    var along: String?

    @Option(
        name: .customLong("lines"), parsing: .singleValue,
        help: ArgumentHelp("Of sweeps, with --metric: an axis that makes lines; may be repeated.", valueName: "axis"))
    var lines: [String] = []

    func run() throws {
        guard !directories.isEmpty else { throw UsageError("name a run or a sweep") }
        guard !metrics.isEmpty || (along == nil && lines.isEmpty) else {
            throw UsageError("--along and --lines say how to draw a metric: name it with --metric")
        }
        let session = try RunSession(common, threads: 1, drawsFigures: false)
        let renderer = FigureRenderer.find(
            environment: ProcessEnvironment.variables, executableDirectory: try Executable.directory())
        var notes: [String] = []
        let sections = try directories.map { directory in
            let (section, note) = try section(of: directory, session, renderer)
            if let note { notes.append(note) }
            return section
        }
        let page = ReportPage(
            title: directories.count == 1 ? directories[0] : "\(directories.count) results", sections: sections)
        try FileSystem.replace(output, with: Array(page.html.utf8))
        switch common.format {
        case .json:
            try StandardOutput.write([
                "report": .string(output), "figures": .integer(Int64(sections.reduce(0) { $0 + $1.figures.count })),
            ])
        case .text: try StandardOutput.write(output + "\n")
        }
        if let note = notes.first { StandardError.write("induct: \(note)\n") }
    }

    private func section(
        of directory: String, _ session: RunSession, _ renderer: FigureRenderer?
    ) throws -> (ReportPage.Section, note: String?) {
        if let runs = try SweepRuns.open(directory) { return try section(of: runs, session, renderer) }
        let record = try InductReport.RunRecord(directory: directory)
        let saved = try Run.open(directory).record
        let report = Report(
            run: record, theory: session.theory(of: saved.recipe).map(TheoryCurve.init),
            levels: session.errorLevels(of: saved.recipe))
        let (svgs, note) = try report.pictures(renderer: renderer)
        let facts = [
            ["status", "\(saved.status), step \(saved.step) of \(saved.recipe.training.steps)"],
            ["seed", "\(saved.recipe.seed)"], ["source", saved.written.source.description],
            ["architecture", saved.written.architecture.description], ["kernels", saved.kernels],
        ]
        let last = record.lastScalars().map { [$0[1], $0[2], $0[3], $0[4]] }
        return (
            ReportPage.Section(
                title: directory,
                tables: [
                    .init(rows: facts), .init(heading: ["evaluation", "metric", "step", "value"], rows: last),
                ],
                figures: svgs), note
        )
    }

    private func section(
        of runs: SweepRuns, _ session: RunSession, _ renderer: FigureRenderer?
    ) throws -> (ReportPage.Section, note: String?) {
        let table = try runs.table()
        let verdicts = table.sweep.claims.map { ClaimVerdict($0, in: table) }
        let report =
            metrics.isEmpty
            ? Report(table, verdicts: verdicts, prediction: session.switchPredictions())
            : Report(table, drawing: try wanted(table))
        let (svgs, note) = try report.pictures(renderer: renderer)
        let axes = table.sweep.axes.indices.map(table.sweep.shortName)
        let rows = table.rows(metrics: metrics).map { row in
            row.labels + [
                row.evaluation, row.metric, row.statistics.mean.significant(5),
                row.statistics.standardError?.significant(2) ?? "-", "\(row.statistics.values.count)",
            ]
        }
        let claims = verdicts.map { verdict in
            [
                verdict.outcome.text, verdict.statistics?.mean.fixed(3) ?? "-",
                verdict.statistics?.standardError?.fixed(3) ?? "-", verdict.claim.text, verdict.claim.known ?? "",
            ]
        }
        let results = ReportPage.Table(
            heading: axes + ["evaluation", "metric", "mean", "±", "seeds"], rows: rows)
        return (
            ReportPage.Section(
                title: "\(table.name) (\(runs.directory))",
                paragraphs: ["Means over seeds; ± is the standard error of the mean."],
                tables: claims.isEmpty
                    ? [results]
                    : [.init(heading: ["outcome", "found", "±", "claim", "known"], rows: claims), results],
                figures: svgs), note
        )
    }

    /// The figures that the options ask for.
    private func wanted(_ table: SweepTable) throws -> [Sweep.Figure] {
        func axis(_ name: String, _ option: String) throws -> String {
            if let axis = table.sweep.axis(named: name) { return table.sweep.axes[axis].name }
            let names = table.sweep.axes.indices.map(table.sweep.shortName)
            throw UsageError(
                "\(option): the grid has no axis '\(name.prefix(80))'"
                    + (suggestion(for: name, among: names).nonEmpty ?? "; it has \(names.joined(separator: ", "))"))
        }
        for metric in metrics where !table.points.flatMap(\.runs).contains(where: { $0.last(scalar: metric) != nil }) {
            throw UsageError(
                "--metric: no run holds a scalar '\(metric.prefix(80))'\(suggestion(for: metric, among: table.scalars))"
            )
        }
        var figures = SweepFigures.standard(table, metrics: metrics)
        if let along {
            let x = along == Sweep.Figure.step ? along : try axis(along, "--along")
            figures = metrics.map { metric in
                Sweep.Figure(
                    name: "metric-\(metrics.firstIndex(of: metric) ?? 0)",
                    metrics: [.init(label: metric, metric: metric)],
                    x: x, lines: [])
            }
        }
        guard !figures.isEmpty else { throw UsageError("the grid has no axis of numbers: say --along step") }
        if !lines.isEmpty {
            let chosen = try lines.map { try axis($0, "--lines") }
            for i in figures.indices { figures[i].lines = chosen }
        }
        return figures
    }
}
