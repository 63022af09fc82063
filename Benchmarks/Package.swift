// swift-tools-version: 6.2

import PackageDescription

/// A package of its own, so that what only a comparison needs never reaches a user of the library.
let package = Package(
    name: "Benchmarks",
    dependencies: [
        .package(name: "swift-multiprocessing", path: "..")
    ],
    targets: [
        .executableTarget(
            name: "benchmarks",
            dependencies: [.product(name: "Multiprocessing", package: "swift-multiprocessing")],
            swiftSettings: [
                .strictMemorySafety(),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
