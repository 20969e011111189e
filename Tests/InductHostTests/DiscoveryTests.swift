// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductHost
import Testing

/// What the search path may hold, and what becomes of it.
@Suite struct DiscoveryTests {
    /// A name in a search directory, how it gets there, and why it is refused; nil: it is passed over.
    struct Intruder: CustomTestStringConvertible, Sendable {
        var name: String
        var make: @Sendable (Workshop, String) throws -> Void
        var reason: String?
        var testDescription: String { name }
    }

    /// The first `count` bytes of a good plugin, with some of them changed.
    private static func damaged(_ count: Int?, _ changes: [Int: UInt8] = [:])
        -> @Sendable (Workshop, String) throws -> Void
    {
        { workshop, path in
            let good = try workshop.compile("malformed.c", to: "good.so")
            var bytes = try Data(contentsOf: URL(fileURLWithPath: good))
            if let count { bytes = bytes.prefix(count) }
            for (place, value) in changes { bytes[place] = value }
            try bytes.write(to: URL(fileURLWithPath: path))
        }
    }

    static let intruders = [
        Intruder(
            name: "text.so", make: { try Data("INPUT(libm.so)\n".utf8).write(to: URL(fileURLWithPath: $1)) },
            reason: "does not begin as an ELF file"),
        Intruder(
            name: "empty.so", make: { try Data().write(to: URL(fileURLWithPath: $1)) },
            reason: "does not begin as an ELF file"),
        Intruder(name: "header.so", make: damaged(40), reason: "truncated: it ends within its header"),
        Intruder(name: "half.so", make: damaged(700), reason: "truncated"),
        Intruder(name: "narrow.so", make: damaged(nil, [4: 1]), reason: "for another machine"),
        Intruder(name: "sparc.so", make: damaged(nil, [18: 43]), reason: "for another machine (ELF machine 43)"),
        Intruder(name: "program.so", make: damaged(nil, [16: 2]), reason: "not a shared library"),
        Intruder(name: "headers.so", make: damaged(nil, [56: 0, 57: 0]), reason: "program headers are damaged"),
        Intruder(name: "beyond.so", make: damaged(nil, [39: 0x7f]), reason: "its program headers lies beyond its end"),
        Intruder(
            name: "loop.so",
            make: { try FileManager.default.createSymbolicLink(atPath: $1, withDestinationPath: $1) },
            reason: "its symbolic links form a loop"),
        Intruder(
            name: "dangling.so",
            make: { try FileManager.default.createSymbolicLink(atPath: $1, withDestinationPath: "/nowhere/at-all.so") },
            reason: "it cannot be opened"),
        Intruder(
            name: "open.so",
            make: {
                try damaged(nil)($0, $1)
                try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: $1)
            }, reason: "can be written by everyone"),
        Intruder(
            name: "pipe.so", make: { _ = try Workshop.run("/usr/bin/mkfifo", [$1]) }, reason: "not a regular file"),
        Intruder(
            name: "other.so", make: { try $0.compile("kernels.c", to: "search/\(($1 as NSString).lastPathComponent)") }),
        Intruder(name: "notes.txt", make: { try Data("notes".utf8).write(to: URL(fileURLWithPath: $1)) }),
    ]

    @Test(arguments: intruders)
    func intruderInADirectoryDisturbsNobody(_ intruder: Intruder) throws {
        let workshop = try Workshop()
        let good = try workshop.compile("coins.c", to: "search/libcoins.so")
        let path = workshop.directory + "/search/" + intruder.name
        try intruder.make(workshop, path)
        let listings = try workshop.host(searchPath: [workshop.directory + "/search"]).catalogue()
        #expect(listings.first { $0.path == good }?.isReady == true)
        let reason = listings.first { $0.path == path }?.reason
        if let expected = intruder.reason {
            #expect(reason?.contains(expected) == true, "\(reason ?? "none")")
        } else {
            #expect(listings.count == 1)
        }
    }

    @Test func everyTruncationOfALibraryIsSurvived() throws {
        let workshop = try Workshop()
        let whole = try Data(contentsOf: URL(fileURLWithPath: try workshop.compile("malformed.c", to: "good.so")))
        try workshop.makeDirectory("search")
        let path = workshop.directory + "/search/cut.so"
        var options = workshop.options(searchPath: [workshop.directory + "/search"])
        options.describer = "/bin/false"
        var refused = 0
        for count in stride(from: 0, to: whole.count, by: 61) {
            try whole.prefix(count).write(to: URL(fileURLWithPath: path))
            refused += try PluginHost(options).catalogue().count { !$0.isReady }
        }
        #expect(refused > 0)
        try whole.write(to: URL(fileURLWithPath: path))
        options.describer = Workshop.buildDirectory + "/induct"
        #expect(try PluginHost(options).catalogue().first?.isReady == true)
    }

    @Test func directoryThatEveryoneCanWriteIsRefusedWhole() throws {
        let workshop = try Workshop()
        try workshop.compile("coins.c", to: "search/libcoins.so")
        let directory = workshop.directory + "/search"
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: directory)
        let listings = try workshop.host(searchPath: [directory]).catalogue()
        #expect(listings.map(\.path) == [directory])
        #expect(listings.first?.reason?.contains("can be written by everyone") == true)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory)
        #expect(try workshop.host(searchPath: [directory]).catalogue().first?.isReady == true)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a file away"))
    func fileOfAStrangerIsRefused() throws {
        let workshop = try Workshop()
        let path = try workshop.compile("coins.c", to: "search/libcoins.so")
        try #require(chown(path, 12_345, 12_345) == 0)
        let listings = try workshop.host(searchPath: [workshop.directory + "/search"]).catalogue()
        #expect(listings.first?.reason?.contains("belongs to user 12345") == true)
    }

    @Test func duplicateIdNamesBothAndNeitherIsUsed() throws {
        let workshop = try Workshop()
        let first = try workshop.compile("malformed.c", to: "one/libdot.so")
        let second = try workshop.compile("malformed.c", to: "two/libdot.so", ["-DVERSION=\"2.0.0\""])
        let host = try workshop.host(
            searchPath: [workshop.directory + "/one", workshop.directory + "/two"])
        let listings = host.catalogue()
        #expect(listings.count == 2)
        for listing in listings {
            #expect(listing.reason?.contains("\(first) and \(second)") == true)
        }
        let error = try #require(throws: HostError.self) { try host.source(PluginSpec(parsing: "dot")) }
        #expect(error.description.contains("org.example.dot is used by more than one plugin"))
    }

    @Test func fileFoundTwiceIsOnePlugin() throws {
        let workshop = try Workshop()
        let path = try workshop.compile("coins.c", to: "search/libcoins.so")
        try FileManager.default.createSymbolicLink(
            atPath: workshop.directory + "/search/liblink.so", withDestinationPath: path)
        let listings = try workshop.host(plugins: [path], searchPath: [workshop.directory + "/search"]).catalogue()
        #expect(listings.count == 1)
    }

    @Test func directoryThatDoesNotExistIsNamed() throws {
        let workshop = try Workshop()
        let listings = try workshop.host(plugins: ["/nowhere/at-all"]).catalogue()
        #expect(listings.first?.reason?.contains("No such file or directory") == true)
    }

    @Test func listingLoadsNothing() throws {
        let workshop = try Workshop()
        let mark = workshop.directory + "/was-here"
        // The constructor writes a file when the library is opened in the process with this number.
        let flags = [
            "-include", "unistd.h", "-DIN_CONSTRUCTOR=if(getpid()==\(getpid()))fclose(fopen(\"\(mark)\",\"w\"))",
        ]
        let path = try workshop.compile("malformed.c", to: "libdot.so", flags)
        let host = try workshop.host(plugins: [path])
        #expect(host.catalogue().first?.isReady == true)
        #expect(!FileManager.default.fileExists(atPath: mark))
        #expect(host.loaded.isEmpty)
        _ = try host.source(PluginSpec(parsing: "dot"))
        #expect(FileManager.default.fileExists(atPath: mark))
        #expect(host.loaded.map(\.id) == ["org.example.dot"])
    }
}
