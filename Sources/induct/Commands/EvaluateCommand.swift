// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore
import InductHost
import InductLab

/// What names a trained model: a run, and a checkpoint in it.
struct TrainedModelOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The run's directory.", valueName: "run"))
    var directory: String

    @Option(help: "Step of the checkpoint; the default is the newest.")
    var checkpoint: Int?

    @Option(help: "Threads; they change no bit of the result.")
    var threads: Int?

    func open(_ common: CommonOptions) throws -> TrainedModel {
        Interruption.watch()
        let host = try common.host()
        return try Run.open(directory).model(
            checkpoint: checkpoint, opener: OracleDerivingOpener(host), kernels: host.kernels,
            threads: try RunSession.threads(threads),
            warn: { StandardError.write("induct: warning: \($0)\n") })
    }
}

/// `induct evaluate RUN --evaluate SPEC`: metrics of a checkpoint, on the run's own source or another.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Evaluate a trained model, on its own source or another of the same schema.")

    @OptionGroup var model: TrainedModelOptions
    @OptionGroup var common: CommonOptions

    @Option(help: "Another source than the one trained on.")
    var source: String?

    @Option(
        name: .customLong("evaluate"), parsing: .singleValue,
        help: ArgumentHelp(
            "An evaluator; may be repeated; the default are those of the recipe, but for what watches training.",
            valueName: "spec"))
    var evaluators: [String] = []

    @Option(help: "The view: test, train, or another of the source's own.")
    var view = "test"

    @Option(help: "How many samples, from the view's first on.")
    var samples = 4096

    @Option(
        help: """
            Seeds the samples; the default is the run's seed, so that runs of one seed are evaluated on the same samples. \
            What belongs to a source's task and follows from the seed changes with it.
            """)
    var seed: UInt64?

    func run() throws {
        guard Recipe.Limit.samples.contains(samples) else {
            throw UsageError("--samples must be from 1 to \(Recipe.Limit.samples.upperBound), not \(samples)")
        }
        let specs = try evaluators.map { try SpecArgument($0).spec }
        let source = try source.map { try SpecArgument($0).spec }
        let trained = try model.open(common)
        var chosen = specs
        if chosen.isEmpty {
            for spec in trained.recipe.evaluate.flatMap(\.evaluators) where !chosen.contains(spec) {
                guard try !trained.watchesTraining(spec) else { continue }
                chosen.append(spec)
            }
        }
        guard !chosen.isEmpty else {
            throw UsageError("the recipe names no evaluators that work after training: say which with --evaluate SPEC")
        }
        let evaluation = Recipe.Evaluation(
            name: view, when: .at([trained.step]), evaluators: chosen, view: view, samples: samples, source: source)
        guard let metrics = try trained.evaluate(evaluation, seed: seed, isCancelled: { Interruption.isAsked }) else {
            throw QuietExit(code: ExitStatus.interrupted)
        }
        switch common.format {
        case .json:
            try StandardOutput.write([
                "directory": .string(model.directory), "step": .integer(Int64(trained.step)),
                "metrics": .array(metrics.map { $0.line(step: trained.step, evaluation: view) }),
            ])
        case .text:
            try StandardOutput.write("\(model.directory), step \(trained.step)\n\n" + metrics.map(\.text).joined())
        }
    }
}

extension Metric {
    /// For readers: a line for a scalar, a small table for the rest.
    var text: String {
        let title = name + (unit.map { " (\($0))" } ?? "")
        if kind == .scalar, let value = values.first {
            let error = standardErrors?.first.map { " +- \($0.significant(2))" } ?? ""
            return "\(title)  \(value.significant(6))\(error)\n"
        }
        guard rows <= Self.mostRowsShown else {
            return "\n\(title)\n\(rows) rows of \(columns): see --format json\n\n"
        }
        let hasErrors = rows == 1 && standardErrors != nil
        var table = TextTable(
            [(axis ?? "column", columnNames == nil ? .right : .left)]
                + (0..<rows).map { row in (rowNames?[row] ?? (rows > 1 ? "row \(row)" : name), .right) }
                + (hasErrors ? [("+-", .right)] : []))
        for column in 0..<columns {
            let place = columnNames?[column] ?? axisValues.map { $0[column].significant(6) } ?? "\(column)"
            let cells = (0..<rows).map { values[$0 * columns + column].significant(6) }
            table.add([place] + cells + (hasErrors ? [(standardErrors?[column] ?? .nan).significant(2)] : []))
        }
        return "\n\(title)\n\(table.text)\n"
    }

    /// A table with more rows is for programs.
    private static let mostRowsShown = 16
}
