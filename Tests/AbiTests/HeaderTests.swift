// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A C or C++ compiler and the language it is asked for.
struct Compiler: CustomTestStringConvertible, Sendable {
    let program: String
    let language: [String]

    var testDescription: String { "\(program) \(language.joined(separator: " "))" }

    static let all = [
        Compiler(program: "gcc", language: ["-x", "c", "-std=c11"]),
        Compiler(program: "clang", language: ["-x", "c", "-std=c11"]),
        Compiler(program: "g++", language: ["-x", "c++", "-std=c++17"]),
        Compiler(program: "clang++", language: ["-x", "c++", "-std=c++17"]),
    ]

    static let strict = ["-Wall", "-Wextra", "-Werror"]
}

@Suite("The ABI's headers")
struct HeaderTests {
    let repository = Repository()

    @Test("compile without a warning, each on its own", arguments: Compiler.all)
    func compileAlone(compiler: Compiler) throws {
        let headers = repository.files(in: "SDK/C/include/induct", extensions: ["h"])
        #expect(headers.count >= 11)
        let scratch = try ScratchDirectory()
        for header in headers {
            let unit = scratch.url.appending(path: "unit.c")
            // Twice: the second time the include guard must hold.
            let line = "#include <induct/\(header.lastPathComponent)>\n"
            try (line + line).write(to: unit, atomically: false, encoding: .utf8)
            let result = try Command(
                compiler.program,
                compiler.language + Compiler.strict + ["-I", repository.headers.path, "-fsyntax-only", unit.path])
            #expect(result.status == 0, "\(header.lastPathComponent): \(result.output)")
        }
    }

    @Test("keep the golden sizes and offsets of version 1", arguments: Compiler.all)
    func goldenLayout(compiler: Compiler) throws {
        let layout = repository.root.appending(path: "Tests/AbiTests/C/layout.c")
        let result = try Command(
            compiler.program,
            compiler.language + Compiler.strict + ["-I", repository.headers.path, "-fsyntax-only", layout.path])
        #expect(result.status == 0, "\(result.output)")
    }

    @Test("and the golden layout names every field of every struct")
    func goldenLayoutIsComplete() throws {
        let golden = try String(
            contentsOf: repository.root.appending(path: "Tests/AbiTests/C/layout.c"), encoding: .utf8)
        for header in repository.files(in: "SDK/C/include/induct", extensions: ["h"]) {
            let text = try String(contentsOf: header, encoding: .utf8)
            for match in text.matches(of: #/(?m)^(?:typedef )?struct (induct_\w+) \{\n\s+uint32_t struct_size;/#) {
                #expect(
                    golden.contains("GOLDEN_SIZE(\(match.1), "), "\(header.lastPathComponent): \(match.1) is missing")
            }
        }
    }

    @Test("state Purpose, Lifetime, Threads and Version")
    func headersStateTheirContract() throws {
        for header in repository.files(in: "SDK/C/include/induct", extensions: ["h"])
        where header.lastPathComponent != "induct.h" {
            let text = try String(contentsOf: header, encoding: .utf8)
            for word in ["Purpose:", "Lifetime:", "Threads:", "Version:"] {
                #expect(text.contains(word), "\(header.lastPathComponent) does not state its \(word)")
            }
        }
    }

    @Test("and random.h gives the same bits under every compiler and optimisation")
    func randomMappingsDoNotDependOnTheCompiler() throws {
        let scratch = try ScratchDirectory()
        let source = repository.root.appending(path: "Tests/AbiTests/C/random.c").path
        var outputs: Set<String> = []
        for compiler in Compiler.all {
            for optimisation in [["-O0"], ["-O3", "-march=native", "-ffp-contract=fast"]] {
                let program = scratch.url.appending(path: "random").path
                let built = try Command(
                    compiler.program,
                    compiler.language + Compiler.strict + optimisation
                        + ["-I", repository.headers.path, source, "-o", program])
                #expect(built.status == 0, "\(built.output)")
                let run = try Command(program, [])
                #expect(run.status == 0)
                outputs.insert(run.output)
            }
        }
        #expect(outputs.count == 1, "\(outputs)")
    }
}
