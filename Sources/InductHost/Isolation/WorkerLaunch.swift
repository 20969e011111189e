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
    case all
    /// Those of the plugins with these ids.
    case plugins(Set<String>)

    func covers(_ plugin: String) -> Bool {
        switch self {
        case .none: false
        case .all: true
        case .plugins(let ids): ids.contains(plugin)
        }
    }
}
