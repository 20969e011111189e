// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore
import InductLab
import InductReport

/// `induct runs compare RUN... | SWEEP`: what differs in the recipes of runs, and what came of them.
struct RunsCompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Runs side by side, or the points of a sweep: what differs, and what came of it.")

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp("Directories of runs, or the directory of one sweep.", valueName: "run"))
    var directories: [String]

    @Option(
        name: .customLong("metric"), parsing: .singleValue,
        help: "A metric, or evaluation/metric; may be repeated; the default is every scalar.")
    var metrics: [String] = []

    func run() throws {
        if directories.count == 1, let sweep = try SweepRuns.open(directories[0]) {
            let table = try sweep.table()
            switch common.format {
            case .json: try StandardOutput.write(table.json)
            case .text: try StandardOutput.write(table.text(metrics: metrics))
            }
            return
        }
        guard directories.count > 1 else {
            let only = directories.first.map { "; \($0) holds no sweep" } ?? ""
            throw UsageError("name two runs or more, or the directory of a sweep\(only)")
        }
        let records = try directories.map { try Run.open($0).record }
        // Beside a record without defaults, those of the others would seem to be differences.
        let areResolved = records.allSatisfy(\.isResolved)
        let runs = try zip(directories, records).map { directory, record in
            (
                directory: directory, settings: (areResolved ? record.recipe : record.written).json.leaves,
                results: try InductReport.RunRecord(directory: directory, holdsTraining: false).lastScalars(metrics)
            )
        }
        let paths = runs.flatMap { $0.settings.map(\.path) }.uniqued
        let differing = paths.filter { path in
            Set(runs.map { run in run.settings.first { $0.path == path }?.value.text ?? "" }).count > 1
        }
        let names = runs.flatMap { $0.results.map { "\($0[1])/\($0[2])" } }.uniqued
        switch common.format {
        case .json:
            try StandardOutput.write([
                "runs": .array(
                    runs.map { run in
                        let settings = differing.map { path in
                            JSON.Member(key: path, value: run.settings.first { $0.path == path }?.value ?? .null)
                        }
                        let metrics = run.results.map { row in
                            JSON.Member(key: "\(row[1])/\(row[2])", value: .optional(Double(row[4])))
                        }
                        return [
                            "directory": .string(run.directory), "differences": .object(settings),
                            "metrics": .object(metrics),
                        ]
                    })
            ])
        case .text:
            var table = TextTable([("", .left)] + runs.map { ($0.directory, .right) })
            for path in differing {
                table.add(
                    [path] + runs.map { run in run.settings.first { $0.path == path }?.value.text ?? "-" })
            }
            for name in names {
                table.add(
                    [name]
                        + runs.map { run in
                            run.results.first { "\($0[1])/\($0[2])" == name }.flatMap { Double($0[4]) }?.significant(5)
                                ?? "-"
                        })
            }
            try StandardOutput.write(table.text)
        }
    }
}

/// `induct runs export RUN... --output F.csv`: the last value of every scalar, a line each.
struct RunsExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "The last value of every scalar of runs or sweeps as CSV, or JSON with --format json.")

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp("Directories of runs, or the directory of one sweep.", valueName: "run"))
    var directories: [String]

    @Option(
        name: .customLong("metric"), parsing: .singleValue, help: "A metric, or evaluation/metric; may be repeated.")
    var metrics: [String] = []

    @Option(name: .shortAndLong, help: "A file; by default standard output.")
    var output: String?

    func run() throws {
        guard !directories.isEmpty else { throw UsageError("name a run or a sweep") }
        let text: String
        if directories.count == 1, let sweep = try SweepRuns.open(directories[0]) {
            let table = try sweep.table()
            text = common.format == .json ? table.json.indented + "\n" : table.csv(metrics: metrics)
        } else {
            let heading = ["seed", "evaluation", "metric", "step", "value", "directory"]
            let rows = try directories.flatMap {
                try InductReport.RunRecord(directory: $0, holdsTraining: false).lastScalars(metrics)
            }
            text =
                common.format == .json
                ? JSON.array(
                    rows.map { row in
                        .object(
                            zip(heading, row).map { key, text in
                                switch key {
                                case "seed", "step": .init(key: key, value: Int64(text).map(JSON.integer) ?? .null)
                                case "value": .init(key: key, value: .optional(Double(text)))
                                default: .init(key: key, value: .string(text))
                                }
                            })
                    }
                ).indented + "\n" : SweepTable.csv([heading] + rows)
        }
        if let output {
            try FileSystem.replace(output, with: Array(text.utf8))
        } else {
            try StandardOutput.write(text)
        }
    }
}

extension JSON {
    /// Every value inside that is no object, with its path.
    fileprivate var leaves: [(path: String, value: JSON)] {
        switch self {
        case .object(let members):
            members.flatMap { member in
                member.value.leaves.map { (($0.path.isEmpty ? member.key : "\(member.key).\($0.path)"), $0.value) }
            }
        default: [("", self)]
        }
    }
}

extension Array where Element: Hashable {
    /// Without repeats, in the order of the first.
    fileprivate var uniqued: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
