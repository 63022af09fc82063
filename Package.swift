// swift-tools-version: 6.2

import PackageDescription

/// Every target of the package is compiled under the same rules.
///
/// Warnings stop the build only where nobody waits for it (continuous integration sets `CI`), so that a
/// newer compiler's new warning never stops a user.
let rules: [SwiftSetting] =
    [
        .strictMemorySafety(),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

/// The notebook's cells: one small program each, `swift run example-NAME`. They see what every user of the package sees.
let examples: [Target] = [
    ("working-threads", ["Multiprocessing"]),
    ("working-processes", ["Multiprocessing"]),
    ("what-is-inherited", ["Multiprocessing"]),
    ("letters-sequential", ["LetterCounting", "Documents", "CorpusServer"]),
    ("letters-racing-threads", ["Multiprocessing", "Documents", "CorpusServer"]),
    ("letters-with-a-lock", ["Multiprocessing", "LetterCounting", "Documents", "CorpusServer"]),
    ("letters-with-atomics", ["Multiprocessing", "LetterCounting", "Documents", "CorpusServer"]),
    ("letters-sharded", ["Multiprocessing", "LetterCounting", "Documents", "CorpusServer"]),
    ("messages", ["Multiprocessing", "LetterCounting"]),
    ("shared-memory", ["Multiprocessing"]),
    ("crash-isolation", ["Multiprocessing"]),
].map { name, dependencies in
    .executableTarget(
        name: "example-\(name)", dependencies: dependencies, path: "Examples/\(name)", packageAccess: false,
        swiftSettings: rules)
}

let package = Package(
    name: "swift-multiprocessing",
    products: [
        .library(name: "Multiprocessing", targets: ["Multiprocessing"]),
        .library(name: "MultiprocessingObservability", targets: ["MultiprocessingObservability"]),
        .library(name: "MultiprocessingServices", targets: ["MultiprocessingServices"]),
        .executable(name: "lettercount", targets: ["lettercount"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        // Without its traits, which would bring the full Foundation along.
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // Without its traits hummingbird does not link the full Foundation, which costs every start 4 to 10 ms.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    ],
    targets: [
        // The library: nothing but the standard library beneath it.
        .target(name: "CMultiprocessing"),
        .target(
            name: "Multiprocessing", dependencies: ["CMultiprocessing"],
            // Explained beside the code: what is in memory, and what is in a message.
            exclude: ["Memory/README.md", "Messages/README.md"], swiftSettings: rules),

        // What ties the library to the ecosystem, for those who use it; the library knows neither.
        .target(
            name: "MultiprocessingObservability",
            dependencies: [
                "Multiprocessing",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: rules),
        .target(
            name: "MultiprocessingServices",
            dependencies: [
                "Multiprocessing",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: rules),

        // The domain and its surroundings; they do not know one another.
        .target(name: "CLetterKernels"),
        .target(name: "LetterCounting", dependencies: ["CLetterKernels"], swiftSettings: rules),
        .target(name: "CMappedFiles"),
        .target(
            name: "Documents",
            dependencies: [
                "CMappedFiles",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: rules),
        .target(
            name: "CorpusServer",
            dependencies: [
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "_NIOFileSystem", package: "swift-nio"),
            ],
            swiftSettings: rules),

        // The tool.
        .executableTarget(
            name: "lettercount",
            dependencies: [
                "Multiprocessing", "LetterCounting", "Documents", "CorpusServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            // In the program itself, so that this is one file wherever it goes.
            resources: [.embedInCode("Cluster/spark-driver.py"), .embedInCode("Cluster/spark-log4j2.properties")],
            swiftSettings: rules),

        // Tests: a mirror of Sources, what they share, and a small program that they start.
        .target(name: "TestSupport", path: "Tests/Support", swiftSettings: rules),
        .executableTarget(
            name: "Probe", dependencies: ["Multiprocessing", "Contracts"], path: "Tests/Probe", swiftSettings: rules),
        .executableTarget(name: "chaos", dependencies: ["Multiprocessing"], path: "Tests/Chaos", swiftSettings: rules),
        // What can be said of the kernels in a release build only: speed, instructions, more than 32 bits count.
        .executableTarget(
            name: "kernels", dependencies: ["LetterCounting"], path: "Tests/Kernels", swiftSettings: rules),
        .target(
            name: "Contracts", dependencies: ["Multiprocessing"], path: "Tests/Contracts", swiftSettings: rules),
        .testTarget(
            name: "MultiprocessingTests",
            dependencies: ["Multiprocessing", "Contracts", "TestSupport", "Probe", "chaos"], swiftSettings: rules),
        .executableTarget(
            name: "ObservabilityProbe",
            dependencies: [
                "Multiprocessing", "MultiprocessingObservability",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/ObservabilityProbe", swiftSettings: rules),
        .testTarget(
            name: "MultiprocessingObservabilityTests",
            dependencies: [
                "Multiprocessing", "MultiprocessingObservability", "ObservabilityProbe", "TestSupport",
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: rules),
        .testTarget(
            name: "MultiprocessingServicesTests",
            dependencies: [
                "Multiprocessing", "MultiprocessingServices", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: rules),
        .testTarget(
            name: "LetterCountingTests", dependencies: ["LetterCounting", "TestSupport"], swiftSettings: rules),
        .testTarget(
            name: "DocumentsTests",
            dependencies: [
                "Documents", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: rules),
        .testTarget(
            name: "CorpusServerTests",
            dependencies: [
                "CorpusServer", "LetterCounting", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: rules),
        .testTarget(
            name: "LettercountTests",
            dependencies: [
                "lettercount", "CorpusServer", "Documents", "LetterCounting", "Multiprocessing", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: rules),
        .testTarget(
            name: "ExampleTests",
            dependencies: ["CorpusServer", "TestSupport"] + examples.map { .target(name: $0.name) },
            swiftSettings: rules),
        .testTarget(name: "SupportTests", dependencies: ["TestSupport"], swiftSettings: rules),
        .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"], swiftSettings: rules),
    ] + examples,
    swiftLanguageModes: [.v6]
)
