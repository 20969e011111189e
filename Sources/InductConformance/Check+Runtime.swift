// SPDX-License-Identifier: Apache-2.0

import InductHost

extension Check {
    /// Checks that measure the process they run in.
    private static let ofThisProcess: Set<String> = ["create-frees"]

    /// Why this check says nothing of a plugin that such a runtime runs; nil: it does say something.
    func reasonToSkip(for runtime: PluginRuntime) -> String? {
        switch runtime {
        case .native: nil
        case .python: Self.ofThisProcess.contains(id) ? "the part's process takes its memory along" : nil
        }
    }
}

extension PluginRuntime {
    /// How much longer than others a check may take: every instance in Python starts an interpreter.
    var patience: Double { self == .python ? 4 : 1 }
}
