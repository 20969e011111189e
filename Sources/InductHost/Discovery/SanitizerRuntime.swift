// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The runtime of AddressSanitizer, which a library that was built with -fsanitize=address needs.
///
/// It has to be the first library of a process, so that a child process gets it by LD_PRELOAD, and a process without it
/// must not open such a library: the runtime would end it.
package struct SanitizerRuntime: Equatable, Sendable {
    /// What the dynamic linker knows it by: "libasan.so.8".
    let name: String

    /// nil: the library needs none, or cannot be read.
    package init?(neededBy library: String) {
        let names = (try? ELFFile(path: library).neededLibraries()) ?? []
        guard let name = names.first(where: { $0.hasPrefix("libasan.so") || $0.hasPrefix("libclang_rt.asan") }) else {
            return nil
        }
        self.name = name
    }

    /// What a child's environment needs.
    ///
    /// Leaks are counted by a check of their own; the sanitizer's count at the end would take Swift's tables for leaks.
    package var environment: [String: String] {
        ["LD_PRELOAD": name, "ASAN_OPTIONS": "detect_leaks=0:detect_odr_violation=0"]
    }

    /// Whether this process began with the runtime.
    static var isLoaded: Bool { dlsym(nil, "__asan_init") != nil }

    /// What a child that ended by a finding has said about it: kind and place.
    package static func finding(in output: String) -> String? {
        let lines = output.split(separator: "\n")
        guard let error = lines.first(where: { $0.contains("ERROR: AddressSanitizer") }) else { return nil }
        let kind = error.split(separator: "AddressSanitizer: ").last.map { $0.prefix { $0 != "(" } } ?? error[...]
        let summary = lines.last { $0.hasPrefix("SUMMARY: AddressSanitizer: ") }?.dropFirst(27)
        return "AddressSanitizer: " + (summary.map(String.init) ?? String(kind))
    }
}
