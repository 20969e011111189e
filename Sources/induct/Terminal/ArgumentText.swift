// SPDX-License-Identifier: Apache-2.0

/// The arguments as the system hands them over: bytes that need not be text.
enum ArgumentText {
    /// Refuses bytes that are no UTF-8: they would be repaired silently, and name other files than the user's.
    ///
    /// - Throws: `UsageError` naming the first such argument.
    static func check() throws {
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let bytes = CommandLine.unsafeArgv[index], String(validatingCString: bytes) == nil else { continue }
            throw UsageError(
                "argument \(index), \(String(cString: bytes).prefix(80)), is no text in UTF-8: rename the file, or name it by "
                    + "a link")
        }
    }
}
