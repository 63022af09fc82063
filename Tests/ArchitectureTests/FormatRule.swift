// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

/// The formatter that comes with the toolchain.
enum Formatter {
    /// Beside the `swift` that is found first in `PATH`; `nil` where the toolchain brings none.
    static let path: String? = {
        let folders = (environmentValue("PATH") ?? "").split(separator: ":")
        let swift = folders.lazy.compactMap { resolved("\($0)/swift") }.first
        guard let folder = swift?.split(separator: "/").dropLast().joined(separator: "/") else { return nil }
        let tool = "/" + folder + "/swift-format"
        return unsafe access(tool, X_OK) == 0 ? tool : nil
    }()

    static func lint(_ paths: [String], configuration: String) async throws -> ProgramResult {
        let options = ["lint", "--strict", "--parallel", "--recursive", "--configuration", configuration]
        return try await Program.run(try #require(path), options + paths, workingDirectory: packageRoot)
    }
}

@Suite(.leavesNothingBehind, .enabled(if: Formatter.path != nil, "there is no swift-format beside swift"))
struct FormatRuleTests {
    private static let configuration = packageRoot + "/.swift-format"

    @Test func `everything is formatted`() async throws {
        let paths = ["Package.swift", "Sources", "Tests", "Benchmarks", "Examples"]
        let present = paths.filter { resolved(packageRoot + "/" + $0) != nil }
        let result = try await Formatter.lint(present, configuration: Self.configuration)
        #expect(result.status == .exited(0), "swift format lint:\n\(result.standardError)")
    }

    @Test(arguments: ["let a=1\n", "  let a = 1\n", "import B\nimport A\n", "let a = try! b()\n", "let a = b as! C\n"])
    func `the rule finds`(_ text: String) async throws {
        try await withTemporaryDirectory { folder in
            try TestFile.write(text, to: folder + "/A.swift")
            let result = try await Formatter.lint([folder], configuration: Self.configuration)
            #expect(result.status == .exited(1))
            #expect(result.standardError.contains("A.swift:"))
        }
    }
}
