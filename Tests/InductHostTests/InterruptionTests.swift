// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A command that is stopped takes with it what works for it, whatever hangs there.
@Suite struct InterruptionTests {
    @Test(arguments: [SIGKILL, SIGINT])
    func noWorkerOutlivesTheHost(signal: Int32) throws {
        let workshop = try Workshop()
        let path = try workshop.compile("wild.c", to: "plugins/libwild.so")
        let (process, _, _) = try workshop.start([
            "sample", "wild(how=hang)", "--plugin", path, "--count", "2", "--length", "4", "--seed", "1", "--isolate",
        ])
        // The host, and its worker.
        #expect(Workshop.wait { Workshop.processes(naming: path).count >= 2 })
        usleep(200_000)
        kill(process.processIdentifier, signal)
        #expect(Workshop.wait { Workshop.processes(naming: path).isEmpty })
        process.waitUntilExit()
    }

    /// The child that a library is asked in, and the one that a check runs in.
    @Test(arguments: [SIGKILL, SIGTERM], [("IN_ENTRY", ["list", "--plugin"]), ("IN_FILL", ["check"])])
    func noChildOutlivesItsCommand(signal: Int32, place: (macro: String, words: [String])) throws {
        let workshop = try Workshop()
        let here = workshop.directory + "/here"
        let path = try workshop.compile(
            "malformed.c", to: "libdot.so", ["-D\(place.macro)=fopen(\"\(here)\", \"w\"); for (;;) sleep(1)"])
        let (process, _, _) = try workshop.start(["plugins"] + place.words + [path])
        #expect(Workshop.wait { FileManager.default.fileExists(atPath: here) })
        #expect(Workshop.processes(naming: path).count == 2)
        kill(process.processIdentifier, signal)
        #expect(Workshop.wait { Workshop.processes(naming: path).isEmpty })
        process.waitUntilExit()
        if signal == SIGTERM {
            #expect(process.terminationReason == .exit && process.terminationStatus == 130)
        }
    }
}
