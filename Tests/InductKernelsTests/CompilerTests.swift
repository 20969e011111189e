// SPDX-License-Identifier: Apache-2.0

import CInduct
import Foundation
import Testing

@Suite struct CompilerTests {
    /// Prints a checksum of words, uniforms and normals of one stream, by random.h alone.
    static let program = """
        #include <induct/random.h>
        #include <stdio.h>
        #include <string.h>
        int main(void) {
            uint64_t sum = 14695981039346656037ull;
            for (uint64_t i = 0; i < 200000; i++) {
                const uint32_t word = induct_random_word(11, 12, 13, i);
                const uint32_t far = word >> (i % 31);
                const float values[3] = {induct_uniform_float(word), induct_normal_float(word),
                                         induct_normal_float(far)};
                uint32_t bits[3];
                memcpy(bits, values, sizeof bits);
                for (int j = 0; j < 3; j++) sum = (sum ^ bits[j]) * 1099511628211ull;
            }
            printf("%llu\\n", (unsigned long long)sum);
            return 0;
        }
        """

    /// The same checksum by the kernels of one variant.
    func checksum(_ variant: Variant) -> UInt64 {
        let count = 200_000
        let kernels = variant.table.pointee
        var uniforms = [Float](repeating: 0, count: count)
        var normals = uniforms
        kernels.random_uniforms(11, 12, 13, 0, UInt64(count), &uniforms)
        kernels.random_normals(11, 12, 13, 0, UInt64(count), &normals)
        var sum: UInt64 = 14_695_981_039_346_656_037
        for i in 0..<count {
            let far = induct_normal_float(induct_random_word(11, 12, 13, UInt64(i)) >> UInt32(i % 31))
            for bits in [uniforms[i].bitPattern, normals[i].bitPattern, far.bitPattern] {
                sum = (sum ^ UInt64(bits)) &* 1_099_511_628_211
            }
        }
        return sum
    }

    @Test(arguments: ["gcc", "clang"], [["-O0"], ["-O3"], ["-O3", "-march=native"]])
    func compilersAndKernelsGiveTheSameNumbers(compiler: String, flags: [String]) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "induct-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let source = directory.appending(path: "random.c")
        try Self.program.write(to: source, atomically: true, encoding: .utf8)
        let include = URL(filePath: #filePath).appending(path: "../../../SDK/C/include").standardized.path
        let binary = directory.appending(path: "random").path
        _ = try output(
            of: [compiler] + flags + ["-std=c11", "-Wall", "-Wextra", "-Werror", "-I", include, source.path]
                + ["-o", binary, "-lm"])
        let printed = try output(of: [binary]).trimmingCharacters(in: .whitespacesAndNewlines)
        for variant in Variant.vector + [.reference] { #expect(printed == String(checksum(variant))) }
    }

    /// Standard output of a command that must succeed.
    private func output(of command: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(command.joined(separator: " ")) failed")
        return String(decoding: data, as: UTF8.self)
    }
}
