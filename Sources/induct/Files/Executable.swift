// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The running executable.
enum Executable {
    /// Its absolute path.
    static func path() throws -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else {
            throw CommandError(
                "cannot find the executable: /proc/self/exe cannot be read", code: ExitStatus.inputOutput)
        }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The directory it lies in.
    static func directory() throws -> String {
        let path = try path()
        return String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }

    /// The directory that holds the kernels and the default plugins: the executable's own, or, where it was installed,
    /// `../lib/induct`.
    static func libraryDirectory() throws -> String {
        let directory = try directory()
        let installed = directory + "/../lib/induct"
        guard !FileKind.isFile(directory + "/libInductKernels.so"), FileKind.isDirectory(installed) else {
            return directory
        }
        guard let resolved = realpath(installed, nil) else { return installed }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

/// The environment.
enum ProcessEnvironment {
    static var variables: [String: String] {
        var result: [String: String] = [:]
        var pointer = environ
        while let entry = pointer.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                result[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            pointer += 1
        }
        return result
    }
}
