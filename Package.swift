// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let root = Context.packageDirectory

/// Features on in every module of ours.
let features: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A kernel library for one instruction set: always optimised, whatever the configuration of the build.
func kernels(_ name: String, flags: [String], exclude: [String]) -> Target {
    .target(
        name: name,
        dependencies: ["CVectors", .product(name: "CInduct", package: "Swift")],
        exclude: exclude,
        swiftSettings: features + [
            .unsafeFlags(["-Ounchecked", "-wmo", "-enforce-exclusivity=unchecked", "-Xcc", "-fno-math-errno"] + flags)
        ]
    )
}

/// A default plugin: uses the SDK only, exports the entry alone, and carries its note, which only C can write.
func plugin(_ name: String) -> [Target] {
    let libraries: [Target.Dependency] = name == "SyntheticSources" ? ["CPNG", "CMinizip"] : []
    return [
        .target(
            name: "\(name)Note", dependencies: [.product(name: "CInduct", package: "Swift")],
            path: "Plugins/\(name)", sources: ["note.c"], publicHeadersPath: "."),
        .target(
            name: name,
            dependencies: [
                .product(name: "InductSDK", package: "Swift"), .product(name: "CInduct", package: "Swift"),
                .target(name: "\(name)Note"),
            ] + libraries,
            path: "Plugins/\(name)",
            exclude: ["note.c"],
            swiftSettings: features,
            linkerSettings: [
                .unsafeFlags([
                    "-Xlinker", "--version-script=\(root)/SDK/C/plugin.version", "-Xlinker", "-Bsymbolic",
                ])
            ]
        ),
    ]
}

func library(_ name: String) -> Product { .library(name: name, type: .dynamic, targets: [name]) }

let kernelLibraries = ["InductKernels", "InductKernelsV3", "InductKernelsV4"]
let plugins = ["SyntheticSources", "Transformer", "Architectures", "Gates", "Evaluators"]

let package = Package(
    name: "induct",
    products: [.executable(name: "induct", targets: ["induct"])] + (kernelLibraries + plugins).map(library),
    dependencies: [
        .package(path: "SDK/Swift"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLAPACK", pkgConfig: "lapacke", providers: [.apt(["liblapacke-dev"])]),
        .systemLibrary(name: "CLibFFI", pkgConfig: "libffi", providers: [.apt(["libffi-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CMinizip", pkgConfig: "minizip", providers: [.apt(["libminizip-dev"])]),
        .target(name: "CProcessor"),
        .target(name: "CHostThread"),
        .target(name: "CWorker"),
        .systemLibrary(name: "CVectors"),
        .target(
            name: "InductCore",
            dependencies: ["CCrypto", .product(name: "Yams", package: "Yams")],
            swiftSettings: features
        ),
        .target(name: "InductTheory", dependencies: ["InductCore", "CLAPACK"], swiftSettings: features),
        kernels("InductKernels", flags: [], exclude: ["Benchmarks"]),
        kernels("InductKernelsV3", flags: ["-Xcc", "-march=x86-64-v3", "-DV3"], exclude: ["Reference", "Benchmarks"]),
        kernels("InductKernelsV4", flags: ["-Xcc", "-march=x86-64-v4", "-DV4"], exclude: ["Reference", "Benchmarks"]),
        .target(
            name: "InductKernelBenchmarks",
            dependencies: ["CProcessor", .product(name: "CInduct", package: "Swift")],
            path: "Sources/InductKernels/Benchmarks",
            swiftSettings: features
        ),
        .target(
            name: "InductHost",
            dependencies: [
                "InductCore", "CProcessor", "CHostThread", "CLibFFI", "CWorker",
                .product(name: "CInduct", package: "Swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: features
        ),
        .target(
            name: "InductLab",
            dependencies: [
                "InductCore", "CProcessor", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: features
        ),
        .target(name: "InductReport", dependencies: ["InductCore"], swiftSettings: features),
        .target(
            name: "InductConformance",
            dependencies: ["InductCore", "InductHost", "CHostThread", .product(name: "CInduct", package: "Swift")],
            swiftSettings: features),
        .executableTarget(
            name: "induct",
            dependencies: [
                "InductCore", "InductTheory", "InductHost", "InductKernelBenchmarks", "InductLab", "InductReport",
                "InductConformance",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: features
        ),
        .executableTarget(
            name: "ParityDump",
            dependencies: [
                "InductCore", "InductHost", "InductLab",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/Parity/ParityDump",
            swiftSettings: features
        ),
        .testTarget(
            name: "InductCoreTests", dependencies: ["InductCore", .product(name: "CInduct", package: "Swift")],
            swiftSettings: features),
        .testTarget(
            name: "InductTheoryTests", dependencies: ["InductTheory", "InductCore"], swiftSettings: features),
        .testTarget(
            name: "InductKernelsTests",
            dependencies: [.product(name: "CInduct", package: "Swift")],
            swiftSettings: features),
        .testTarget(
            name: "InductHostTests",
            dependencies: [
                "InductHost", "InductCore", "InductTheory", .product(name: "CInduct", package: "Swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Fixtures"],
            swiftSettings: features),
        .testTarget(
            name: "SourceTests",
            dependencies: [
                "InductHost", "InductCore", "InductTheory", .product(name: "CInduct", package: "Swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: features),
        .testTarget(
            name: "InductLabTests",
            dependencies: [
                "InductLab", "InductCore", "InductHost", "InductTheory",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: features),
        .testTarget(
            name: "AbiTests", dependencies: [.product(name: "CInduct", package: "Swift")], exclude: ["C"],
            swiftSettings: features),
        .testTarget(
            name: "ModelTests",
            dependencies: ["InductHost", "InductCore", .product(name: "Logging", package: "swift-log")],
            swiftSettings: features),
        .testTarget(
            name: "InductSDKTests",
            dependencies: [
                .product(name: "InductSDK", package: "Swift"), .product(name: "CInduct", package: "Swift"),
            ],
            swiftSettings: features),
        .testTarget(name: "InductReportTests", dependencies: ["InductReport", "InductCore"], swiftSettings: features),
        .testTarget(name: "DocumentationTests", dependencies: ["InductCore"], swiftSettings: features),
        .testTarget(name: "CommandLineTests", dependencies: ["InductCore"], swiftSettings: features),
        .testTarget(
            name: "ConformanceTests", dependencies: ["InductCore"], exclude: ["Fixtures"], swiftSettings: features),
    ] + plugins.flatMap(plugin),
    swiftLanguageModes: [.v6]
)
