// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductHost
import Testing

/// A plugin that brings the process down while it runs is named before the end.
///
/// Each runs in a process of its own.
@Suite struct CrashTests {
    @Test(arguments: [
        ("*(volatile int*)0=1", "crashed with SIGSEGV"),
        ("abort()", "crashed with SIGABRT"),
        ("raise(SIGFPE)", "crashed with SIGFPE"),
        ("raise(SIGILL)", "crashed with SIGILL"),
        ("raise(SIGBUS)", "crashed with SIGBUS"),
        ("return fill(self,call,error)+1", "crashed with SIGSEGV"),
        ("exit(0)", "ended the process by calling exit()"),
    ])
    func pluginCallAndSignalAreNamed(_ statement: String, _ how: String) async throws {
        let workshop = try Workshop()
        // Without optimisation the endless recursion is no loop.
        let path = try workshop.compile("malformed.c", to: "libdot.so", ["-O0", "-DIN_FILL=\(statement)"])
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Workshop.buildDirectory + "/induct")
        process.arguments = ["sample", "dot", "--count", "1", "--length", "4", "--seed", "1"]
        process.environment = ProcessInfo.processInfo.environment.merging([
            "INDUCT_PLUGIN_PATH": path, "XDG_CACHE_HOME": workshop.directory + "/cache",
        ]) { $1 }
        let (output, messages) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = messages
        try process.run()
        let text = String(decoding: messages.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 69, "\(text)")
        #expect(text.contains("error: the plugin org.example.dot/dot \(how) in its call 'fill'"), "\(text)")
    }

    /// What hangs in this process is ended by the second signal; theory has nothing to save, and ends with the first.
    @Test(arguments: [SIGINT, SIGTERM], [("IN_FILL", "fill", "sample"), ("IN_CREATE", "create", "theory")])
    func aPluginThatHangsIsNamedWhenItIsStopped(signal: Int32, place: (macro: String, call: String, command: String))
        throws
    {
        let workshop = try Workshop()
        let path = try workshop.compile(
            "malformed.c", to: "libdot.so", ["-D\(place.macro)=write(2, \"here\", 4); for (;;) sleep(1)"])
        let (process, _, messages) = try workshop.start([place.command, "dot", "--length", "4", "--plugin", path])
        func said() throws -> String { try String(contentsOfFile: messages, encoding: .utf8) }
        for _ in 0..<3_000 where try !said().contains("here") { usleep(10_000) }
        for _ in 0..<(place.command == "theory" ? 1 : 2) {
            #expect(process.isRunning)
            kill(process.processIdentifier, signal)
            usleep(300_000)
        }
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 130)
        let heard = try said()
        #expect(
            heard.contains("induct: stopped; the plugin org.example.dot/dot was in its call '\(place.call)'\n"),
            "\(heard)")
    }
}
