// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductHost

/// The hidden `induct worker`: a part of a plugin in a process of its own, for the host that started it.
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "worker", shouldDisplay: false)

    @OptionGroup var common: CommonOptions

    func run() throws { try WorkerServer.run(try common.hostOptions()) }
}
