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
}
