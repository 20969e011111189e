// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductHost

/// The hidden `induct describe-plugin FILE`: the host runs it as a child process to learn what a library provides.
struct DescribePluginCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "describe-plugin", shouldDisplay: false)

    @Argument var file: String

    func run() throws { PluginDescriber.run(file) }
}
