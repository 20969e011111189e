// SPDX-License-Identifier: Apache-2.0

/// Where things lie in a run's directory.
///
/// All are absolute from the beginning: a plugin may change the working directory at any time.
package struct RunPaths: Sendable {
    package let directory: String

    package init(_ directory: String) { self.directory = FileSystem.absolute(directory) }

    package var run: String { directory + "/run.json" }
    package var metrics: String { directory + "/metrics.jsonl" }
    package var checkpoints: String { directory + "/checkpoints" }
    /// Locked by the process that works here.
    var lock: String { directory + "/.lock" }

    package func checkpoint(_ step: Int) -> String { checkpoints + "/" + Self.name(step) }

    /// The directory of a step's checkpoint: "step-00001000".
    static func name(_ step: Int) -> String {
        let digits = String(step)
        return "step-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }

    /// The step of a checkpoint's name; nil for any other name.
    static func step(_ name: String) -> Int? {
        guard name.hasPrefix("step-"), let step = Int(name.dropFirst(5)), Self.name(step) == name else { return nil }
        return step
    }
}
