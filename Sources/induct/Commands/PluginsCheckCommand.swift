// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import InductConformance
import InductCore
import InductHost

/// `induct plugins check FILE`: what must be true of any plugin, tried in processes of their own.
struct PluginsCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Try a plugin: is it pure, does it stay within its memory, is its backward pass a derivative?",
        discussion: """
            Every check runs in a process of its own, on the examples of the part's schema. Exit code 1: one failed.

            The checks:
            \(Conformance.claims.map { "  \($0.id): \($0.claim)" }.joined(separator: "\n"))
            """)

    @Argument(help: "A plugin's library or bundle.")
    var file: String

    @OptionGroup var common: CommonOptions

    @Option(help: "Of everything random in the checks.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Seconds that one check may take.", valueName: "seconds"))
    var limit: Double = 30

    @Option(
        parsing: .upToNextOption, help: ArgumentHelp("Run these checks alone; the default is all.", valueName: "id"))
    var only: [String] = []

    @Option(
        help: ArgumentHelp(
            "In place of the checks, try every part with random configurations and calls: so many cases (500), or for "
                + "so long (30s).", valueName: "cases"))
    var fuzz: String?

    func run() throws {
        guard limit > 0, limit < 1e6 else { throw UsageError("--limit is a number of seconds above 0") }
        let known = Conformance.claims.map(\.id)
        if let stranger = only.first(where: { !known.contains($0) }) {
            throw UsageError("there is no check '\(stranger.prefix(80))'\(suggestion(for: stranger, among: known))")
        }
        let plan = fuzz.flatMap(FuzzPlan.init)
        guard plan != nil || fuzz == nil else {
            throw UsageError("--fuzz takes a number of cases, 500, or of seconds, 30s")
        }
        var options = common
        options.plugins.insert(file, at: 0)
        let host = try options.host()
        let listings = host.catalogue()
        guard let path = realpath(file, nil) else {
            throw CommandError("\(file): \(String(cString: strerror(errno)))", code: ExitStatus.badInput)
        }
        defer { free(path) }
        let resolved = String(cString: path)
        guard let listing = listings.first(where: { $0.path == file || $0.path == resolved }) else {
            throw CommandError(
                "\(file) holds no plugin; name a library or a bundle", code: ExitStatus.badInput)
        }
        let conformance = Conformance(
            listing: listing, host: host, executable: try Executable.path(), arguments: try arguments(resolved),
            seed: seed,
            limit: limit, only: Set(only))
        var results: [CheckResult] = []
        let report = { (result: CheckResult) in
            results.append(result)
            if common.format == .text { Self.print(result) }
        }
        if let plan { conformance.fuzz(plan, report) } else { conformance.run(report) }
        let counts = [CheckResult.Status.passed, .failed, .skipped].map { status in
            results.count { $0.status == status }
        }
        switch common.format {
        case .json:
            try StandardOutput.write([
                "plugin": .string(listing.id ?? file), "checks": .array(results.map(\.json)),
                "passed": .integer(Int64(counts[0])), "failed": .integer(Int64(counts[1])),
                "skipped": .integer(Int64(counts[2])),
            ])
        case .text:
            try StandardOutput.write("\(counts[0]) passed, \(counts[1]) failed, \(counts[2]) skipped\n")
        }
        if counts[1] > 0 { throw QuietExit(code: ExitStatus.negative) }
    }

    /// How the child finds the same plugins.
    private func arguments(_ path: String) throws -> [String] {
        var arguments = ["--plugin", path]
        for plugin in common.plugins { arguments += ["--plugin", plugin] }
        if let kernels = common.kernels { arguments += ["--kernels", kernels] }
        return arguments
    }

    private static func print(_ result: CheckResult) {
        let name = [result.part, result.id].compactMap { $0 }.joined(separator: ": ")
        try? StandardOutput.write("\(result.status.rawValue)  \(name)  \(result.message)\n")
    }
}

/// The hidden `induct check-plugin ID PART`: one check, or cases of a fuzz, in the process that they may cost.
struct CheckPluginCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "check-plugin", shouldDisplay: false)

    @Argument var check: String
    @Argument var part: String
    @OptionGroup var common: CommonOptions
    @Option var seed: UInt64 = 1
    @Option var cases: Int?
    @Option var seconds: Double?

    func run() throws {
        ChildProcess.endWithParent()
        let border = Border()
        var options = try common.hostOptions()
        options.interposer = border
        // This process is the check's own.
        options.isolation = .none
        let host = try PluginHost(options)
        let opener = OracleDerivingOpener(host)
        let plan = cases.map(FuzzPlan.cases) ?? seconds.map(FuzzPlan.seconds)
        let answer =
            if let plan {
                Conformance.fuzzAnswer(
                    of: part, plan: plan, host: host, opener: opener, border: border, seed: seed,
                    announce: { try StandardOutput.write($0) })
            } else {
                Conformance.answer(check, of: part, host: host, opener: opener, border: border, seed: seed)
            }
        // What the plugin has left in the C library's buffers comes before the answer; after it, nothing runs.
        fflush(nil)
        try StandardOutput.write(answer)
        _exit(0)
    }
}
