// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The files of this repository, as the tests see them.
struct Repository {
    /// The directory that holds Package.swift.
    let root: URL

    init(file: String = #filePath) {
        root = URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    var headers: URL { root.appending(path: "SDK/C/include") }

    /// Regular files below `directory` whose names end in one of `extensions`; build products and hidden ones left out.
    func files(in directory: String, extensions: Set<String>) -> [URL] {
        let keys: [URLResourceKey] = [.isRegularFileKey, .isSymbolicLinkKey]
        let top = root.appending(path: directory)
        guard let walk = FileManager.default.enumerator(at: top, includingPropertiesForKeys: keys) else { return [] }
        var found: [URL] = []
        for case let file as URL in walk {
            if file.lastPathComponent.hasPrefix(".") {
                walk.skipDescendants()
            } else if extensions.contains(file.pathExtension) {
                found.append(file)
            }
        }
        return found.sorted { $0.path < $1.path }
    }

    /// The path of a file from the root.
    func name(_ file: URL) -> String { String(file.path.dropFirst(root.path.count + 1)) }
}

/// A program run to its end.
struct Command {
    let status: Int32
    let output: String

    /// Runs `program`, found on PATH, in a child process.
    init(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        status = process.terminationStatus
        output = String(decoding: data, as: UTF8.self)
    }
}

/// A directory that goes when the test ends.
final class ScratchDirectory {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "induct-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}
