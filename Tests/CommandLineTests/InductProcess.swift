// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

/// The built `induct`, run as a child process; it lies beside the test bundle.
struct InductProcess {
    var code: Int32
    var output: String
    var error: String

    static var executable: URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent("induct")
    }

    /// Runs a command to its end; `environment` is added to that of the tests.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], executable: URL = Self.executable
    ) throws -> InductProcess {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let output = Pipe()
        let error = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = error
        try process.run()
        let errorReader = Reader(error)
        let outputText = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return InductProcess(
            code: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
            output: String(decoding: outputText, as: UTF8.self), error: errorReader.text())
    }

    /// Runs a line of bash, in which `induct` stands for the program.
    static func shell(_ line: String) throws -> InductProcess {
        let function = "induct() { '\(executable.path)' \"$@\"; }; "
        return try run(["-c", "set -o pipefail; " + function + line], executable: URL(fileURLWithPath: "/bin/bash"))
    }

    /// Runs a command that must succeed, and reads the JSON that is all of its standard output.
    static func json(_ arguments: [String]) throws -> JSON {
        let result = try run(arguments + ["--format", "json"])
        try #require(result.code == 0, "\(arguments): \(result.error)")
        return try JSON(parsing: result.output)
    }

    /// Reads a pipe to its end beside the other one.
    private final class Reader: @unchecked Sendable {
        private let thread: DispatchQueue
        private let done = DispatchSemaphore(value: 0)
        private var data = Data()

        init(_ pipe: Pipe) {
            thread = DispatchQueue(label: "reader")
            thread.async { [self] in
                data = pipe.fileHandleForReading.readDataToEndOfFile()
                done.signal()
            }
        }

        func text() -> String {
            done.wait()
            return String(decoding: data, as: UTF8.self)
        }
    }
}

/// A directory that goes away with its test.
final class TemporaryDirectory {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("induct-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file, with the directories above it.
    func file(_ name: String, _ text: String, executable: Bool = false) throws -> String {
        let file = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
        if executable { try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path) }
        return file.path
    }

    func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)) }
}
