// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The commands of a guide: its blocks marked `sh`, one after the other in one shell.
struct Guide: CustomTestStringConvertible, Sendable {
    let path: String

    var testDescription: String { path }

    static let all = Checkout.files(in: "Documentation/Guides", ending: ".md").map { Guide(path: $0) }
    static let readme = Guide(path: "README.md")

    /// Those that add a part, in every language.
    static let parts = ["a-source", "an-architecture", "a-gate", "an-evaluator"].map {
        Guide(path: "Documentation/Guides/Add-\($0).md")
    }

    func script() throws -> String { Self.commands(in: try Checkout.text(path)) }

    /// The commands of the section with this heading; nil when there is none.
    func script(section: String) throws -> String? {
        try Checkout.text(path).split(separator: "\n## ").first { $0.hasPrefix(section + "\n") }
            .map { Self.commands(in: String($0)) }
    }

    private static func commands(in text: String) -> String {
        text.matches(of: #/(?s)```sh\n(.*?)```/#).map { String($0.1) }.joined(separator: "\n")
    }

    /// Files that the text links to, from the root; code has no links.
    func links() throws -> [String] {
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        let text = try Checkout.text(path).replacing(#/(?s)```.*?```/#, with: "")
        return text.matches(of: #/\]\(([^)#]+)\)/#).map { String($0.1) }
            .filter { !$0.contains("://") }.map { folder + "/" + $0 }
    }
}

@Suite("The guides")
struct GuideTests {
    /// The program under test, beside this test bundle's products.
    static let program = Bundle.main.bundleURL.appending(path: "induct")

    @Test("end with a command that proves them", arguments: Guide.all)
    func endWithAProof(guide: Guide) throws {
        let text = try Checkout.text(guide.path)
        let lastBlock = try #require(text.matches(of: #/(?s)```sh\n.*?```/#).last)
        let rest = text[lastBlock.range.upperBound...]
        #expect(!rest.contains("\n## "), "there is a section after the last command")
    }

    @Test("link to files that are there", arguments: Guide.all + [Guide.readme])
    func linksExist(guide: Guide) throws {
        for link in try guide.links() {
            let file = Checkout.root.appending(path: link).standardizedFileURL
            #expect(FileManager.default.fileExists(atPath: file.path), "\(guide.path) links to \(link)")
        }
    }

    @Test("run as they are written", arguments: Guide.all.filter { !$0.path.hasSuffix("Add-a-kernel.md") })
    func run(guide: Guide) throws { try run(guide) { _ in } }

    /// `induct` with less to do: commands that train get few steps and samples, those that measure measure once, and
    /// pictures are left as Vega-Lite.
    private static let hurried = """
        case "$1 $2" in
        "theory "*) [ "${3:-}" != --plot ] || set -- theory "$2" --plot "${4%.svg}.vl.json" ;;
        "bench train") set -- "$@" --repetitions 1 --steps 2 ;;
        "bench kernels") set -- "$@" --repetitions 1 --only softmax ;;
        "run "* | "sweep "*) set -- "$@" --set training.steps=2 --set training.batch=8 --set evaluate.0.samples=32 ;;
        esac
        case "$*" in *coins.yaml*) set -- "$@" --set evaluate.1.samples=32 ;; esac
        """

    @Test("are led to by a README whose commands run as they are written, in less time")
    func runReadme() throws {
        try run(Guide.readme) { scratch in
            // A checkout that was built, as `make demo` leaves it.
            let build = scratch.appending(path: ".build/release")
            try FileManager.default.createDirectory(at: build, withIntermediateDirectories: true)
            let program = build.appending(path: "induct")
            try "#!/bin/sh\n\(Self.hurried)\nexec '\(Self.program.path)' \"$@\"\n"
                .write(to: program, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
            try FileManager.default.createSymbolicLink(
                at: scratch.appending(path: "Experiments"),
                withDestinationURL: Checkout.root.appending(path: "Experiments"))
        }
    }

    @Test("name experiments that are there", arguments: Guide.all + [Guide.readme])
    func experimentsExist(guide: Guide) throws {
        let names = try Checkout.text(guide.path).matches(of: #/induct reproduce (\w+\/[\w-]+)/#).map { $0.1 }
        for name in names { #expect(try Checkout.text("Experiments/\(name).yaml") != "", "\(name)") }
        if guide.path == Guide.readme.path { #expect(!names.isEmpty) }
    }

    /// Runs the commands of a guide in a new directory, after `prepare` has been there.
    private func run(_ guide: Guide, _ prepare: (URL) throws -> Void) throws {
        try #require(FileManager.default.isExecutableFile(atPath: Self.program.path), "no induct beside the tests")
        let scratch = FileManager.default.temporaryDirectory.appending(path: "induct-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        try prepare(scratch)
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-euc", try guide.script()]
        process.currentDirectoryURL = scratch
        var environment = ProcessInfo.processInfo.environment
        let search = environment["PATH"] ?? "/usr/bin:/bin"
        environment["PATH"] = Self.program.deletingLastPathComponent().path + ":" + search
        environment["INDUCT_SOURCES"] = Checkout.root.path
        environment["INDUCT_VL_CONVERT"] = ""
        // What a reader has installed with pip.
        environment["INDUCT_PYTHON"] = Checkout.root.appending(path: ".build/python/bin/python").path
        environment["PYTHONPATH"] = Checkout.root.appending(path: "SDK/Python").path
        // The SDK is built once for all guides, as they advise, and once for all runs of these tests.
        environment["INDUCT_SWIFT_SCRATCH"] = Checkout.root.appending(path: ".build/swift-plugins").path
        environment["XDG_CACHE_HOME"] = scratch.appending(path: "cache").path
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(output.suffix(4_000))")
        for line in try expectations(of: guide) {
            #expect(output.contains(line), "the output does not hold \(line):\n\(output.suffix(4_000))")
        }
    }

    @Test(
        "lead in every language from nothing to figures: what is written is checked, run, and its figures are listed",
        arguments: Guide.parts, ["In C", "In Swift", "In Python"])
    func leadToFigures(guide: Guide, section: String) throws {
        let script = try #require(try guide.script(section: section))
        #expect(script.contains(#/(?m)^(make -C \S+ test|induct plugins check \S+\.py)$/#))
        let run = try #require(script.firstMatch(of: #/(?m)^induct run (?:.*\\\n)*.*--output (\S+)$/#))
        #expect(script.contains("\nls \(run.1)/figures\n"))
    }

    @Test("show no Swift that they do not build", arguments: Guide.all)
    func swiftIsBuilt(guide: Guide) throws {
        #expect(!(try Checkout.text(guide.path).contains("```swift")))
    }

    /// Text that the guide promises: inline code in a line that begins with "It prints".
    private func expectations(of guide: Guide) throws -> [String] {
        try Checkout.text(guide.path).split(separator: "\n").filter { $0.hasPrefix("It prints") }
            .flatMap { $0.matches(of: #/`([^`]+)`/#).map { String($0.1) } }
    }
}
