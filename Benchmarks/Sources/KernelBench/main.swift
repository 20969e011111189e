// SPDX-License-Identifier: Apache-2.0

// Prints what each kernel reaches at the shapes of small transformers, on one core.
//
//     swift run -c release --package-path Benchmarks KernelBench .build/release x86-64-v4 [configurations, e.g. ce]

import CInduct
import Glibc

let libraries = ["reference": "", "x86-64-v2": "", "arm64": "", "x86-64-v3": "V3", "x86-64-v4": "V4"]
let arguments = CommandLine.arguments

func fail(_ message: String) -> Never {
    let line = "KernelBench: \(message)\n"
    line.withCString { _ = write(STDERR_FILENO, $0, strlen($0)) }
    exit(64)
}

guard arguments.count >= 3, let suffix = libraries[arguments[2]] else {
    fail("usage: KernelBench DIRECTORY VARIANT [CONFIGURATIONS]; the directory holds libInductKernels*.so")
}
let path = "\(arguments[1])/libInductKernels\(suffix).so"
guard let handle = dlopen(path, RTLD_NOW), let symbol = dlsym(handle, "induct_kernels_v1") else {
    fail("cannot open \(path): build it with swift build -c release")
}
typealias Entry = @convention(c) (UnsafePointer<CChar>?) -> UnsafePointer<induct_kernels>?
guard let table = unsafeBitCast(symbol, to: Entry.self)(arguments[2]) else {
    fail("\(path) does not hold \(arguments[2])")
}
let scratch = UnsafeMutableRawPointer.allocate(byteCount: Int(table.pointee.scratch_size), alignment: 64)
let wanted = arguments.count > 3 ? arguments[3] : "abcde"

for configuration in Configuration.all where wanted.contains(configuration.name) {
    print("configuration \(configuration.name): \(configuration.rows) rows, width \(configuration.width)")
    for measurement in KernelSuite(table: table, configuration: configuration, scratch: scratch).run() {
        print("  \(measurement.line)")
    }
}
