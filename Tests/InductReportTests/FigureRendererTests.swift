// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductReport
import Testing

@Suite("The renderer")
struct FigureRendererTests {
    let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    /// Writes an executable script, and gives its path.
    ///
    /// A child writes it: were it open for writing here while another test starts a process, that process would hold it
    /// open too, and the script could not be run ("Text file busy").
    private func script(_ text: String, at name: String = "vl-convert") throws -> String {
        let url = scratch.url.appending(path: name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        let writer = Process()
        writer.executableURL = URL(fileURLWithPath: "/bin/sh")
        writer.arguments = [
            "-c", #"printf '%s' "$1" > "$2" && chmod 755 "$2""#, "sh", "#!/bin/sh\n\(text)\n", url.path,
        ]
        try writer.run()
        writer.waitUntilExit()
        try #require(writer.terminationStatus == 0)
        return url.path
    }

    private var copying: String { #"cp "$3" "$5""# }

    @Test("is taken from the environment, then from the package, then from PATH")
    func order() throws {
        let inPackage = try script(copying, at: ".venv/bin/vl-convert")
        let onPath = try script(copying, at: "tools/vl-convert")
        let executables = scratch.path + "/.build/x86_64/release"
        let path = "relative:" + scratch.path + "/empty:" + scratch.path + "/tools"
        func find(_ environment: [String: String], _ directory: String) -> String? {
            FigureRenderer.find(environment: environment, executableDirectory: directory)?.command
        }
        #expect(find(["INDUCT_VL_CONVERT": "/own", "PATH": path], executables) == "/own")
        #expect(find(["PATH": path], executables) == inPackage)
        #expect(find(["PATH": path], "/usr/bin") == onPath)
        #expect(find(["PATH": "/nowhere"], "/usr/bin") == nil)
        #expect(find(["INDUCT_VL_CONVERT": "", "PATH": path], executables) == nil)
    }

    @Test("draws an SVG and a PNG of every figure")
    func drawsAll() throws {
        let renderer = FigureRenderer(command: try script(copying))
        for name in ["one", "two", "three"] { try scratch.write(name, to: name + ".vl.json") }
        let drawn = renderer.render(["one", "two", "three"].map { scratch.path + "/" + $0 })
        #expect(drawn.failure == nil)
        #expect(drawn.files.count == 6)
        #expect(try scratch.read("two.svg") == "two")
        #expect(try scratch.read("three.png") == "three")
    }

    @Test(
        "says why it failed, and the run goes on",
        arguments: [
            ("echo first; echo 'no fonts here' >&2; exit 3", "no fonts here"), ("exit 3", "exited with 3"),
            ("kill -9 $$", "signal 9"), ("head -c 300000 /dev/zero | tr '\\0' 'a'; exit 1", "aaa"),
        ])
    func failures(text: String, reason: String) throws {
        let renderer = FigureRenderer(command: try script(text))
        let run = RunRecord(
            directory: scratch.path, description: .object([]),
            metrics: [MetricRecord(step: 1, metric: "loss", evaluation: "training", rows: [[1]])])
        let outcome = try Report(run: run, theory: nil).write(to: scratch.path, renderer: renderer)
        #expect(outcome.files == [scratch.path + "/figures/training-loss.vl.json"])
        #expect(outcome.note?.contains(reason) ?? false, "\(outcome.note ?? "")")
    }

    @Test("may be missing: the Vega-Lite files are written and one line says how to get pictures")
    func missing() throws {
        let run = RunRecord(
            directory: scratch.path, description: .object([]),
            metrics: [MetricRecord(step: 1, metric: "loss", evaluation: "training", rows: [[1]])])
        let report = Report(run: run, theory: nil)
        let outcome = try report.write(to: scratch.path, renderer: nil)
        #expect(outcome.files.count == 1)
        #expect(outcome.note == FigureRenderer.advice)
        #expect(!FigureRenderer.advice.contains("\n"))
        let absent = try report.write(to: scratch.path, renderer: FigureRenderer(command: "/nowhere/vl-convert"))
        #expect(absent.files.count == 1)
        #expect(absent.note?.contains("No such file") ?? false)
    }

    @Test("of this package draws a figure", .enabled(if: FigureRendererTests.ofThisPackage != nil))
    func real() throws {
        let renderer = try #require(Self.ofThisPackage)
        try scratch.write("{}", to: "run.json")
        try scratch.write(MadeUpRun.metrics(every: 50), to: "metrics.jsonl")
        let run = try RunRecord(directory: scratch.path)
        var report = Report(run: run, theory: MadeUpRun.theory)
        report.figures.removeAll { $0.name != "loss-by-position" }
        let outcome = try report.write(to: scratch.path, renderer: renderer)
        #expect(outcome.note == nil)
        #expect(outcome.files.count == 3)
        #expect(try scratch.read("figures/loss-by-position.svg").contains("exact h_l"))
        let png = try Data(contentsOf: scratch.url.appending(path: "figures/loss-by-position.png"))
        #expect(png.starts(with: [0x89, 0x50, 0x4e, 0x47]))
        #expect(png.count > 20_000)
    }

    static var ofThisPackage: FigureRenderer? {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
        return FigureRenderer.find(environment: [:], executableDirectory: tests)
    }
}
