// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductHost
import Testing

/// Where manifests and their libraries may lie, and what is no manifest.
@Suite struct ForeignManifestTests {
    @Test(arguments: [
        (
            "libc.so.6", "int rand_q(inout unsigned seed[1])",
            "has no symbol 'rand_q'; is it the right library and version?"
        ),
        ("libc.so.6", "int environ(inout unsigned seed[1])", "is a variable and cannot be called"),
        (
            "libnothing.so.9", "int f(inout unsigned seed[1])",
            "its library 'libnothing.so.9' is not installed: neither the dynamic linker's cache"
        ),
        ("./missing.so", "int f(inout unsigned seed[1])", "its library './missing.so': it cannot be opened"),
        ("../libc.so.6", "int f(inout unsigned seed[1])", "holds '..'; give a path without"),
        ("text.so", "int f(inout unsigned seed[1])", "it is not a shared library: it does not begin as an ELF file"),
        ("/etc", "int f(inout unsigned seed[1])", "it is not a regular file"),
        ("/dev/null", "int f(inout unsigned seed[1])", "/dev/null"),
    ])
    func librariesAreLookedAtWithoutLoadingThem(library: String, signature: String, expected: String) throws {
        let workshop = try Workshop()
        try workshop.write("I am no library", to: "text.so")
        let name = library == "text.so" ? workshop.directory + "/text.so" : library
        let reason = try ForeignManifest.refusal(
            ForeignManifest.text(ForeignManifest.source(signature), library: name), workshop)
        #expect(reason?.contains(expected) == true, "\(reason ?? "ready")")
    }

    @Test func textsThatAreTooLongOrTooDeepAreRefused() throws {
        let workshop = try ForeignManifest.workshop.get()
        let large = "{\"runtime\": \"foreign\", \"x\": \"" + String(repeating: "a", count: 10 << 20) + "\"}"
        #expect(try ForeignManifest.refusal(large, workshop)?.contains("1048576 are the most that is read") == true)
        let deep = String(repeating: "[", count: 100_000)
        #expect(try ForeignManifest.refusal(deep, workshop)?.contains("nested more than 200 deep") == true)
        #expect(
            try ForeignManifest.refusal("{\"runtime\": \"foreign\"", workshop)?.contains("its manifest is unreadable")
                == true)
        #expect(
            try ForeignManifest.refusal("{\"runtime\": \"foreign\", \"runtime\": 1}", workshop)?.contains(
                "appears twice") == true)
        #expect(
            try ForeignManifest.refusal("{\"runtime\": \"java\"}", workshop)?.contains("must be \"foreign\"") == true)
        #expect(try ForeignManifest.refusal("[]", workshop)?.contains("must be an object, not []") == true)
        #expect(
            try ForeignManifest.refusal(String(repeating: "x", count: 9), workshop)?.contains("expected a value")
                == true)
        let long = ForeignManifest.source("int f(" + String(repeating: "unsigned ", count: 500) + "seed)")
        #expect(
            try ForeignManifest.refusal(ForeignManifest.text(long), workshop)?.contains(
                "must be a string of at most 4096 bytes in one line") == true)
        let many = ForeignManifest.source("int f(" + (0..<33).map { "int a\($0)" }.joined(separator: ", ") + ")")
        #expect(
            try ForeignManifest.refusal(ForeignManifest.text(many), workshop)?.contains("more than 32 parameters")
                == true)
    }

    @Test func bundlesKeepTheirLibrariesInside() throws {
        let workshop = try Workshop()
        try workshop.compile("foreign.c", to: "bundle/lib/libforeign.so")
        try workshop.compile("foreign.c", to: "outside.so")
        let part = ForeignManifest.source("int wrong_token(uint32_t seed)")
        func reason(_ library: String) throws -> String? {
            try workshop.write(ForeignManifest.text(part, library: library), to: "bundle/plugin.json")
            let listing = try #require(try workshop.host(plugins: [workshop.directory + "/bundle"]).catalogue().first)
            return listing.reason
        }
        #expect(try reason("lib/libforeign.so") == nil)
        #expect(try reason("../outside.so")?.contains("holds '..'") == true)
        #expect(try reason(workshop.directory + "/outside.so")?.contains("does not lie within the bundle") == true)
        try FileManager.default.createSymbolicLink(
            atPath: workshop.directory + "/bundle/lib/link.so", withDestinationPath: workshop.directory + "/outside.so")
        #expect(try reason("lib/link.so")?.contains("leads out of the bundle") == true)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o777], ofItemAtPath: workshop.directory + "/bundle/lib/libforeign.so")
        #expect(try reason("lib/libforeign.so")?.contains("can be written by everyone") == true)
    }

    @Test func manifestsInDirectoriesAreFoundByTheirEnding() throws {
        let workshop = try Workshop()
        try workshop.write(ForeignManifest.text(ForeignManifest.good), to: "plugins/mine.foreign.json")
        try workshop.write("{}", to: "plugins/other.json")
        let listings = try workshop.host(searchPath: [workshop.directory + "/plugins"]).catalogue()
        #expect(listings.map(\.id) == ["org.example.m"])
        #expect(listings[0].provides.map(\.name) == ["s"])
        #expect(listings[0].sha256?.count == 64)
    }
}
