// SPDX-License-Identifier: Apache-2.0

import InductHost

extension Check {
    /// Checks that measure the process they run in.
    private static let ofThisProcess: Set<String> = ["create-frees"]
    /// Checks of what is written beside what a call gives, and of what it gives for reading.
    private static let ofMemory: Set<String> = ["fill-bounds", "forward-bounds", "evaluate-reads-only"]

    /// Checks of how a part gets on with other hosts, and of what it does with the services of this one.
    private static let ofHosts: Set<String> = [
        "hollow-structs", "host-services-optional", "service-threads", "cancels-soon",
    ]

    /// Why this check says nothing of a plugin in such a form; nil: it does say something.
    func reasonToSkip(for form: PluginForm) -> String? {
        switch form {
        case .library: nil
        case .foreign:
            if Self.ofLibraries.contains(id) {
                "the library is no plugin by itself: nothing of it runs before a part is created"
            } else if Self.ofHosts.contains(id) {
                "its tables are this host's own, and its functions know of no host"
            } else {
                nil
            }
        case .python:
            if Self.ofLibraries.contains(id) {
                "a Python file is no library: it is imported in a process of its own"
            } else if Self.ofTables.contains(id) {
                "its tables are the host's own, and what Python does stays in its process"
            } else if Self.ofMemory.contains(id) {
                "arrays keep to their memory, and those for reading cannot be written"
            } else if Self.ofThisProcess.contains(id) {
                "the part's process takes its memory along"
            } else {
                nil
            }
        }
    }
}

extension PluginRuntime {
    /// How much longer than others a check may take: every instance in Python starts an interpreter.
    var patience: Double { self == .python ? 4 : 1 }
}
