// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing
import TestSupport
import Testing

/// Whether the toolchain has what static linking needs.
private let staticLibraryIsThere: Bool = {
    let swift = (environmentValue("PATH") ?? "").split(separator: ":").lazy
        .compactMap { resolved("\($0)/swift") }.first
    let folder = swift?.split(separator: "/").dropLast(2).joined(separator: "/") ?? ""
    return TestFile.names(in: "/\(folder)/lib/swift_static/linux").contains("libswiftCore.a")
}()

/// The takeover before `main` in another kind of binary: Swift's libraries linked statically, as in a release.
@Suite("A statically linked program", .leavesNothingBehind)
struct StaticLinkTests {
    @Test(
        "starts its workers without a guard in main",
        .origin("_test_multiprocessing.TestNoForkBomb.test_noforkbomb"),
        .enabled(if: staticLibraryIsThere, "the toolchain has no static standard library"))
    func works() async throws {
        try await withTemporaryDirectory { folder in
            let probe = try await build(in: folder)
            #expect(try !LinkedLibraries.needed(by: probe).contains { $0.hasPrefix("libswift") })
            for method in StartMethod.allCases {
                let children = try await Program.run(probe, ["children", method.rawValue])
                #expect(children.standardOutput == "1\n4\n9\n16\n25\n")
                let contract = "asynchronous work may use groups, actors, detached tasks, timers and the main actor"
                let result = try await Program.run(probe, ["contract", method.rawValue, contract])
                #expect(result.standardOutput == "holds\n")
            }
        }
    }

    /// Builds the probe as a package of its own that holds nothing but the library.
    private func build(in folder: String) async throws -> String {
        for (name, path) in [
            ("CMultiprocessing", "Sources/CMultiprocessing"), ("Multiprocessing", "Sources/Multiprocessing"),
            ("Contracts", "Tests/Contracts"), ("Probe", "Tests/Probe"),
        ] {
            try TestFile.write("", to: "\(folder)/Sources/.keep")
            // Paths of the test's own.
            let result = unsafe symlink("\(packageRoot)/\(path)", "\(folder)/Sources/\(name)")
            try #require(result == 0)
        }
        try TestFile.write(Self.manifest, to: folder + "/Package.swift")
        let result = try await Program.run(
            "/usr/bin/env",
            ["swift", "build", "--package-path", folder, "--static-swift-stdlib", "--product", "Probe"],
            deadline: .seconds(600))
        try #require(result.status == .exited(0), "\(result.standardOutput)\(result.standardError)")
        return folder + "/.build/debug/Probe"
    }

    private static let manifest = """
        // swift-tools-version: 6.2
        import PackageDescription
        let package = Package(
            name: "static-probe",
            targets: [
                .target(name: "CMultiprocessing"),
                .target(name: "Multiprocessing", dependencies: ["CMultiprocessing"]),
                .target(name: "Contracts", dependencies: ["Multiprocessing"]),
                .executableTarget(name: "Probe", dependencies: ["Multiprocessing", "Contracts"]),
            ])
        """
}
