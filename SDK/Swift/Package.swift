// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let package = Package(
    name: "InductSDK",
    products: [
        .library(name: "CInduct", targets: ["CInduct"]),
        .library(name: "InductSDK", targets: ["InductSDK"]),
    ],
    targets: [
        .target(name: "CInduct"),
        .target(
            name: "InductSDK",
            dependencies: ["CInduct"],
            swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility")]
        ),
    ]
)
