// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let package = Package(
    name: "noisy-cycle",
    products: [.library(name: "NoisyCycle", type: .dynamic, targets: ["NoisyCycle"])],
    dependencies: [.package(path: "@SDK@/Swift")],
    targets: [
        .target(
            name: "NoisyCycleNote", dependencies: [.product(name: "CInduct", package: "Swift")], publicHeadersPath: "."),
        .target(
            name: "NoisyCycle",
            dependencies: [
                .product(name: "InductSDK", package: "Swift"), .product(name: "CInduct", package: "Swift"),
                "NoisyCycleNote",
            ],
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
            ],
            linkerSettings: [
                // The entry is all that is exported.
                .unsafeFlags(["-Xlinker", "--version-script=@SDK@/C/plugin.version", "-Xlinker", "-Bsymbolic"])
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)
