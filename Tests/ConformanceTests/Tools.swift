// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

/// Programs that the tests run: the built `induct`, compilers, make.
enum Tools {
    static let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static var induct: String { products.appending(path: "induct").path }

    /// Runs a program to its end; standard error goes with the output when `joined`.
    static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], joined: Bool = true
    ) throws -> (code: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = joined ? output : FileHandle.nullDevice
        try withSignals { try process.run() }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    /// Runs `body` with no signal blocked.
    ///
    /// Threads of the test runner block most signals, a child inherits that, and CMake waits for SIGCHLD for ever.
    private static func withSignals(_ body: () throws -> Void) rethrows {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    /// The results of `induct plugins check`.
    static func check(
        _ library: String, limit: Int = 60, only: [String] = [], environment: [String: String] = [:]
    ) throws -> (code: Int32, results: JSON) {
        let arguments =
            ["plugins", "check", library, "--limit", "\(limit)", "--format", "json"]
            + (only.isEmpty ? [] : ["--only"] + only)
        let (code, output) = try run(induct, arguments, environment: environment, joined: false)
        return (code, try JSON(parsing: output))
    }

    /// The files of all plugins that come with `induct`.
    static func defaultPlugins() throws -> [String] {
        let (_, output) = try run(induct, ["plugins", "list", "--format", "json"], joined: false)
        return try JSON(parsing: output)["plugins"]?.array?.compactMap { $0["path"]?.string } ?? []
    }

    /// A directory that `body` may fill.
    static func inScratch<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "induct-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        return try body(scratch)
    }
}

extension JSON {
    /// Of a report: those with this status, as "part: id".
    func checks(_ status: String) -> [(part: String, id: String, message: String)] {
        (self["checks"]?.array ?? []).filter { $0["status"]?.string == status }
            .map { ($0["part"]?.string ?? "", $0["id"]?.string ?? "", $0["message"]?.string ?? "") }
    }
}
