// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductHost
import Testing

/// The child process that describes libraries, whatever it answers, and the memory of its answers.
@Suite struct DescriptionTests {
    /// An executable that stands in for `induct describe-plugin FILE`.
    ///
    /// A child process writes it: were it open here, a test that starts a program at that moment would keep it open, and it
    /// could not be started.
    private static func describer(_ workshop: Workshop, _ body: String) throws -> String {
        let path = workshop.directory + "/describer"
        try Workshop.run(
            "/bin/sh", ["-c", "printf '%s\\n' '#!/bin/sh' \"$1\" >\"$2\"; chmod 755 \"$2\"", "sh", body, path])
        return path
    }

    @Test(arguments: [
        ("exit 0", "ended early with exit code 0"),
        ("printf '{\"description\":{'", "no whole answer"),
        ("echo nonsense", "gave something that is no description"),
        ("echo '{}'", "gave no description"),
        ("echo '{\"description\":{\"id\":7}}'", "its description is malformed"),
        (
            "echo '{\"description\":{\"id\":\"org.x\",\"version\":\"1.0.0\",\"provides\":[{\"kind\":\"pump\"}]}}'",
            "its description is malformed"
        ),
        ("head -c 20000000 /dev/zero", "gave more than 8388608 bytes"),
        ("kill -SEGV $$", "crashed with SIGSEGV"),
        ("sleep 60", "took longer than"),
        ("sleep 60 & exit 0", "ended early with exit code 0"),
    ])
    func answerThatIsNoneIsARefusal(_ body: String, _ reason: String) throws {
        let workshop = try Workshop()
        var options = workshop.options(plugins: [try workshop.compile("coins.c", to: "libcoins.so")])
        options.describer = try Self.describer(workshop, body)
        options.describeLimit = 3
        let listing = try PluginHost(options).catalogue().first
        #expect(listing?.reason?.contains(reason) == true, "\(listing?.reason ?? "ready")")
    }

    @Test func missingDescriberIsNamed() throws {
        let workshop = try Workshop()
        var options = workshop.options(plugins: [try workshop.compile("coins.c", to: "libcoins.so")])
        options.describer = workshop.directory + "/nothing"
        #expect(try PluginHost(options).catalogue().first?.reason?.contains("cannot be started") == true)
    }

    @Test func descriptionIsRememberedUntilTheLibraryChanges() throws {
        let workshop = try Workshop()
        let path = try workshop.compile("malformed.c", to: "libdot.so")
        #expect(try workshop.host(plugins: [path]).catalogue().first?.isReady == true)
        var options = workshop.options(plugins: [path])
        options.describer = "/bin/false"
        #expect(try PluginHost(options).catalogue().first?.version == "1.0.0")
        try workshop.compile("malformed.c", to: "libdot.so", ["-DVERSION=\"1.1.0\""])
        #expect(try PluginHost(options).catalogue().first?.isReady == false)
        #expect(try workshop.host(plugins: [path]).catalogue().first?.version == "1.1.0")
    }

    @Test func damagedMemoryIsForgotten() throws {
        let workshop = try Workshop()
        let path = try workshop.compile("malformed.c", to: "libdot.so")
        #expect(try workshop.host(plugins: [path]).catalogue().first?.isReady == true)
        let cache = URL(fileURLWithPath: workshop.directory + "/cache/plugins-1")
        let entries = try FileManager.default.contentsOfDirectory(at: cache, includingPropertiesForKeys: nil)
        #expect(entries.count == 2)
        for (i, entry) in entries.enumerated() {
            let text = try String(contentsOf: entry, encoding: .utf8)
            try (i == 0 ? String(text.dropLast(3)) : text.replacingOccurrences(of: "o", with: "x"))
                .write(to: entry, atomically: true, encoding: .utf8)
        }
        let listing = try workshop.host(plugins: [path]).catalogue().first
        #expect(listing?.id == "org.example.dot")
        #expect(listing?.isReady == true)
    }

    @Test func memoryThatOthersCanWriteIsNotBelieved() throws {
        let workshop = try Workshop()
        let path = try workshop.compile("malformed.c", to: "libdot.so")
        #expect(try workshop.host(plugins: [path]).catalogue().first?.isReady == true)
        var options = workshop.options(plugins: [path])
        options.describer = "/bin/false"
        #expect(try PluginHost(options).catalogue().first?.isReady == true)
        let cache = workshop.directory + "/cache/plugins-1"
        for entry in try FileManager.default.contentsOfDirectory(atPath: cache) {
            try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: "\(cache)/\(entry)")
        }
        #expect(try PluginHost(options).catalogue().first?.isReady == false)
    }

    @Test func missingDependencyIsTriedAgainWhenItIsThere() throws {
        let workshop = try Workshop()
        let dependency = try workshop.compile("linear.c", to: "lib/libdependency.so")
        let path = try workshop.compile(
            "malformed.c", to: "libdot.so",
            [
                "-Wl,--no-as-needed", "-L\(workshop.directory)/lib", "-ldependency",
                "-Wl,-rpath,\(workshop.directory)/lib",
            ])
        let hidden = dependency + ".hidden"
        try FileManager.default.moveItem(atPath: dependency, toPath: hidden)
        let reason = try workshop.host(plugins: [path]).catalogue().first?.reason
        #expect(reason?.contains("libdependency.so") == true, "\(reason ?? "ready")")
        try FileManager.default.moveItem(atPath: hidden, toPath: dependency)
        #expect(try workshop.host(plugins: [path]).catalogue().first?.isReady == true)
    }
}
