// SPDX-License-Identifier: Apache-2.0

/// How the worker of a plugin is started: `induct` itself for compiled plugins, an interpreter for others.
package struct WorkerLaunch: Equatable, Sendable {
    /// The program's file, or a name to look up in PATH.
    package var executable: String
    package var arguments: [String]
    /// Variables added to the environment.
    package var environment: [String: String]

    package init(executable: String, arguments: [String], environment: [String: String] = [:]) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
    }
}

/// Which parts run in processes of their own.
package enum Isolation: Equatable, Sendable {
    case none
    /// Foreign functions, whose signatures nobody can check.
    case foreign
    /// Those, and the plugins with these ids.
    case plugins(Set<String>)
    case all

    func covers(_ plugin: String, isForeign: Bool) -> Bool {
        switch self {
        case .none: false
        case .foreign: isForeign
        case .plugins(let ids): isForeign || ids.contains(plugin)
        case .all: true
        }
    }
}
