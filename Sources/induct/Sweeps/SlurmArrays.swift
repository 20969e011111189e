// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductCore
import InductHost
import InductLab

/// The runs of a sweep as job arrays of Slurm: scripts in DIR/slurm, which `sbatch` is given where there is one.
///
/// A task is one run, the same command as of a sweep on this machine; what is finished gets none. Slurm's TERM before the
/// end of the time makes a run save a checkpoint, from which it goes on when the sweep is submitted again. `induct sweep DIR`
/// gathers the results.
struct SlurmArrays {
    private let runs: SweepRuns
    private let scripts: [(path: String, text: String)]
    private let tasks: Int

    /// Most tasks of an array: Slurm's default of MaxArraySize is 1001.
    private static let largestArray = 1000

    /// `jobs`: tasks at the same time, nil = as Slurm likes.
    init(_ session: SweepSession, jobs: Int?, options: [String]) throws {
        self.runs = session.runs
        _ = try session.check(OracleDerivingOpener(try session.common.host()))
        for option in options where !option.hasPrefix("-") || option.contains(where: \.isNewline) {
            throw UsageError("--slurm-option \(option.prefix(80)): expected an option of sbatch, as in --time=2:00:00")
        }
        try runs.begin()
        let folder = try Self.absolute(runs.directory) + "/slurm"
        try FileSystem.createDirectory(folder)
        let waiting = session.queue.runs.filter { !$0.isFinished }
        tasks = waiting.count
        let program = try Executable.path()
        let threads = session.queue.threads
        let name = session.runs.request.name
        scripts = try stride(from: 0, to: waiting.count, by: Self.largestArray).enumerated().map { number, start in
            let part = waiting[start..<min(start + Self.largestArray, waiting.count)]
            let cases = try part.enumerated().map { index, run in
                var run = run
                run.directory = try Self.absolute(run.directory)
                run.recipeFile = try Self.absolute(run.recipeFile)
                let words = [program] + run.arguments(threads: threads) + session.queue.arguments
                return "\(index)) exec \(ShellCommand.line(words)) ;;"
            }
            let header = [
                "--job-name=induct-\(name)",
                "--array=0-\(part.count - 1)" + (jobs.map { "%\($0)" } ?? ""), "--cpus-per-task=\(threads)",
                "--output=\(folder)/\(number + 1)-%a.log", "--signal=B:TERM@60",
            ]
            let text =
                "#!/bin/sh\n" + (header + options).map { "#SBATCH \(ShellCommand.quoted($0))\n" }.joined()
                + "# Each task is one run of the sweep.\nset -eu\ncase \"$SLURM_ARRAY_TASK_ID\" in\n"
                + cases.joined(separator: "\n")
                + "\n*) echo \"no task $SLURM_ARRAY_TASK_ID\" >&2; exit 64 ;;\nesac\n"
            return ("\(folder)/array-\(number + 1).sh", text)
        }
    }

    /// Writes the scripts, and submits them where there is an sbatch.
    func submit(format: OutputFormat) throws {
        for script in scripts { try FileSystem.replace(script.path, with: Array(script.text.utf8)) }
        let sbatch = Self.onPath("sbatch")
        if let sbatch {
            for script in scripts {
                let child = ChildProcess(
                    executable: sbatch, arguments: [script.path], limit: Self.patience, joinsErrors: true)
                let (said, end) = child.run()
                guard end == .code(0) else {
                    let line = String(decoding: said, as: UTF8.self).split(whereSeparator: \.isNewline).last
                    throw CommandError(
                        "\(sbatch) \(script.path) failed: \(line.map(String.init) ?? "\(end)")",
                        code: ExitStatus.inputOutput)
                }
            }
        }
        switch format {
        case .json:
            try StandardOutput.write([
                "directory": .string(runs.directory), "tasks": .integer(Int64(tasks)),
                "scripts": .array(scripts.map { .string($0.path) }), "submitted": .bool(sbatch != nil),
            ])
        case .text:
            try StandardOutput.write(scripts.map { $0.path + "\n" }.joined())
        }
        if tasks == 0 {
            StandardError.write(
                "induct: every run is finished; gather the results with: induct sweep \(runs.directory)\n")
        } else if sbatch != nil {
            StandardError.write(
                "induct: \(tasks) runs submitted; when they are done: induct sweep \(runs.directory)\n")
        } else {
            StandardError.write(
                "induct: there is no sbatch on PATH: submit with it what stands above, then: induct sweep "
                    + "\(runs.directory)\n")
        }
    }

    /// Seconds that a busy scheduler may take for one array.
    private static let patience = 300.0

    private static func onPath(_ command: String) -> String? {
        (ProcessEnvironment.variables["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
            .map { "\($0)/\(command)" }.first { access($0, X_OK) == 0 }
    }

    private static func absolute(_ path: String) throws -> String {
        guard !path.hasPrefix("/") else { return path }
        guard let directory = getcwd(nil, 0) else {
            throw CommandError("cannot tell the working directory", code: ExitStatus.inputOutput)
        }
        defer { free(directory) }
        return "\(String(cString: directory))/\(path)"
    }
}
