// SPDX-License-Identifier: Apache-2.0

/// What can go wrong with a run, besides wrong specs (`SpecError`) and failing plugins (`PluginFailure`).
package enum LabError: Error, CustomStringConvertible, Equatable {
    /// The loss or the gradient stopped being a number; nothing was updated by that step.
    case diverged(step: Int, loss: Double)
    /// Trainings that should be the same to the bit are not.
    case disagreement
    /// A file that should hold something else.
    case damaged(path: String, reason: String)
    /// Another process works in the run's directory.
    case inUse(path: String)
    /// The run's directory holds a run, or something else, already.
    case occupied(path: String, reason: String)
    /// The system refused.
    case system(path: String, operation: String, reason: String)

    package var description: String {
        switch self {
        case .diverged(let step, let loss):
            "the loss became \(loss) at step \(step); the last checkpoint stays as it is. "
                + "Lower the learning rate, warm up, or clip the gradient (training.clip)"
        case .disagreement:
            "the same training gave another loss where it ran in other processes: a plugin's results depend on more than "
                + "its arguments"
        case .damaged(let path, let reason):
            "\(path) cannot be used: \(reason)"
        case .inUse(let path):
            "\(path) is in use by another process: wait for it to end, or choose another directory"
        case .occupied(let path, let reason):
            "\(path) \(reason)"
        case .system(let path, let operation, let reason):
            "cannot \(operation) \(path): \(reason)"
        }
    }

    /// The command's exit code; see the design's list.
    package var exitCode: Int32 {
        switch self {
        case .diverged, .disagreement: 1
        case .damaged: 65
        case .occupied: 64
        case .inUse, .system: 74
        }
    }
}
