// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductCore
import InductLab

/// A run that waits for its turn in a queue.
struct QueuedRun {
    /// For messages: "seed 5", "sigma=0.2, seed 5".
    var label: String
    var directory: String
    /// The file that its process reads; the seed is said beside it.
    var recipeFile: String
    /// With its seed.
    var recipe: Recipe

    /// Whether it is done, with this recipe.
    var isFinished: Bool {
        guard let record = try? Run.open(directory).record else { return false }
        return record.status == .finished && record.step == recipe.training.steps && record.written.json == recipe.json
    }

    /// The arguments of the `induct` that carries it out, or goes on with it.
    func arguments(threads: Int) -> [String] {
        [
            "run", recipeFile, "--set", "seed=\(recipe.seed)", "--output", directory, "--threads", "\(threads)",
            "--resume",
        ]
    }
}

/// How a run of a queue ended.
struct RunEnding {
    var run: QueuedRun
    /// 0 = finished.
    var code: Int32
    var message: String?

    var json: JSON {
        [
            "seed": .integer(Int64(run.recipe.seed)), "directory": .string(run.directory),
            "status": .string(code == 0 ? "finished" : code == ExitStatus.interrupted ? "interrupted" : "failed"),
            "exit_code": .integer(Int64(code)), "message": .optional(message),
        ]
    }

    /// Says which runs failed, and ends the command with the code of the first.
    ///
    /// - Throws: `QuietExit` when there are any.
    static func check(_ endings: [RunEnding], unit: String) throws {
        let failed = endings.filter { $0.code != 0 }
        guard let first = failed.first else { return }
        let shown = failed.prefix(10).map(\.run.label).joined(separator: "; ")
        StandardError.write(
            "induct: \(failed.count) of \(endings.count) \(unit) failed: \(shown)\(failed.count > 10 ? "; ..." : ""); "
                + "the others are finished\n")
        throw QuietExit(code: first.code < 128 ? first.code : ExitStatus.pluginFailed)
    }
}

/// Runs that are carried out side by side, each by a process of its own.
///
/// The bits of each are those of a lone run, it shares no lock with the others, and its failure, even a crash of a plugin,
/// is its own.
struct RunQueue {
    let runs: [QueuedRun]
    /// What the runs are called together: "seeds".
    let unit: String
    /// Threads to share out.
    let threads: Int
    /// Processes side by side, where memory allows.
    let jobs: Int
    /// For each process: plugins, kernels, figures.
    let arguments: [String]

    /// `jobs`: nil = one for each thread.
    init(_ runs: [QueuedRun], unit: String, threads: Int, jobs: Int? = nil, arguments: [String]) {
        self.runs = runs
        self.unit = unit
        self.threads = threads
        self.jobs = max(1, min(runs.count, jobs ?? threads))
        self.arguments = arguments
    }

    /// Runs that fit into memory side by side, judged by some of their recipes.
    ///
    /// - Throws: `SpecError` when not even one does, and for whatever is wrong with a recipe; `LabError` for a file to start
    ///   from that does not fit.
    func memoryAllows(of recipes: [Recipe], opener: some PluginOpener) throws -> Int {
        let available = AvailableMemory().bytes
        var most = jobs
        for recipe in recipes {
            let plan = try ExperimentPlan(recipe, opener: opener, threads: max(1, threads / jobs))
            try plan.checkInitialParameters()
            guard let available else { continue }
            try plan.memory.check(available: available)
            most = min(most, available / max(1, plan.memory.total))
        }
        return max(1, most)
    }

    /// Carries out every run that is not finished yet, `most` side by side at the most.
    ///
    /// - Returns: how each ended, in their order; those that were never begun for an interruption are left out.
    func carryOut(most: Int, log: (String) -> Void) throws -> [RunEnding] {
        let jobs = min(jobs, max(1, most))
        var waiting = runs.indices[...]
        var lanes: [(index: Int, child: ChildRun)?] = Array(repeating: nil, count: jobs)
        var endings: [Int: RunEnding] = [:]
        var line = QueueLine(runs, unit: unit)
        defer { line.clear() }
        while true {
            for (lane, running) in lanes.enumerated() {
                guard let running, let ended = running.child.ending() else { continue }
                lanes[lane] = nil
                line.clear()
                let run = runs[running.index]
                // How to go on after an interruption, and what figures need, is said once, by us.
                for message in ended.messages
                where ended.code != ExitStatus.interrupted && (ended.code != 0 || message.hasPrefix("warning: ")) {
                    log("[\(run.label)] \(message)")
                }
                endings[running.index] = RunEnding(
                    run: run, code: ended.code, message: ended.code == 0 ? nil : ended.messages.last)
                line.end(running.index, failed: ended.code != 0)
            }
            for (lane, running) in lanes.enumerated() where running == nil && !Interruption.isAsked {
                while let index = waiting.popFirst() {
                    if runs[index].isFinished {
                        endings[index] = RunEnding(run: runs[index], code: 0)
                        line.skip(index)
                        continue
                    }
                    line.begin(index)
                    lanes[lane] = (
                        index, try start(runs[index], threads: threads * (lane + 1) / jobs - threads * lane / jobs)
                    )
                    break
                }
            }
            let running = lanes.compactMap { $0 }
            if running.isEmpty { break }
            if Interruption.isAsked { running.forEach { $0.child.interrupt() } }
            line.show()
            usleep(20_000)
        }
        return endings.sorted { $0.key < $1.key }.map(\.value)
    }

    private func start(_ run: QueuedRun, threads: Int) throws -> ChildRun {
        let (folder, name) = run.directory.splitAtLastSlash
        return try ChildRun(
            run.arguments(threads: max(1, threads)) + arguments, label: run.label, log: "\(folder)/.\(name).log")
    }
}

extension String {
    /// A path's directory and its last part.
    fileprivate var splitAtLastSlash: (directory: String, name: String) {
        guard let slash = lastIndex(of: "/") else { return (".", self) }
        return (String(self[..<slash]), String(self[index(after: slash)...]))
    }
}

extension Recipe {
    /// `count` seeds one after another from the recipe's own.
    ///
    /// - Throws: `SpecError` where they would go beyond the largest seed.
    func seeds(_ count: Int) throws(SpecError) -> [UInt64] {
        guard count - 1 <= Limit.seed.upperBound - Int(seed) else {
            throw SpecError(
                "\(count) seeds from \(seed) on go beyond \(Limit.seed.upperBound): begin with a smaller seed")
        }
        return (0..<UInt64(count)).map { seed + $0 }
    }
}
