// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Which of our modules a module may import; anything not ours (the toolchain's, packages') is not restricted here,
/// except for plugins.
struct Arrow: CustomTestStringConvertible, Sendable {
    let module: String
    let directory: String
    let imports: Set<String>

    var testDescription: String { module }

    static let all = [
        Arrow(module: "InductCore", directory: "Sources/InductCore", imports: ["CCrypto"]),
        Arrow(module: "InductTheory", directory: "Sources/InductTheory", imports: ["InductCore", "CLAPACK"]),
        Arrow(
            module: "InductKernels and InductKernelBenchmarks", directory: "Sources/InductKernels",
            imports: ["CInduct", "CVectors", "CProcessor"]),
        Arrow(
            module: "InductHost", directory: "Sources/InductHost",
            imports: ["InductCore", "CInduct", "CHostThread", "CProcessor", "CLibFFI", "CWorker"]),
        Arrow(
            module: "InductLab", directory: "Sources/InductLab", imports: ["InductCore", "CProcessor"]),
        Arrow(module: "InductReport", directory: "Sources/InductReport", imports: ["InductCore"]),
        Arrow(
            module: "InductConformance", directory: "Sources/InductConformance",
            imports: ["InductCore", "InductHost", "CHostThread", "CInduct"]),
        Arrow(
            module: "induct", directory: "Sources/induct",
            imports: [
                "InductCore", "InductLab", "InductHost", "InductTheory", "InductReport", "InductKernelBenchmarks",
                "InductConformance",
            ]),
        Arrow(
            module: "ParityDump", directory: "Tests/Parity/ParityDump",
            imports: ["InductCore", "InductLab", "InductHost"]),
        Arrow(module: "InductSDK", directory: "SDK/Swift/Sources/InductSDK", imports: ["CInduct"]),
        Arrow(module: "the plugins", directory: "Plugins", imports: ["InductSDK", "CInduct", "CPNG", "CMinizip"]),
    ]

    /// Every module of ours.
    static let ours: Set<String> = [
        "InductCore", "InductTheory", "InductKernels", "InductKernelsV3", "InductKernelsV4", "InductKernelBenchmarks",
        "InductHost", "InductLab", "InductReport", "InductConformance", "InductSDK", "CInduct", "CHostThread",
        "CLAPACK", "CVectors", "CCrypto", "CLibFFI", "CProcessor", "CWorker", "CPNG", "CMinizip", "SyntheticSources",
        "Transformer",
        "Architectures", "Gates", "Evaluators",
    ]
}

@Suite("The house")
struct HouseTests {
    let repository = Repository()

    @Test("keeps the arrows of the design", arguments: Arrow.all)
    func arrows(arrow: Arrow) throws {
        let files = repository.files(in: arrow.directory, extensions: ["swift"])
        #expect(!files.isEmpty)
        for file in files {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: #/(?m)^\s*(?:@\w+(?:\(\w+\))?\s+|\w+\s+)*import\s+(?:\w+\s+)?(\w+)/#) {
                let module = String(match.1)
                guard Arrow.ours.contains(module) else { continue }
                #expect(
                    arrow.imports.contains(module),
                    "\(repository.name(file)) imports \(module), which \(arrow.module) must not know")
            }
        }
    }

    @Test("has no module that this test does not know")
    func everyModuleIsKnown() throws {
        for parent in ["Sources", "Plugins"] {
            let folders = try FileManager.default.contentsOfDirectory(
                atPath: repository.root.appending(path: parent).path)
            for folder in folders where !folder.hasPrefix(".") {
                #expect(Arrow.ours.contains(folder) || folder == "induct", "\(parent)/\(folder) has no arrows")
            }
        }
    }

    @Test("begins every source file with its licence", arguments: ["Sources", "Plugins", "SDK", "Tests"])
    func licenceLines(directory: String) throws {
        for file in repository.files(in: directory, extensions: ["swift", "h", "c", "cpp", "rs", "py"]) {
            let head = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").prefix(2)
            #expect(
                head.contains { $0.contains("SPDX-License-Identifier: Apache-2.0") },
                "\(repository.name(file)) has no SPDX line")
        }
    }

    @Test("leaves nothing unfinished", arguments: ["Sources", "Plugins", "SDK", "Tests"])
    func nothingUnfinished(directory: String) throws {
        let unfinished = ["TO" + "DO", "FIX" + "ME", "try" + "!", "un" + "implemented()"]
        for file in repository.files(in: directory, extensions: ["swift", "h", "c"]) {
            let text = try String(contentsOf: file, encoding: .utf8)
            for word in unfinished { #expect(!text.contains(word), "\(repository.name(file)) says \(word)") }
            #expect(file.lastPathComponent != "Place" + "holder.swift", "\(repository.name(file)) is empty")
        }
    }
}
