// SPDX-License-Identifier: Apache-2.0

/// What runs a plugin's file.
package enum PluginRuntime: String, Equatable, Sendable {
    /// A shared library; the file format says so.
    case native
    /// A Python file, in the user's own interpreter.
    case python

    /// As the file's name has it; the name is what a user goes by, and what is inside is looked at afterwards.
    init(ofFile path: String) { self = path.hasSuffix(".py") ? .python : .native }

    /// Whether a file is a plugin for this runtime, judged without running any of it.
    ///
    /// - Throws: why it cannot be one.
    func recognises(_ path: String) throws(TableDefect) -> Bool {
        switch self {
        case .native: try ELFFile(path: path).exports(entrySymbol)
        case .python: try PythonFile(path: path).isPlugin
        }
    }

    /// What is said of a file that is not recognised.
    var missingMark: String {
        switch self {
        case .native: "it does not export \(entrySymbol); it is no plugin"
        case .python: "it does not import induct and put @induct.source or the like over a class; it is no plugin"
        }
    }
}
