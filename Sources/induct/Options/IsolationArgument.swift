// SPDX-License-Identifier: Apache-2.0

/// The option `--isolate`, whose value may be left out.
enum IsolationArgument {
    /// What `--isolate` alone means.
    static let all = "all"
    /// Nothing has a process of its own, not even foreign functions.
    static let none = "none"

    /// `--isolate` becomes `--isolate=all`; what follows "--" is left alone.
    static func completed(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments[..<end].map { $0 == "--isolate" ? "--isolate=\(all)" : $0 } + arguments[end...]
    }
}
