// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductHost
import Logging

/// A temporary directory in which plugins are compiled, and hosts that look there; removed with it.
final class Workshop: Sendable {
    let directory: String

    /// The root of the repository.
    static let root = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined()

    /// Where `swift build` puts `induct` and the libraries: beside the tests.
    static var buildDirectory: String {
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (path as NSString).deletingLastPathComponent
    }

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("induct-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        directory = url.path
        try compile("kernels.c", to: "bin/libInductKernels.so")
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    /// What went wrong with a tool of the tests.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Compiles a fixture into a shared library, as a stranger would.
    ///
    /// - Returns: the library's path
    @discardableResult
    func compile(_ fixture: String, to name: String, _ flags: [String] = []) throws -> String {
        let path = directory + "/" + name
        try makeDirectory((name as NSString).deletingLastPathComponent)
        try Self.run(
            "/usr/bin/cc",
            ["-std=c11", "-O1", "-Wall", "-Wextra", "-shared", "-fPIC", "-I\(Self.root)/SDK/C/include"] + flags
                + ["\(Self.root)/Tests/InductHostTests/Fixtures/\(fixture)", "-o", path, "-lm"])
        return path
    }

    func makeDirectory(_ name: String) throws {
        guard !name.isEmpty else { return }
        try FileManager.default.createDirectory(
            atPath: directory + "/" + name, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755])
    }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let path = directory + "/" + name
        try makeDirectory((name as NSString).deletingLastPathComponent)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// Options that see nothing but what a test puts there.
    func options(plugins: [String] = [], searchPath: [String] = []) -> HostOptions {
        HostOptions(
            plugins: plugins, searchPath: searchPath, executableDirectory: directory + "/bin", kernels: "reference",
            describer: Self.buildDirectory + "/induct", cacheDirectory: directory + "/cache",
            log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    func host(plugins: [String] = [], searchPath: [String] = []) throws -> PluginHost {
        try PluginHost(options(plugins: plugins, searchPath: searchPath))
    }

    /// Runs a program to its end.
    @discardableResult
    static func run(_ program: String, _ arguments: [String]) throws -> (code: Int32, output: String, error: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let (output, error) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = error
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let messages = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "\(program) gave exit code \(process.terminationStatus): \(messages)")
        }
        return (process.terminationStatus, text, messages)
    }
}
