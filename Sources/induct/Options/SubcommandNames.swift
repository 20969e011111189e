// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore

/// Names the nearest command for one that does not exist; the parser itself only calls it unexpected.
enum SubcommandNames {
    /// - Throws: `UsageError` for an unknown command where one is expected.
    static func check(_ arguments: [String]) throws {
        var command: any ParsableCommand.Type = Induct.self
        var path = "induct"
        for argument in arguments {
            let subcommands = command.configuration.subcommands
            guard !subcommands.isEmpty, !argument.hasPrefix("-") else { return }
            if let next = subcommands.first(where: { name(of: $0) == argument }) {
                command = next
                path += " \(argument)"
                continue
            }
            guard argument != "help" else { return }
            let names = subcommands.filter { $0.configuration.shouldDisplay }.map { name(of: $0) }
            throw UsageError(
                "there is no command '\(path) \(argument.prefix(80))'"
                    + (suggestion(for: argument, among: names).nonEmpty
                        ?? "; there are \(names.joined(separator: ", "))"))
        }
    }

    private static func name(of command: any ParsableCommand.Type) -> String { command.configuration.commandName ?? "" }
}
