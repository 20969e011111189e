// SPDX-License-Identifier: Apache-2.0

import Foundation

extension Workshop {
    /// How a run of `induct` ended, and what it said.
    struct Outcome {
        var code: Int32
        var output: String
        var messages: String
    }

    /// Runs `induct`, which finds the plugins of the workshop's directory "plugins".
    ///
    /// `place`: the working directory; nil = that of the tests.
    func induct(_ arguments: [String], in place: String? = nil) throws -> Outcome {
        let process = try start(arguments, in: place)
        let text = String(decoding: process.output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.process.waitUntilExit()
        return Outcome(
            code: process.process.terminationStatus, output: text,
            messages: try String(contentsOfFile: process.messages, encoding: .utf8))
    }

    /// Starts `induct` in the same way; its messages go to a file.
    func start(
        _ arguments: [String], in place: String? = nil
    ) throws -> (process: Process, output: Pipe, messages: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Workshop.buildDirectory + "/induct")
        process.arguments = arguments
        if let place { process.currentDirectoryURL = URL(fileURLWithPath: place) }
        process.environment = ProcessInfo.processInfo.environment.merging([
            "INDUCT_PLUGIN_PATH": directory + "/plugins", "XDG_CACHE_HOME": directory + "/cache",
            "XDG_DATA_HOME": directory + "/data",
        ]) { $1 }
        let messages = directory + "/messages-" + UUID().uuidString
        _ = FileManager.default.createFile(atPath: messages, contents: nil)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: messages))
        try process.run()
        return (process, output, messages)
    }

    /// The processes in whose command line a text stands.
    static func processes(naming text: String) -> [String] {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return numbers.filter { number in
            guard Int(number) != nil, let line = FileManager.default.contents(atPath: "/proc/\(number)/cmdline") else {
                return false
            }
            return String(decoding: line, as: UTF8.self).contains(text)
        }
    }

    /// Waits half a minute for what should come; whether it came.
    static func wait(for condition: () -> Bool) -> Bool {
        for _ in 0..<3_000 where !condition() { usleep(10_000) }
        return condition()
    }
}
