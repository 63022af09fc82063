// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

/// The operating system is spoken to in one room; Foundation nowhere, since it costs every start milliseconds.
enum PlatformRule {
    /// Where libc, the project's C and conditions on the platform are at home.
    private static let room = "Sources/Multiprocessing/System/"
    /// The one file of Documents that reads files.
    private static let fileReader = "Sources/Documents/FileSystem.swift"

    /// What reads JSON and makes folders does it by the part of Foundation that the HTTP client loads anyway.
    private static let clusterRoom = "Sources/lettercount/Cluster/"

    private static let libc: Set = ["Glibc", "Musl", "Darwin", "Android", "Bionic", "CMultiprocessing"]

    static func violations(in file: SourceFile) -> [Violation] {
        importViolations(in: file) + foundationViolations(in: file) + conditionViolations(in: file)
    }

    private static func importViolations(in file: SourceFile) -> [Violation] {
        file.imports.compactMap { line, module in
            libc.contains(module) && !mayKnowThePlatform(file, module)
                ? file.violation(line, "imports \(module) outside \(room)") : nil
        }
    }

    static func foundationViolations(in file: SourceFile) -> [Violation] {
        if file.path.hasPrefix(clusterRoom) {
            return file.imports.filter { $0.module.hasPrefix("Foundation") && $0.module != "FoundationEssentials" }
                .map { file.violation($0.line, "imports \($0.module)") }
        }
        return file.imports.filter { $0.module.hasPrefix("Foundation") }
            .map { file.violation($0.line, "imports \($0.module)") }
    }

    private static func conditionViolations(in file: SourceFile) -> [Violation] {
        if mayKnowThePlatform(file, nil) { return [] }
        return file.numberedCode.compactMap { line in
            guard line.text.contains("#if") || line.text.contains("#elseif"),
                line.text.contains("os(") || line.text.contains("canImport(")
            else { return nil }
            return file.violation(line.number, "asks for the platform outside \(room)")
        }
    }

    private static func mayKnowThePlatform(_ file: SourceFile, _ module: String?) -> Bool {
        file.path.hasPrefix(room) || file.path == fileReader && module != "CMultiprocessing"
    }
}

@Suite struct PlatformRuleTests {
    @Test func `the sources speak to the system in one room`() {
        expectNone(SourceTree.sources.flatMap(PlatformRule.violations), "the operating system has one room")
    }

    @Test func `the examples do without Foundation`() {
        expectNone(SourceTree.examples.flatMap(PlatformRule.foundationViolations), "Foundation is nowhere")
    }

    @Test(arguments: [
        ("Sources/Multiprocessing/Pools/A.swift", "import Glibc"),
        ("Sources/Multiprocessing/Pools/A.swift", "internal import CMultiprocessing"),
        ("Sources/Documents/FileSystem.swift", "import CMultiprocessing"),
        ("Sources/Documents/Folder.swift", "@preconcurrency import Musl"),
        ("Sources/Multiprocessing/System/A.swift", "import Foundation"),
        ("Sources/lettercount/main.swift", "import FoundationEssentials"),
        ("Sources/lettercount/main.swift", "import FoundationNetworking"),
        ("Sources/lettercount/main.swift", "#if os(Linux)\n#endif"),
        ("Sources/lettercount/main.swift", "#if canImport(Glibc)\n#endif"),
        ("Sources/lettercount/main.swift", "#if DEBUG\n#elseif !os(Linux)\n#endif"),
    ])
    func `the rule finds`(_ path: String, _ text: String) {
        #expect(PlatformRule.violations(in: SourceFile(path, text)).count == 1)
    }

    @Test(arguments: [
        ("Sources/Multiprocessing/System/A.swift", "#if canImport(Glibc)\nimport Glibc\n#endif"),
        ("Sources/Multiprocessing/System/A.swift", "import CMultiprocessing"),
        ("Sources/Documents/FileSystem.swift", "#if canImport(Musl)\nimport Musl\n#endif"),
        ("Sources/lettercount/main.swift", "// import Glibc\nlet text = \"#if os(Linux)\"\n#if DEBUG\n#endif"),
    ])
    func `the rule lets pass`(_ path: String, _ text: String) {
        #expect(PlatformRule.violations(in: SourceFile(path, text)).isEmpty)
    }
}
