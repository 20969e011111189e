// SPDX-License-Identifier: Apache-2.0

import CInduct
import Glibc
import Testing

/// One variant of the kernels, opened from its library beside the tests.
struct Variant: Sendable, CustomTestStringConvertible {
    let name: String
    let address: UInt

    var table: UnsafePointer<induct_kernels> {
        guard let table = UnsafePointer<induct_kernels>(bitPattern: address) else {
            preconditionFailure("variant \(name) has no table")
        }
        return table
    }

    var testDescription: String { name }

    /// Widths for which this process's CPU has the instructions; the scalar reference and the baseline always run.
    static let vector: [Variant] = {
        var found: [Variant] = []
        #if arch(x86_64)
            found.append(open("InductKernels", "x86-64-v2"))
            if cpuFlags.isSuperset(of: ["avx2", "fma", "bmi2"]) { found.append(open("InductKernelsV3", "x86-64-v3")) }
            if cpuFlags.isSuperset(of: ["avx512f", "avx512bw", "avx512dq", "avx512vl"]) {
                found.append(open("InductKernelsV4", "x86-64-v4"))
            }
        #else
            found.append(open("InductKernels", "arm64"))
        #endif
        return found
    }()

    static let reference = open("InductKernels", "reference")

    private static let cpuFlags: Set<Substring> = Set(
        firstLine(of: "/proc/cpuinfo") { $0.hasPrefix("flags") }?.split(whereSeparator: \.isWhitespace) ?? [])

    /// The libraries lie in the directory of the tests' bundle, which this process has mapped.
    private static let directory: String = {
        let line = firstLine(of: "/proc/self/maps") { $0.hasSuffix("PackageTests.xctest") }
        guard let line, let start = line.firstIndex(of: "/"), let end = line.lastIndex(of: "/") else {
            preconditionFailure("cannot tell where the tests lie")
        }
        return String(line[start..<end])
    }()

    private static func firstLine(of path: String, where isWanted: (String) -> Bool) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 16_384)
        while fgets(&buffer, Int32(buffer.count), file) != nil {
            let bytes = buffer.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:))
            let line = String(decoding: bytes, as: UTF8.self)
            if isWanted(line) { return line }
        }
        return nil
    }

    private static func open(_ library: String, _ name: String) -> Variant {
        guard let handle = dlopen("\(directory)/lib\(library).so", RTLD_NOW | RTLD_LOCAL) else {
            preconditionFailure("build the product \(library) first: \(String(cString: dlerror()))")
        }
        guard let symbol = dlsym(handle, "induct_kernels_v1") else {
            preconditionFailure("\(library) does not export induct_kernels_v1")
        }
        typealias Entry = @convention(c) (UnsafePointer<CChar>?) -> UnsafePointer<induct_kernels>?
        guard let table = unsafeBitCast(symbol, to: Entry.self)(name) else {
            preconditionFailure("\(library) has no variant \(name)")
        }
        return Variant(name: name, address: UInt(bitPattern: table))
    }
}
