// SPDX-License-Identifier: Apache-2.0

/// A plugin that a run used.
package struct PluginIdentity: Equatable, Sendable {
    package var id: String
    package var version: String
    /// Of its library, hexadecimal.
    package var sha256: String

    package init(id: String, version: String, sha256: String) {
        self.id = id
        self.version = version
        self.sha256 = sha256
    }
}

/// How far a run has come.
package struct RunProgress: Sendable {
    package enum Phase: Equatable, Sendable {
        case training
        /// The name of the evaluation.
        case evaluating(String)
        case saving
    }

    package var phase: Phase
    package var step: Int
    package var steps: Int
    /// Of the last step made by this process; nil before the first.
    package var loss: Double?
    /// Since this process began to train, evaluations not counted; nil before the first step.
    package var stepsPerSecond: Double?
}

/// How a run came to its end.
package struct RunResult: Equatable, Sendable {
    package enum Ending: Equatable, Sendable {
        case finished
        /// Stopped on request; a checkpoint of this step was saved.
        case interrupted
    }

    package var ending: Ending
    package var directory: String
    package var step: Int
    package var steps: Int
    /// Of the last step made by this process.
    package var loss: Double?
    package var stepsPerSecond: Double?

    package init(
        ending: Ending, directory: String, step: Int, steps: Int, loss: Double?, stepsPerSecond: Double? = nil
    ) {
        self.ending = ending
        self.directory = directory
        self.step = step
        self.steps = steps
        self.loss = loss
        self.stepsPerSecond = stepsPerSecond
    }
}

/// Where and how a run is carried out; nothing here changes a bit of its results.
package struct RunOptions {
    package var directory: String
    package var threads: Int
    package var hostVersion: String
    /// Asked once everything the recipe names is open.
    package var plugins: () -> [PluginIdentity]
    /// The ids of those that ran in processes of their own; asked at the same time.
    package var isolated: () -> [String]
    /// Told at most ten times a second.
    package var progress: (RunProgress) -> Void
    /// Told what the user should know: a damaged checkpoint passed over.
    package var warn: (String) -> Void
    /// Asked between steps, and now and then while evaluating.
    package var isCancelled: () -> Bool

    package init(
        directory: String, threads: Int, hostVersion: String, plugins: @escaping () -> [PluginIdentity] = { [] },
        isolated: @escaping () -> [String] = { [] },
        progress: @escaping (RunProgress) -> Void = { _ in }, warn: @escaping (String) -> Void = { _ in },
        isCancelled: @escaping () -> Bool = { false }
    ) {
        self.directory = directory
        self.threads = threads
        self.hostVersion = hostVersion
        self.plugins = plugins
        self.isolated = isolated
        self.progress = progress
        self.warn = warn
        self.isCancelled = isCancelled
    }
}
