// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore
import InductHost
import Logging

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(help: "How to print results: text or json.")
    var format: OutputFormat = .text

    @Option(
        name: .customLong("plugin"), parsing: .singleValue,
        help: ArgumentHelp("A plugin's library, bundle or directory; may be repeated.", valueName: "path"))
    var plugins: [String] = []

    @Option(
        help: ArgumentHelp(
            "Kernels to compute with: reference, x86-64-v3, ...; the default is the best.", valueName: "variant"))
    var kernels: String?

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "Run plugins in processes of their own: --isolate all of them, --isolate=ID one, may be repeated; =none not even "
                + "foreign functions, which otherwise are.",
            valueName: "id"))
    var isolate: [String] = []

    @Option(help: ArgumentHelp("Seconds that a call in a process of its own may take.", valueName: "seconds"))
    var isolateTimeout: Double = CommonOptions.usualTimeout

    private static let usualTimeout = 300.0

    /// Which parts run in processes of their own.
    var isolation: Isolation {
        if isolate.isEmpty { return .foreign }
        if isolate.contains(IsolationArgument.all) { return .all }
        return isolate == [IsolationArgument.none] ? .none : .plugins(Set(isolate))
    }

    /// These options, except for the format, as another `induct` takes them.
    var arguments: [String] {
        plugins.flatMap { ["--plugin", $0] } + (kernels.map { ["--kernels", $0] } ?? [])
            + isolate.map { "--isolate=\($0)" }
            + (isolateTimeout == Self.usualTimeout ? [] : ["--isolate-timeout=\(isolateTimeout)"])
    }

    /// What a user can type to go on, with these options: a command and its arguments.
    func command(_ words: String...) -> String { ShellCommand.line(["induct"] + words + arguments) }

    /// Opens the host with the search path of these options and of the environment.
    func host(isCancelled: @escaping @Sendable () -> Bool = { Interruption.isAsked }) throws -> PluginHost {
        let host = try PluginHost(try hostOptions(isCancelled: isCancelled))
        if case .plugins(let wanted) = isolation {
            let known = host.catalogue().compactMap(\.id)
            if let stranger = wanted.subtracting(known).min() {
                throw UsageError(
                    "--isolate=\(stranger.prefix(80)): no plugin has this id\(suggestion(for: stranger, among: known)); "
                        + "see 'induct plugins list'")
            }
        }
        return host
    }

    /// The search path of these options and of the environment.
    ///
    /// - Throws: `HostError` for a plugin that is not where `--plugin` says, needed or not.
    func hostOptions(isCancelled: @escaping @Sendable () -> Bool = { Interruption.isAsked }) throws -> HostOptions {
        if let missing = plugins.first(where: { !FileKind.isThere($0) }) {
            throw HostError.refusedPlugin(path: missing, reason: "there is nothing of that name for --plugin to take")
        }
        var options = HostOptions(
            environment: ProcessEnvironment.variables, executable: try Executable.path(), plugins: plugins,
            kernels: kernels, log: Logger(label: "induct") { _ in TerminalLog() })
        options.executableDirectory = try Executable.libraryDirectory()
        options.isCancelled = isCancelled
        guard isolateTimeout > 0, isolateTimeout < 1e9 else {
            throw UsageError("--isolate-timeout is a number of seconds above 0")
        }
        options.isolation = isolation
        options.isolationLimit = isolateTimeout
        var worker = self
        worker.isolate = []
        options.workerArguments = worker.arguments
        return options
    }
}

/// A spec from the command line, and its text for errors.
struct SpecArgument {
    let text: String
    let spec: PluginSpec

    init(_ text: String) throws {
        self.text = text
        spec = try PluginSpec(parsing: text)
    }

    /// Lets errors about the spec point into its text.
    func pointing<Result>(_ body: (PluginSpec) throws -> Result) throws -> Result {
        do {
            return try body(spec)
        } catch var error as SpecError {
            if error.text == nil && error.position != nil { error.text = text }
            throw error
        }
    }
}
