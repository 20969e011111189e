// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductCore
import InductLab

/// One line on the terminal about many runs: how many are done, training steps a second of all together, the time left;
/// nothing where standard error is no terminal.
///
/// How far a run has come is read from the end of its metrics.jsonl.
struct QueueLine {
    private let runs: [QueuedRun]
    private let unit: String
    private let isShown: Bool
    private var done = 0
    private var failed = 0
    /// Steps still to be made by runs that have not ended.
    private var stepsLeft: Int
    /// Steps made by this process's runs that ended.
    private var stepsMade = 0
    /// Runs that are under way, with the step they began at.
    private var running: [Int: Int] = [:]
    private let started = Self.now()
    private var shown = ""
    private var lastLook = 0.0

    init(_ runs: [QueuedRun], unit: String, isShown: Bool = StandardError.isTerminal) {
        self.runs = runs
        self.unit = unit
        self.isShown = isShown
        stepsLeft = runs.reduce(0) { $0 + $1.recipe.training.steps }
    }

    /// The run was finished before.
    mutating func skip(_ index: Int) {
        done += 1
        stepsLeft -= runs[index].recipe.training.steps
    }

    mutating func begin(_ index: Int) {
        guard isShown else { return }
        running[index] = Self.lastStep(of: runs[index])
    }

    mutating func end(_ index: Int, failed hasFailed: Bool) {
        done += 1
        failed += hasFailed ? 1 : 0
        let steps = runs[index].recipe.training.steps
        stepsLeft -= steps
        stepsMade += steps - (running.removeValue(forKey: index) ?? 0)
    }

    /// Writes the line anew, twice a second at the most.
    mutating func show() {
        let now = Self.now()
        guard isShown, now - lastLook > 0.5 else { return }
        lastLook = now
        let steps = running.map { (begun: $0.value, now: Self.lastStep(of: runs[$0.key])) }
        let made = stepsMade + steps.reduce(0) { $0 + max(0, $1.now - $1.begun) }
        let left = stepsLeft - steps.reduce(0) { $0 + $1.now }
        var text = "\(done) of \(runs.count) \(unit) done" + (failed > 0 ? ", \(failed) of them failed" : "")
        if made > 0, now > started {
            let rate = Double(made) / (now - started)
            text += ", \(rate.significant(3)) steps/s, \(ProgressLine.duration(Double(left) / rate)) left"
        }
        guard text != shown else { return }
        StandardError.replaceLine(by: text)
        shown = text
    }

    mutating func clear() {
        guard !shown.isEmpty else { return }
        StandardError.replaceLine(by: "")
        shown = ""
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// The step of the last whole line that a run has logged; 0 when there is none.
    private static func lastStep(of run: QueuedRun) -> Int {
        let file = open(RunPaths(run.directory).metrics, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        let size = lseek(file, 0, SEEK_END)
        var bytes = [UInt8](repeating: 0, count: min(4096, max(0, Int(size))))
        let count = pread(file, &bytes, bytes.count, size - off_t(bytes.count))
        guard count > 0 else { return 0 }
        let lines = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n")
        for line in lines.reversed() {
            if let step = (try? JSON(parsing: String(line)))?["step"]?.int {
                return min(step, run.recipe.training.steps)
            }
        }
        return 0
    }
}
