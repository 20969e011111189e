// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductCore
import InductHost
import InductLab
import InductReport
import InductTheory

/// Carries out runs for the commands: opens plugins, shows progress, listens to signals, draws the figures.
struct RunSession {
    let host: PluginHost
    let threads: Int
    private let common: CommonOptions
    /// Whether figures are drawn at the end.
    let drawsFigures: Bool

    init(_ common: CommonOptions, threads: Int?, drawsFigures: Bool = true) throws {
        Interruption.watch()
        self.common = common
        host = try common.host()
        self.threads = try Self.threads(threads)
        self.drawsFigures = drawsFigures
    }

    /// The number asked for, or that of the processors this process may use.
    static func threads(_ asked: Int?) throws -> Int {
        guard let asked else { return max(1, min(256, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
        guard (1...1024).contains(asked) else { throw UsageError("--threads must be from 1 to 1024, not \(asked)") }
        return asked
    }

    /// What came of a run.
    struct Outcome {
        var result: RunResult
        var summary: RunSummary
        /// Nil when none were wanted.
        var figures: Report.Outcome?
    }

    /// Starts a run in `directory`, or takes it up there; a nil recipe means whatever the run's own is.
    ///
    /// - Throws: besides what went wrong, `QuietExit` with 130 when the user stopped it, after saying how to go on.
    func run(_ recipe: Recipe?, directory: String, resumes: Bool, label: String = "") throws -> Outcome {
        let place = FileSystem.absolute(directory)
        let line = ProgressLine(label: label)
        defer { line.clear() }
        let host = host
        let options = RunOptions(
            directory: directory, threads: threads, hostVersion: InductVersion.text,
            plugins: { host.loaded.map { PluginIdentity(id: $0.id, version: $0.version, sha256: $0.sha256) } },
            isolated: { host.isolated },
            progress: { line.show($0) },
            warn: { message in
                line.clear()
                StandardError.write("induct: warning: \(message)\n")
            },
            isCancelled: { Interruption.isAsked })
        let result: RunResult
        do {
            let opener = OracleDerivingOpener(host)
            if resumes {
                result = try Run.resume(recipe, opener: opener, kernels: host.kernels, options: options)
            } else if let recipe {
                result = try Run.start(recipe, opener: opener, kernels: host.kernels, options: options)
            } else {
                throw UsageError("\(directory) holds no run to resume")
            }
        } catch let failure as PluginFailure {
            line.clear()
            explainFailure(in: directory, place)
            throw failure
        }
        line.clear()
        if result.ending == .interrupted {
            StandardError.write(
                "induct: stopped at step \(result.step) of \(result.steps); a checkpoint is saved. Go on with: "
                    + "\(resumption(of: directory))\n")
            throw QuietExit(code: ExitStatus.interrupted)
        }
        return try finish(result, in: place)
    }

    /// Says how a run that a plugin has ended can go on.
    private func explainFailure(in directory: String, _ place: String) {
        guard let last = try? Run.open(place).checkpoints.last else { return }
        StandardError.write(
            "induct: a plugin failed; a checkpoint of step \(last) is saved. Once the plugin is mended, go on with: "
                + "\(resumption(of: directory))\n")
    }

    private func resumption(of directory: String) -> String {
        common.command("run", "--resume", "--output", directory)
    }

    /// What came of a finished run, read from its directory; no figures are drawn.
    func outcome(of directory: String) throws -> Outcome {
        let record = try Run.open(directory).record
        let metrics = try InductReport.RunRecord(directory: directory)
        return Outcome(
            result: RunResult(
                ending: .finished, directory: directory, step: record.step, steps: record.recipe.training.steps,
                loss: metrics.records(of: "loss", in: "training").last?.scalar),
            summary: RunSummary(metrics, recipe: record.written, theory: theory(of: record.recipe)))
    }

    /// Reads the run's metrics, puts the theory beside them, and draws the figures.
    ///
    /// `place` is the run's directory from the root: a plugin may have gone elsewhere.
    private func finish(_ result: RunResult, in place: String) throws -> Outcome {
        let record = try InductReport.RunRecord(directory: place)
        let recipe = try Run.open(place).record.written
        let theory = theory(of: recipe)
        var figures: Report.Outcome?
        if drawsFigures {
            let renderer = FigureRenderer.find(
                environment: ProcessEnvironment.variables, executableDirectory: try Executable.directory())
            figures = try Report(run: record, theory: theory.map(TheoryCurve.init), levels: errorLevels(of: recipe))
                .write(to: place, renderer: renderer)
        }
        return Outcome(
            result: result, summary: RunSummary(record, recipe: recipe, theory: theory), figures: figures)
    }

    /// Chance and the least error possible, of a source that states how it draws labelled examples.
    func errorLevels(of recipe: Recipe) -> [ErrorLevel] { labelledTheory(of: recipe.source).map(ErrorLevel.all) ?? [] }

    /// What figures of a sweep draw of theory; each source is opened once.
    func switchPredictions() -> (PluginSpec) -> SwitchPrediction? {
        var known: [String: SwitchPrediction?] = [:]
        return { source in
            if let prediction = known[source.description] { return prediction }
            let prediction = labelledTheory(of: source).map { SwitchPrediction($0) }
            known[source.description] = prediction
            return prediction
        }
    }

    private func labelledTheory(of source: PluginSpec) -> LabelledExamplesTheory? {
        (try? host.source(source)).flatMap { try? LabelledExamplesTheory.of($0) }
    }

    /// The theory of a recipe's source where it is exact or cheap; what is missing is no reason to fail.
    func theory(of recipe: Recipe) -> Theory? {
        guard let source = try? host.source(recipe.source), source.hmm != nil || source.theory != nil else {
            return nil
        }
        let request = TheoryRequest(
            length: source.schema.sourceLength(for: recipe.training.length), spectrum: false, components: .never)
        do {
            return try Theory.of(source, request: request)
        } catch {
            StandardError.write("induct: warning: no theory of \(source.spec): \(error)\n")
            return nil
        }
    }
}
