// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The command line: reads arguments, hands opened plugins to the lab, and turns every outcome into an exit code.
@main
struct Induct: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "induct",
        abstract: "A laboratory for in-context learning.",
        discussion: """
            A SPEC is name or name(child, ..., key=value, ...), as in
              mixture(mess3(x=0.05, a=0.85), mess3(x=0.15, a=0.6), weights=[0.5, 0.5])
            `induct plugins list` shows the names, `induct plugins show NAME` the parameters.
            """,
        version: "induct \(InductVersion.text)",
        subcommands: [
            RunCommand.self, SweepCommand.self, TheoryCommand.self, BeliefsCommand.self, SampleCommand.self,
            PluginsCommand.self, RunsCommand.self, EvaluateCommand.self, PredictCommand.self, ExportCommand.self,
            BenchCommand.self, ReproduceCommand.self, ReportCommand.self, DescribePluginCommand.self,
            CheckPluginCommand.self, WorkerCommand.self,
        ])

    static func main() {
        StandardDescriptors.occupy()
        Signals.ignoreBrokenPipes()
        Signals.ignoreFileLimits()
        do {
            try ArgumentText.check()
            let arguments = IsolationArgument.completed(
                NegativeValues.tied(Array(CommandLine.arguments.dropFirst())))
            try SubcommandNames.check(arguments)
            var command = try parseAsRoot(arguments)
            // What other commands start for its answer ends as the system ends it, and those tell.
            if type(of: command).configuration.shouldDisplay { Interruption.endsAtOnce() }
            try command.run()
        } catch {
            ExitStatus.end(by: error)
        }
    }
}

/// The version of this build.
enum InductVersion {
    static let text = "0.1.0"
}
