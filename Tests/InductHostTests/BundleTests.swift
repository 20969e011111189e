// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductHost
import Testing

/// Bundles: directories with a plugin.json and its libraries.
@Suite struct BundleTests {
    private static let digest = String(repeating: "0", count: 64)

    /// Makes a bundle of a good library; `edit` changes the manifest's text.
    private static func bundle(
        _ workshop: Workshop, files: [(path: String, cpu: String?)] = [("libdot.so", nil)],
        edit: (String) -> String = { $0 }
    ) throws -> String {
        var list: [String] = []
        for file in files {
            let path = try workshop.compile("malformed.c", to: "dot/" + file.path)
            let output = try Workshop.run("/usr/bin/sha256sum", [path]).output
            let cpu = file.cpu.map { ",\"cpu\":\"\($0)\"" } ?? ""
            list.append("{\"path\":\"\(file.path)\",\"sha256\":\"\(output.prefix(64))\"\(cpu)}")
        }
        let text = """
            {"id":"org.example.dot","version":"1.0.0","kinds":["source"],"abi":{"major":1,"minor":0},"capabilities":[],
             "provides":[{"kind":"source","name":"dot","summary":"","config_schema":null}],
             "files":[\(list.joined(separator: ","))]}
            """
        try workshop.write(edit(text), to: "dot/plugin.json")
        return workshop.directory + "/dot"
    }

    @Test(arguments: [true, false])
    func bundleIsFoundByItsPathAndInADirectory(_ isNamed: Bool) throws {
        let workshop = try Workshop()
        let path = try Self.bundle(workshop)
        let host = try isNamed ? workshop.host(plugins: [path]) : workshop.host(searchPath: [workshop.directory])
        let listing = host.catalogue().first
        #expect(listing?.path == path)
        #expect(listing?.reason == nil)
        _ = try host.source(PluginSpec(parsing: "dot"))
        #expect(host.loaded.first?.path == path + "/libdot.so")
    }

    @Test(arguments: [
        ("not JSON", "{", "{,", "its plugin.json is unreadable"),
        ("no id", "\"id\"", "\"name\"", "its plugin.json is unreadable: id, version or provides is missing"),
        ("wrong major", "\"major\":1", "\"major\":3", "written for major version 3 of the ABI"),
        ("other id", "org.example.dot", "org.example.spot", "has the id org.example.spot, its library org.example.dot"),
        ("other version", "1.0.0", "1.0.1", "has the version 1.0.1, its library 1.0.0"),
        (
            "other name", "\"name\":\"dot\"", "\"name\":\"spot\"",
            "differ in what they provide: source 'dot', source 'spot'"
        ),
        ("way out", "libdot.so", "../dot/libdot.so", "does not lie within the bundle"),
        ("way out by the root", "\"libdot.so", "\"/usr/lib/libdot.so", "does not lie within the bundle"),
        ("file that is not there", "libdot.so", "libspot.so", "its file 'libspot.so': it cannot be opened"),
        ("no files", "\"files\"", "\"folders\"", "files is missing or empty"),
        ("digest that is none", "\"sha256\":\"", "\"sha256\":\"x", "is not 64 lowercase hex digits"),
        ("other machines only", "libdot.so\"", "libdot.so\",\"cpu\":\"z80\"", "no file for this processor"),
    ])
    func manifestThatIsWrongIsRefused(_ name: String, _ old: String, _ new: String, _ reason: String) throws {
        let workshop = try Workshop()
        let path = try Self.bundle(workshop) { $0.replacingOccurrences(of: old, with: new) }
        let listing = try workshop.host(plugins: [path]).catalogue().first
        #expect(listing?.reason?.contains(reason) == true, "\(listing?.reason ?? "ready")")
    }

    @Test func fileThatWasChangedIsRefused() throws {
        let workshop = try Workshop()
        let path = try Self.bundle(workshop)
        try workshop.compile("malformed.c", to: "dot/libdot.so", ["-DNONSENSE"])
        let reason = try workshop.host(plugins: [path]).catalogue().first?.reason
        #expect(reason?.contains("the file was changed or damaged") == true)
    }

    @Test func linkOutOfTheBundleIsRefused() throws {
        let workshop = try Workshop()
        let path = try Self.bundle(workshop)
        try FileManager.default.moveItem(atPath: path + "/libdot.so", toPath: workshop.directory + "/libdot.so")
        try FileManager.default.createSymbolicLink(atPath: path + "/libdot.so", withDestinationPath: "../libdot.so")
        let reason = try workshop.host(plugins: [path]).catalogue().first?.reason
        #expect(reason?.contains("does not lie within the bundle") == true)
    }

    @Test func unreadableManifestIsRefused() throws {
        let workshop = try Workshop()
        let path = try Self.bundle(workshop)
        try Data([0x7b, 0xff, 0xfe, 0x7d]).write(to: URL(fileURLWithPath: path + "/plugin.json"))
        let reason = try workshop.host(plugins: [path]).catalogue().first?.reason
        #expect(reason == "its plugin.json is unreadable: it is not UTF-8")
    }

    #if arch(x86_64)
        @Test func bestLibraryForTheProcessorIsTaken() throws {
            let workshop = try Workshop()
            let path = try Self.bundle(
                workshop, files: [("plain.so", nil), ("old.so", "x86-64"), ("far.so", "x86-64-v9")])
            let host = try workshop.host(plugins: [path])
            _ = try host.source(PluginSpec(parsing: "dot"))
            #expect(host.loaded.first?.path == path + "/old.so")
        }
    #endif
}
