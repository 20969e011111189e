// SPDX-License-Identifier: Apache-2.0

import InductCore
import Synchronization

/// The workspaces of an architecture, by slot; each stays from a forward pass to its backward pass.
final class SlotWorkspaces: @unchecked Sendable {
    private struct Workspace {
        var memory: TensorMemory
        /// What the size was asked for.
        var mode: PassMode
        var count: Int
        var length: Int
        var size: Int
    }

    private let architecture: PluginArchitecture
    private let workspaces = Mutex<[Workspace?]>([])

    init(_ architecture: PluginArchitecture) { self.architecture = architecture }

    /// The workspace of a slot for a pass, its content as the slot's last pass left it.
    func workspace(
        slot: Int, mode: PassMode, count: Int, length: Int
    ) -> (base: UnsafeMutableRawPointer, size: Int) {
        if let found = workspaces.withLock({ slot < $0.count ? $0[slot] : nil }), found.mode == mode,
            found.count == count, found.length == length
        {
            return (found.memory.base, found.size)
        }
        let size = architecture.workspaceSize(mode: mode, count: count, length: length)
        return workspaces.withLock { workspaces in
            while workspaces.count <= slot { workspaces.append(nil) }
            var workspace =
                workspaces[slot]
                ?? Workspace(
                    memory: TensorMemory(byteCount: size), mode: mode, count: count, length: length, size: size)
            if workspace.memory.byteCount < size { workspace.memory = TensorMemory(byteCount: size) }
            (workspace.mode, workspace.count, workspace.length, workspace.size) = (mode, count, length, size)
            workspaces[slot] = workspace
            return (workspace.memory.base, size)
        }
    }
}

/// The accumulators of an evaluator, under the host's numbers.
final class Accumulators: @unchecked Sendable {
    private let accumulators = Mutex<[Int: Held]>([:])

    /// Used by one call at a time, which the host sees to.
    private struct Held: @unchecked Sendable { var accumulator: any EvaluationAccumulator }

    subscript(number: Int) -> (any EvaluationAccumulator)? {
        get { accumulators.withLock { $0[number] }?.accumulator }
        set {
            let held = newValue.map { Held(accumulator: $0) }
            accumulators.withLock { $0[number] = held }
        }
    }
}
