// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What `make install` puts in place is enough for plugins in C and C++, without the sources.
@Suite("An installation")
struct InstallTests {
    @Test func isAllThatPluginsNeed() throws {
        try Tools.inScratch { scratch in
            let prefix = scratch.appending(path: "prefix").path
            let installed = try Tools.run(
                "make",
                [
                    "-C", Tools.sources.path, "-o", "build", "install", "PREFIX=\(prefix)",
                    "BIN=\(Tools.products.path)",
                ])
            try #require(installed.code == 0, "\(installed.output.suffix(2_000))")
            let induct = prefix + "/bin/induct"
            for (language, compiler) in [("c", ["cc", "-std=c11"]), ("cpp", ["c++", "-std=c++17"])] {
                let plugin = scratch.appending(path: language).path
                let made = try Tools.run(
                    induct, ["plugins", "new", "source", "mine", "--language", language, "--output", plugin])
                try #require(made.code == 0, "\(made.output)")
                for file in try FileManager.default.contentsOfDirectory(atPath: plugin) {
                    let text = try String(contentsOfFile: "\(plugin)/\(file)", encoding: .utf8)
                    #expect(!text.contains(Tools.sources.path), "\(file) knows the sources")
                }
                try buildByCMake(plugin, prefix)
                try buildByPkgConfig("\(plugin)/mine.\(language)", compiler, prefix, to: plugin + "/mine.so")
                for library in ["build/mine.so", "mine.so"] {
                    let checked = try Tools.run(induct, ["plugins", "check", "\(plugin)/\(library)"])
                    #expect(checked.code == 0, "\(library): \(checked.output)")
                }
            }
        }
    }

    private func buildByCMake(_ plugin: String, _ prefix: String) throws {
        let environment = ["CMAKE_PREFIX_PATH": prefix]
        for arguments in [["-S", plugin, "-B", plugin + "/build"], ["--build", plugin + "/build"]] {
            let result = try Tools.run("cmake", arguments, environment: environment)
            try #require(result.code == 0, "\(result.output.suffix(2_000))")
        }
    }

    private func buildByPkgConfig(
        _ source: String, _ compiler: [String], _ prefix: String, to library: String
    ) throws {
        let flags = try Tools.run(
            "pkg-config", ["--cflags", "--libs", "induct"], environment: ["PKG_CONFIG_PATH": prefix + "/lib/pkgconfig"])
        try #require(flags.code == 0, "\(flags.output)")
        let words = flags.output.split(whereSeparator: \.isWhitespace).map(String.init)
        let result = try Tools.run(
            compiler[0],
            compiler.dropFirst() + ["-O2", "-shared", "-fPIC", "-fvisibility=hidden", source, "-o", library] + words
                + ["-lm"])
        try #require(result.code == 0, "\(result.output)")
    }
}
