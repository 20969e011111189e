// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductCore
import InductHost

/// Of a plugin as a whole: its file, its manifest, and how it behaves when it is loaded.
///
/// Each is run in a process in which nothing of the plugin was loaded before.
let libraryChecks: [Check] = [
    Check("exports-entry-only", nil, "the library exports induct_plugin_entry_v1 and nothing else") { subject in
        let names = try subject.inspection.exportedNames().filter { !isOfTheLinker($0) }
        let others = names.filter { $0 != "induct_plugin_entry_v1" }
        try require(
            others.isEmpty,
            "it exports \(others.count) more: \(others.prefix(3).joined(separator: ", ")); other plugins may define the "
                + "same, so link with a version script (SDK/C/plugin.version) or hide them")
    },
    Check("manifest-agrees", nil, "plugin.json says about the plugin what the library says itself") { subject in
        guard let stated = subject.inspection.stated else { throw CheckSkipped("it is no bundle") }
        let actual = try subject.inspection.load().description
        guard let difference = firstDifference(stated, actual, at: "") else { return }
        throw CheckFailure("plugin.json and library differ at \(difference); write it again with `induct plugins pack`")
    },
    Check("note-agrees", nil, "the library's note says about the plugin what its tables say") { subject in
        guard let note = try subject.inspection.note() else { throw CheckSkipped("it has no note") }
        let actual = try subject.inspection.load().description
        let stated: JSON = .object(
            (note.members ?? []).map { .init(key: $0.key, value: actual[$0.key] ?? .null) })
        guard let difference = firstDifference(note, stated, at: "") else { return }
        throw CheckFailure("note and library differ at \(difference); compile both against the same headers")
    },
    Check("load-time", nil, "it is loaded in under 100 ms") { subject in
        let watch = Stopwatch()
        _ = try subject.inspection.load()
        let milliseconds = watch.seconds * 1e3
        try require(
            milliseconds < 100, "loading it takes \(Int(milliseconds)) ms; put off until create what takes long")
    },
    Check("load-output", nil, "nothing is written while it is loaded") { subject in
        let written = try CapturedOutput.bytes { _ = try subject.inspection.load() }
        let text = String(decoding: written.prefix(60), as: UTF8.self)
        try require(written.isEmpty, "it writes '\(text)' while it is loaded; use the host's log, in a call")
    },
    Check("load-threads", nil, "no thread is started while it is loaded") { subject in
        let before = ProcessState.threads
        _ = try subject.inspection.load()
        let more = ProcessState.threads - before
        try require(
            more <= 0, "it starts \(more) threads while it is loaded; start them in create, end them in destroy")
    },
    Check("load-environment", nil, "environment, directory and signals stay as they were while it is loaded") {
        subject in
        let before = ProcessState.surroundings
        _ = try subject.inspection.load()
        let after = ProcessState.surroundings
        for (one, other) in zip(before, after) where one.value != other.value {
            throw CheckFailure("loading it changes the process's \(one.name); leave alone what all share")
        }
    },
    Check("load-repeats", nil, "the entry gives the same plugin whenever it is called") { subject in
        let first = try subject.inspection.load().description
        let second = try subject.inspection.load().description
        try require(first == second, "its entry says something else at its second call; it must be idempotent")
    },
    Check("unknown-factories", nil, "an unknown factory id gives NULL") { subject in
        let hasFactory = try subject.inspection.load().hasFactory
        let ids = [
            "", "induct", "induct.source", "induct.source/0", "induct.source/2", "induct.source/11",
            "induct.oracle/1", "INDUCT.SOURCE/1", "org.example.unknown/1", " induct.source/1",
            String(repeating: "x", count: 5_000), "%s%n%s", "\u{1F980}",
        ]
        for id in ids where hasFactory(id) {
            throw CheckFailure("get_factory(\"\(id.prefix(40))\") gives a factory; compare the whole id")
        }
    },
]

/// Symbols that old linkers and sanitizers put into every library.
private func isOfTheLinker(_ name: String) -> Bool {
    ["_init", "_fini", "_edata", "_end", "__bss_start"].contains(name)
        || ["__asan_", "__odr_asan", "__start_asan", "__stop_asan", "__sanitizer_", "__ubsan_"]
            .contains { name.hasPrefix($0) }
}

/// Where two values differ first: "provides[0].summary".
private func firstDifference(_ a: JSON, _ b: JSON, at place: String) -> String? {
    if let one = a.members, let other = b.members {
        for key in (one + other).map(\.key) {
            let path = place.isEmpty ? key : "\(place).\(key)"
            guard let x = a[key], let y = b[key] else { return path }
            if let difference = firstDifference(x, y, at: path) { return difference }
        }
        return nil
    }
    if let one = a.array, let other = b.array {
        guard one.count == other.count else { return place }
        for (i, pair) in zip(one, other).enumerated() {
            if let difference = firstDifference(pair.0, pair.1, at: "\(place)[\(i)]") { return difference }
        }
        return nil
    }
    return a == b ? nil : place
}
